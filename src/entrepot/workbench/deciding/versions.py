"""Records that become new versions of the rows that they met.

`histories(n, record, k0…, b0…, v, c0…, i0…, flag)` has all versions of what the file has records of; `existing` only
the newest. `versioned(n, record, k0…, b0…, v, c0…)` are the new ones, `flagged(n, i0…, off)` the rows that have been
the newest so far. Where references follow, `lineage(n, of, v, p0…)` has what may be referred to of all versions of
those that get another, the new one included, `former(n, of, p0…)` of those before it; `children(n, of, i0…)` are the
rows that refer to these, and `moved_N(n, i0…, p0…)` has to what they refer then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import duckdb

from entrepot.model.drafts import Decision
from entrepot.model.matching import Matching
from entrepot.model.versions import VersionCounts
from entrepot.workbench.deciding.version_numbers import next_number
from entrepot.workbench.deciding.ways import CONFLICT, OLDER
from entrepot.workbench.source import literal

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding

NUMBER = "coalesce(v::HUGEINT, 0)"
LINEAGE = 'lineage AS l JOIN versioned ON versioned.n = l."of"::BIGINT'


def newest(matching: Matching) -> Iterator[str]:
    """Of two rows with one number nobody knows which it is: then a record met two."""
    if matching.versions is not None:
        yield (
            f"CREATE OR REPLACE TABLE existing AS SELECT * FROM histories"
            f" QUALIFY {NUMBER} = max({NUMBER}) OVER (PARTITION BY record)"
        )


def version_counts(deciding: Deciding, counts: Mapping[int, int]) -> VersionCounts | None:
    """By the ways that the records went."""
    versions = deciding.matching.versions
    if versions is None or versions.number is None:
        return None

    def total(word: str) -> int:
        return sum(counts.get(at, 0) for at, way in enumerate(deciding.ways) if word in (way.words, way.code))

    return VersionCounts(newer=_newer(deciding), older=total(OLDER), conflicting=total(CONFLICT))


def _newer(deciding: Deciding) -> int:
    """Whatever was decided about single records."""
    versions = deciding.matching.versions
    assert versions is not None
    rows = deciding.chosen(Decision.VERSIONED)
    found = deciding.connection.execute(
        f"SELECT count(*) FROM {rows} WHERE judged.f{versions.number}::HUGEINT > coalesce(met.v::HUGEINT, 0)"
    ).fetchone()
    return int(found[0]) if found else 0


def keep_versions(deciding: Deciding) -> int:
    """How many new ones there are."""
    matching, versions = deciding.matching, deciding.matching.versions
    assert versions is not None
    keys = [f"met.k{at}" for at in range(len(matching.key))]
    given = [f"{deciding.after(at)} AS b{at}" for at in range(len(matching.compared))]
    copied = [f"met.c{at}" for at in range(versions.copied)]
    values = ", ".join([*keys, *given, f"{next_number(versions)} AS v", *copied])
    rows = f"SELECT judged.record AS record, {values} FROM {deciding.chosen(Decision.VERSIONED)}"
    deciding.connection.execute(f"CREATE OR REPLACE TEMP TABLE next_versions AS {rows}")
    _numbered(deciding.connection, "versioned", "SELECT * FROM next_versions", "record")
    deciding.connection.execute("DROP TABLE next_versions")
    if versions.off is not None:
        names = ", ".join([*(f"h.i{at}" for at in range(versions.identity)), f"{literal(versions.off)} AS off"])
        there = f"h.record::BIGINT IN (SELECT record FROM versioned) AND h.flag <> {literal(versions.off)}"
        _numbered(deciding.connection, "flagged", f"SELECT {names} FROM histories AS h WHERE {there}")
    return _count(deciding.connection, "versioned")


def part_former(connection: duckdb.DuckDBPyConnection, width: int) -> None:
    names = ", ".join(f"l.p{at}" for at in range(width))
    rows = f'SELECT l."of", {names} FROM {LINEAGE} WHERE l.v::HUGEINT <> versioned.v::HUGEINT'
    _numbered(connection, "former", rows)


def move_children(connection: duckdb.DuckDBPyConnection, number: int, width: int, found_by: int) -> int:
    """How many change."""
    values = ", ".join([*(f"c.i{at}" for at in range(found_by)), *(f"new.p{at}" for at in range(width))])
    new = f"SELECT l.* FROM {LINEAGE} WHERE l.v::HUGEINT = versioned.v::HUGEINT"
    rows = f'SELECT {values} FROM children AS c JOIN former ON former.n = c."of"::BIGINT JOIN ({new}) AS new'
    _numbered(connection, f"moved_{number:d}", f'{rows} ON new."of" = former."of"')
    return _count(connection, f"moved_{number:d}")


def _numbered(connection: duckdb.DuckDBPyConnection, table: str, rows: str, order: str = "") -> None:
    number = f"row_number() OVER ({f'ORDER BY {order}' if order else ''}) - 1 AS n"
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {number}, * FROM ({rows})")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0
