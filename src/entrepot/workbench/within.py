"""Parents that stand in the lines of their children: of lines that say the same of a parent, one is kept."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_parts import KeepParents
from entrepot.workbench.source import Database

DIFFER, MISSING = "parents_differ", "no_parent_key"
SHOWN = 60


def keep_parents(database: Database, request: KeepParents) -> Done:
    """Lines that have nothing of a parent have none; what cannot be read is told with the children."""
    for statement in statements(request):
        database.connection.execute(statement)
    return Done(rows=int(database.connection.execute("SELECT count(*) FROM staged").fetchall()[0][0]))


def statements(request: KeepParents) -> Iterator[str]:
    columns = [f"{at:d}" for at in request.columns]
    values = ", ".join(f"nullif(v{at}, '') AS p{at}" for at in columns)
    names = ", ".join(f"p{at}" for at in columns)
    yield (
        f"CREATE OR REPLACE TEMP TABLE parents AS SELECT min(record) AS record, {names}"
        f" FROM (SELECT record, {values} FROM staged) WHERE coalesce({names}) IS NOT NULL GROUP BY {names}"
    )
    for table in ("staged", "absent", "faulty"):
        yield f"DELETE FROM {table} WHERE record NOT IN (SELECT record FROM parents)"
    for table in ("absent", "faulty"):
        yield f'DELETE FROM {table} WHERE "at" NOT IN ({", ".join(columns)})'
    yield "CREATE TABLE IF NOT EXISTS left_out (record BIGINT)"
    for table in ("rejected", "unread", "left_out"):
        yield f"DELETE FROM {table}"
    key = f"{request.key:d}"
    yield f"INSERT INTO faulty SELECT record, {key}, '{MISSING}', NULL FROM parents WHERE p{key} IS NULL"
    for at in (at for at in columns if at != key):
        yield _differing(at, key)
    yield "DROP TABLE parents"


def _differing(at: str, key: str) -> str:
    """Each of the lines that say different things names the first one that says something else."""
    mine, theirs = _shown(f"mine.p{at}"), _shown(f"arg_min(coalesce(theirs.p{at}, ''), theirs.record)")
    return (
        f"INSERT INTO faulty SELECT mine.record, {at}, '{DIFFER}',"
        f" {mine} || ', and record ' || min(theirs.record) || ' has ' || {theirs}"
        f" FROM parents AS mine JOIN parents AS theirs ON mine.p{key} = theirs.p{key}"
        f" AND mine.p{at} IS DISTINCT FROM theirs.p{at} GROUP BY mine.record, mine.p{at}"
    )


def _shown(value: str) -> str:
    return f"CASE WHEN coalesce({value}, '') = '' THEN 'nothing' ELSE '''' || left({value}, {SHOWN}) || '''' END"
