"""Findings as people read them: the same value with the same finding once, with the records where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.judgements import Group
from entrepot.model.types import Kind
from entrepot.workbench.judging.judge import severity
from entrepot.workbench.judging.registry import words
from entrepot.workbench.source import Database

MOST_RANGES = 20
"""More are not told one by one."""
CLOSE = 80
"""How alike two words must be, of 100, for one to be meant by the other."""
GROUPS = """
WITH groups AS (
    SELECT place, code, value, warning, count(*) AS records, min(record) AS first
    FROM findings GROUP BY ALL ORDER BY warning, records DESC, first, place LIMIT ? OFFSET ?),
numbered AS (
    SELECT findings.*, record - row_number() OVER (PARTITION BY place, code, value, warning ORDER BY record) AS island
    FROM findings SEMI JOIN groups ON findings.place = groups.place AND findings.code = groups.code
        AND findings.warning = groups.warning AND findings.value IS NOT DISTINCT FROM groups.value),
ranges AS (
    SELECT place, code, value, warning, min(record) AS low, max(record) AS high
    FROM numbered GROUP BY place, code, value, warning, island),
places AS (
    SELECT place, code, value, warning, count(*) AS ranges, arg_min({'low': low, 'high': high}, low, ?) AS shown
    FROM ranges GROUP BY ALL)
SELECT groups.*, ranges, shown
FROM groups JOIN places ON places.place = groups.place AND places.code = groups.code
    AND places.warning = groups.warning AND places.value IS NOT DISTINCT FROM groups.value
ORDER BY groups.warning, records DESC, first, groups.place
"""


def grouped(database: Database, fields: Sequence[TargetField], offset: int, limit: int) -> tuple[Group, ...]:
    """Errors first, the most frequent first."""
    rows = database.connection.execute(GROUPS, [limit, offset, MOST_RANGES]).fetchall()
    return tuple(
        Group(
            field=fields[at].name,
            code=code,
            severity=severity(warning),
            value=value,
            records=records,
            places=places(shown, ranges),
            suggestion=suggestion(fields[at], code, value),
        )
        for at, code, value, warning, records, _, ranges, shown in rows
    )


def places(shown: Sequence[dict[str, int]], ranges: int) -> str:
    """`12, 40-88`."""
    texts = [str(r["low"]) if r["low"] == r["high"] else f"{r['low']}-{r['high']}" for r in shown]
    return ", ".join([*texts, "…"] if ranges > len(shown) else texts)


def suggestion(field: TargetField, code: str, value: str | None) -> str | None:
    """The allowed value that is nearly the same, case ignored."""
    known = allowed(field, code)
    if not known or value is None:
        return None
    from rapidfuzz.process import extractOne

    found = extractOne(value, known, processor=str.casefold, score_cutoff=CLOSE)
    return found[0] if found else None


def allowed(field: TargetField, code: str) -> Sequence[str]:
    if code == "unknown_label" and field.type.kind is Kind.ENUM:
        return field.type.values
    return [
        word for rule in field.rules if rule.name == "one_of" and code == "not_allowed" for word in words(rule.argument)
    ]
