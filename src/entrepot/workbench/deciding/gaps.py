"""What a JSON record lacks: an existing row keeps it, and a new one has it from the database or cannot be made.

`judged` has a column `aN` for every field if any record lacks anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

from entrepot.model.drafts import FieldCount, Mode, TargetField
from entrepot.model.matching import Matching

CODE = "not_given"
Gaps = frozenset[int]
"""The fields that some record may lack."""


def gaps_of(connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField]) -> Gaps:
    names = connection.sql("FROM judged").columns
    return frozenset(at for at in range(len(fields)) if f"a{at}" in names)


def missed(fields: Sequence[TargetField], gaps: Gaps) -> dict[int, str]:
    """The fields that a new row must be given, with SQL of whether a record lacks them. Of a record that has nothing at
    all no row is made, even if the database had a value for every field."""
    needed = [at for at in sorted(gaps) if fields[at].required and not fields[at].given_by_database]
    if needed or len(own_values(fields, gaps)) < len(fields):
        return {at: f"judged.a{at}" for at in needed}
    return {0: " AND ".join(f"judged.a{at}" for at in range(len(fields)))}


def without_needed(fields: Sequence[TargetField], gaps: Gaps) -> str | None:
    """SQL of whether a record lacks what a new row must be given."""
    return " OR ".join(missed(fields, gaps).values()) or None


def tell(fields: Sequence[TargetField], matching: Matching, gaps: Gaps) -> Iterator[str]:
    """Statements that put what is missing among the findings of `judge`: of every record that meets no row."""
    needed = missed(fields, gaps)
    if matching.mode is Mode.UPDATE or not needed:
        return
    places = ", ".join(f"CASE WHEN {lacking} THEN {at} END" for at, lacking in needed.items())
    yield f"DELETE FROM findings WHERE code = '{CODE}'"
    yield (
        f"INSERT INTO findings (record, place, code, warning) SELECT record, place, '{CODE}', false FROM"
        f" (SELECT record, unnest([{places}]) AS place FROM judged JOIN decided USING (record) WHERE n IS NULL)"
        " WHERE place IS NOT NULL"
    )


def told(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField], matching: Matching, gaps: Gaps
) -> list[FieldCount]:
    if matching.mode is Mode.UPDATE or not missed(fields, gaps):
        return []
    found = connection.execute(
        f"SELECT place, count(*) FROM findings WHERE code = '{CODE}' GROUP BY place ORDER BY place"
    ).fetchall()
    return [FieldCount(field=fields[place].name, code=CODE, records=count) for place, count in found]


def defaulted(
    connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField], gaps: Gaps, created: str
) -> tuple[tuple[int, ...], ...]:
    """The sets of fields that new rows, selected FROM `created`, leave to the database."""
    own = own_values(fields, gaps)
    if not own:
        return ()
    found = connection.execute(f"SELECT DISTINCT {pattern(own)} AS lacking FROM {created} ORDER BY lacking").fetchall()
    sets = [tuple(at for at, lacks in zip(own, lacking, strict=True) if lacks == "1") for (lacking,) in found]
    return tuple(sets) if any(sets) else ()


def own_values(fields: Sequence[TargetField], gaps: Gaps) -> list[int]:
    return [at for at in sorted(gaps) if fields[at].given_by_database]


def pattern(own: Sequence[int]) -> str:
    """SQL of a text that says of each of these fields whether the record lacks it."""
    return f"concat({', '.join(f'judged.a{at}::INTEGER' for at in own)})"


def lacks_exactly(fields: Sequence[TargetField], gaps: Gaps, some: Sequence[int]) -> str:
    """SQL of whether a record lacks exactly these of the fields that the database can fill."""
    own = own_values(fields, gaps)
    wanted = "".join("1" if at in some else "0" for at in own)
    return f"{pattern(own)} = '{wanted}'"
