"""Parents that stand in the lines of their children: of lines that say the same of a parent, one is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.strings import with_strings
from entrepot.workbench.parents.gathering import judged
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_parts import KeepParents
from entrepot.workbench.source import Database, literal

DIFFER, MISSING = "parents_differ", "no_parent_key"
SHOWN = 60


def keep_parents(database: Database, request: KeepParents) -> Done:
    """Lines that have nothing of a parent have none; what cannot be read is told with the children."""
    said = with_strings(database.connection, (*request.fields, *((request.own,) if request.own else ())))
    database.connection.execute(f"CREATE OR REPLACE TEMP TABLE lines AS {lines(said, request)}")
    for statement in statements(said[: len(request.fields)], request.key):
        database.connection.execute(statement)
    return Done(rows=int(database.connection.execute("SELECT count(*) FROM staged").fetchall()[0][0]))


def lines(said: Sequence[TargetField], request: KeepParents) -> str:
    """What each has of its parent: what becomes of its values; of one that cannot be read, what it is. Values that the
    database takes for the same are one key, and an empty text that the rules of a field left is none."""
    width, key = len(request.fields), request.key
    values = [f"coalesce(f{at}, x{at})" for at in range(width)]
    values[key] = f"coalesce(kept, nullif({values[key]}, ''))"
    named = "".join(f", {value} AS p{at}" for at, value in enumerate(values))
    own = on_lines(f"f{width}") if len(said) > width else "NULL::VARCHAR"
    there = ", ".join(f"nullif(s{at}, '')" for at in range(width))
    return (
        f"SELECT record{named}, {own} AS own FROM ({judged(said)}) AS found"
        f" LEFT JOIN ({alike(request.spellings)}) AS alike ON alike.value = f{key:d}"
        f" WHERE coalesce({there}) IS NOT NULL"
    )


def on_lines(own: str) -> str:
    """The id of a parent on the line of its child is its key, and said as that is; of blanks alone it is none."""
    return f"CASE WHEN trim({own}) <> '' THEN {own} END"


def alike(number: int | None) -> str:
    """Each value that is the same to the database as another one, and that one."""
    if number is None:
        return "SELECT '' AS value, '' AS kept LIMIT 0"
    return (
        f"SELECT one.p0 AS value, first.p0 AS kept FROM values_{number:d} AS one"
        f" JOIN alike_{number:d} AS alike ON alike.record::BIGINT = one.n"
        f" JOIN values_{number:d} AS first ON first.n = alike.first::BIGINT"
    )


def spelled(key: int) -> str:
    """How the first line spells the id of each parent, for all spellings of it."""
    first = f"SELECT own, first_value(own) OVER (PARTITION BY p{key:d} ORDER BY record) AS kept FROM lines"
    return f"SELECT own, min(kept) AS kept FROM ({first} WHERE own IS NOT NULL AND p{key:d} IS NOT NULL) GROUP BY own"


def statements(fields: Sequence[TargetField], key: int) -> Iterator[str]:
    yield f"CREATE OR REPLACE TABLE spelled AS {spelled(key)}"
    names = ", ".join(f"p{at}" for at, _ in enumerate(fields))
    yield f"CREATE OR REPLACE TEMP TABLE parents AS SELECT min(record) AS record, {names} FROM lines GROUP BY {names}"
    for table in ("staged", "absent", "faulty"):
        yield f"DELETE FROM {table} WHERE record NOT IN (SELECT record FROM parents)"
    columns = ", ".join(f"{at:d}" for at in sorted({at for field in fields for at in field.sources}))
    for table in ("absent", "faulty"):
        yield f'DELETE FROM {table} WHERE "at" NOT IN ({columns})'
    yield "CREATE TABLE IF NOT EXISTS left_out (record BIGINT)"
    for table in ("rejected", "unread", "left_out"):
        yield f"DELETE FROM {table}"
    name = literal(fields[key].name)
    yield f"INSERT INTO disputed SELECT record, {name}, '{MISSING}', NULL FROM parents WHERE p{key:d} IS NULL"
    for at in (at for at, _ in enumerate(fields) if at != key):
        yield _differing(at, fields[at].name, key)
    yield "DROP TABLE parents"
    yield "DROP TABLE lines"


def _differing(at: int, field: str, key: int) -> str:
    """Each of the lines that say different things names the first one that says something else: that is the first of
    all, or the first one that differs from it."""
    first = f"min(record) AS record, arg_min(struct_pack(v := p{at}), record).v AS v"
    is_first = f"mine.p{at} IS NOT DISTINCT FROM firsts.v"
    record = f"CASE WHEN {is_first} THEN others.record ELSE firsts.record END"
    theirs = f"CASE WHEN {is_first} THEN {_shown('others.v')} ELSE {_shown('firsts.v')} END"
    return (
        f"WITH firsts AS (SELECT p{key} AS k, {first} FROM parents GROUP BY k),"
        f" others AS (SELECT k, {first} FROM (SELECT k, parents.record, p{at} FROM parents JOIN firsts"
        f" ON p{key} = k WHERE p{at} IS DISTINCT FROM firsts.v) GROUP BY k)"
        f" INSERT INTO disputed SELECT mine.record, {literal(field)}, '{DIFFER}',"
        f" {_shown(f'mine.p{at}')} || ', and record ' || {record} || ' has ' || {theirs}"
        f" FROM parents AS mine JOIN firsts ON mine.p{key} = firsts.k JOIN others ON firsts.k = others.k"
    )


def _shown(value: str) -> str:
    return f"CASE WHEN {value} IS NULL THEN 'nothing' ELSE '''' || left({value}, {SHOWN}) || '''' END"
