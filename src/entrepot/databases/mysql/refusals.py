"""What the server says about a row that it does not take, in our words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from entrepot.databases import complaints
from entrepot.databases.mysql.conversions import REASON
from entrepot.databases.mysql.failures import number_of, sentence_of
from entrepot.databases.remedies import DOUBLE, MISSING, ORPHAN, PARENT, RULE, TRIGGER, VALUE
from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError

REMEDIES: Mapping[int, str] = {
    **dict.fromkeys((1022, 1062, 1169, 1586, 1859), DOUBLE),
    **dict.fromkeys((1216, 1452), ORPHAN),
    **dict.fromkeys((1217, 1451, 1834), PARENT),
    **dict.fromkeys((1048, 1263, 1364), MISSING),
    **dict.fromkeys((1264, 1265, 1292, 1300, 1366, 1367, 1406, 1411, 1416, 1525, 1690, 1977), VALUE),
    **dict.fromkeys((3140, 3141, 3156, 3643, 4079, 4161), VALUE),
    **dict.fromkeys((3819, 4025), RULE),
    1365: "A formula of the table divides by zero for this row.",
    1442: "A trigger of the table changes the table itself.",
    1644: TRIGGER,
    1761: PARENT,
    1762: PARENT,
    **dict.fromkeys((1906, 3105), "The database computes this field: leave it out of the import."),
    1118: "The row is longer than the table can hold: shorten it.",
}
"""Error numbers that speak of one row's values."""
NAMED = re.compile(r"for key '([^']+)'|CONSTRAINT `((?:[^`]|``)+)`|Check constraint '([^']+)'")
PLACE = re.compile(r" at row (\d+)$")
KEPT = re.compile(r"column (?:`[^`]+`\.`[^`]+`\.)?[`']c(\d+)[`']", re.IGNORECASE)
OURS = re.compile(rf"Truncated incorrect INTEGER value: '{REASON}(.*)'", re.DOTALL)


@contextmanager
def rows_of(entity: Entity, before: int | None, fields: Sequence[str] = ()) -> Iterator[None]:
    """Errors about rows of `entity` leave the block in our words. So many rows came `before` those of the statement
    (None: it takes them in another order); `fields` are what a temporary table calls c0, c1, …"""
    import pymysql

    try:
        yield
    except pymysql.Error as error:
        number = number_of(error)
        if number not in REMEDIES:
            raise
        sentence = sentence_of(error)
        raise complaints.database_refused(
            entity.title, _words(sentence, before, fields), constraint=_constraint(sentence), remedy=REMEDIES[number]
        ) from error


def _words(sentence: str, before: int | None, fields: Sequence[str]) -> str:
    """With the row's number among all, and without our own names."""
    if ours := OURS.match(sentence):
        return ours[1]
    counted = PLACE.sub(lambda found: "" if before is None else f" at row {int(found[1]) + before}", sentence)
    return KEPT.sub(lambda found: f"column '{fields[int(found[1])]}'", counted) if fields else counted


def _constraint(sentence: str) -> str | None:
    found = NAMED.search(sentence)
    if not found:
        return None
    return (found[1] or found[3] or found[2].replace("``", "`")).strip()


def no_returning() -> InputError:
    return InputError(
        "no_returning",
        "This server does not say which keys it gives to new rows (MariaDB does from version 10.5).",
        remedy="Bring the keys along in the file, or upgrade the server.",
    )
