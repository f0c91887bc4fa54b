"""Which cells of a workbook somebody changed. All others become gaps, as if their records lacked them: a row that
exists keeps what it has there, whatever that is by now.

`based(record, k, d, edited, u…)` has the records whose rows were exported, the digest of their key, those of their
cells as of then, whether any of them is another one by now, and for each column of the file whether its cell is the
same. `as_given` is the file as it was staged, `repeated(k, times)` has the digests of several keys of the export:
nobody knows which of their rows a record is, so it counts as if it had none.
"""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.baselines import KEY_DIGITS, Compared, Comparing, Covered
from entrepot.workbench.baselines.digests import cell_digest, digest_at, form, key_digest, near
from entrepot.workbench.protocol_baselines import BaselineCompared, CompareBaseline
from entrepot.workbench.source import Database


def compare_baseline(database: Database, request: CompareBaseline) -> BaselineCompared:
    connection, comparing = database.connection, request.comparing
    for statement in statements(comparing, connection.sql("FROM staged").columns):
        connection.execute(statement)
    changed = " + ".join(f"(NOT u{cell.column})::BIGINT" for cell in comparing.cells) or "0"
    found = connection.execute(
        f"SELECT (SELECT count(*) FROM ({rows(comparing)})), (SELECT coalesce(sum(times), 0) FROM repeated),"
        " (SELECT count(DISTINCT k) FROM based WHERE k NOT IN (SELECT k FROM repeated)),"
        f" (SELECT coalesce(sum({changed}), 0) FROM based), (SELECT count(*) FROM ({records(comparing, 'as_given')})"
        " WHERE k IN (SELECT k FROM repeated) AND record NOT IN (SELECT record FROM based))"
    ).fetchall()[0]
    exported, repeated, here, edited, unknown = map(int, found)
    return BaselineCompared(
        compared=Compared(rows=exported, missing=exported - repeated - here, edited=edited, unknown=unknown)
    )


def statements(comparing: Comparing, columns: list[str]) -> Iterator[str]:
    cells = {f"v{cell.column}": cell for cell in comparing.cells}
    yield (
        f"CREATE OR REPLACE TABLE repeated AS SELECT k, count(*) AS times FROM ({rows(comparing)})"
        " GROUP BY k HAVING count(*) > 1"
    )
    yield f"CREATE OR REPLACE TABLE based AS {beside(comparing)} WHERE k NOT IN (SELECT k FROM repeated)"
    yield (
        f"INSERT INTO based {beside(comparing)} WHERE k IN (SELECT k FROM repeated) AND ({no_whole_key(comparing)})"
        " QUALIFY row_number() OVER (PARTITION BY record ORDER BY edited) = 1"
    )
    yield "DROP TABLE IF EXISTS as_given"
    yield "ALTER TABLE staged RENAME TO as_given"
    kept = ", ".join(
        f"CASE WHEN u{cells[it].column} THEN NULL ELSE {it} END AS {it}" if it in cells else it
        for it in columns
        if it != "record"
    )
    yield f"CREATE TABLE staged AS SELECT record, {kept} FROM as_given LEFT JOIN based USING (record) ORDER BY record"
    same = ", ".join(f"CASE WHEN u{cell.column} THEN {cell.column} END" for cell in comparing.cells)
    if same:
        yield f"INSERT INTO absent SELECT * FROM (SELECT record, unnest([{same}]) AS place FROM based) WHERE place >= 0"
        yield 'DELETE FROM faulty USING absent WHERE faulty.record = absent.record AND faulty."at" = absent."at"'


def beside(comparing: Comparing) -> str:
    """SQL of the records beside the rows of the export that have the digest of their key."""
    unchanged = [f"{is_same(comparing, cell)} AS u{cell.column}" for cell in comparing.cells]
    edited = " OR ".join(f"NOT u{cell.column}" for cell in comparing.cells) or "false"
    return (
        f"SELECT record, k, d, ({edited}) AS edited,"
        f" {', '.join(f'u{cell.column}' for cell in comparing.cells) or 'true AS u'} FROM"
        f" (SELECT record, k, d, {', '.join(['v' + str(it.column) for it in comparing.key])},"
        f" {', '.join(unchanged) or 'true AS u'} FROM"
        f" ({records(comparing, 'staged')}) JOIN ({rows(comparing)}) USING (k))"
    )


def records(comparing: Comparing, table: str) -> str:
    """Those of the workbook, with the digest of their key."""
    key = key_digest(comparing.salt, [it.kind for it in comparing.key], [f"v{it.column}" for it in comparing.key])
    return f"SELECT *, {key} AS k FROM {table}"


def no_whole_key(comparing: Comparing) -> str:
    """SQL of whether no row can be found by the key of a record: it stays out if it is any of the rows of its key."""
    return " OR ".join(f"v{it.column} IS NULL" for it in comparing.key)


def rows(comparing: Comparing) -> str:
    """The exported ones."""
    width = comparing.width
    return (
        f"SELECT substr(piece, i * {width} + 1, {KEY_DIGITS}) AS k,"
        f" substr(piece, i * {width} + {KEY_DIGITS + 1}, {width - KEY_DIGITS}) AS d"
        f" FROM (SELECT piece, unnest(range(strlen(piece) // {width})) AS i FROM baseline)"
    )


def is_same(comparing: Comparing, cell: Covered) -> str:
    """SQL of whether a cell is what it was."""
    value, then = f"v{cell.column}", digest_at(cell.place, "d")
    forms = [form(cell.kind, value), *near(cell.kind, value)]
    whens = " ".join(f"WHEN {digest(comparing, cell, one)} = {then} THEN true" for one in forms)
    return f"CASE {whens} ELSE false END"


def digest(comparing: Comparing, cell: Covered, formed: str) -> str:
    return cell_digest(comparing.salt, "k", cell.place, formed)
