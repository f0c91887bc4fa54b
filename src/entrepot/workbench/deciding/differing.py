"""Which rows that exist would change, and what they were.

Only here are values of the file compared with those of the database: so many fields at a time that what DuckDB needs
for them fits into its memory. `differing(record, was)` has one row for each record and each part of the fields in which
something differs, with a digest of what these were. Where nothing differs in a part, its values are those of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.model.matching import Matching
from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.forms import differ
from entrepot.workbench.deciding.scope import joined, within
from entrepot.workbench.deciding.ways import compares

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

FIELDS_AT_ONCE = 50


def find_differing(deciding: Deciding) -> Iterator[str]:
    """Statements that make the table."""
    yield "CREATE OR REPLACE TABLE differing (record BIGINT, was UBIGINT)"
    if compares(deciding.matching):
        yield from (_part(band, some) for band in deciding.bands() for some in parts(deciding.matching))


def parts(matching: Matching) -> Iterator[Sequence[int]]:
    every = range(len(matching.compared))
    return (every[start : start + FIELDS_AT_ONCE] for start in every[::FIELDS_AT_ONCE])


def _part(deciding: Deciding, some: Sequence[int]) -> str:
    matching = deciding.matching
    changes = " ".join(f"WHEN {_change(deciding, number)} THEN true" for number in some)
    before = ", ".join(f"'|', strlen(met.b{number}), ':', met.b{number}" for number in some)
    return (
        f"INSERT INTO differing SELECT judged.record, md5_number_lower(concat({some[0]}, {before}))"
        f" FROM judged{joined(matching)} JOIN {meeting.rows(matching, some)} AS met ON met.record = judged.record"
        f" WHERE {within(matching, 'judged.record')} AND CASE {changes} ELSE false END"
    )


def _change(deciding: Deciding, number: int) -> str:
    field = deciding.fields[deciding.matching.compared[number]]
    mine, theirs = deciding.after(number), f"met.b{number}"
    if field.padded:
        mine, theirs = f"rtrim({mine}, ' ')", f"rtrim({theirs}, ' ')"
    return differ(mine, theirs, field.type)


def differing(matching: Matching) -> str:
    """The records, each once."""
    return "(SELECT DISTINCT record FROM differing)" if len(matching.compared) > FIELDS_AT_ONCE else "differing"
