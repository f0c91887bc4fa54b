"""Which parent every value names, and what becomes of every record."""

from __future__ import annotations

import duckdb

from entrepot.model.finding import Missing
from entrepot.model.own_ids import NO_SUCH_ID
from entrepot.model.references import AMBIGUOUS, DISAGREE, NOT_FOUND, NOT_YET, FoundParent, FoundParents, Lookup
from entrepot.workbench.bands import update
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.parents.gathering import parts
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_references import CompareParents, FindParents, ParentsFound
from entrepot.workbench.source import Database, literal

SAMPLES = 5
SHOWN_IDS = 5


def find_parents(database: Database, request: FindParents) -> ParentsFound:
    connection, lookup = database.connection, request.lookup
    connection.execute(f"CREATE OR REPLACE TABLE parents_{lookup.column} AS {parents(lookup)}")
    connection.execute(f"CREATE OR REPLACE TABLE outcome_{lookup.column} AS {outcome(lookup)}")
    fill_in(connection, lookup.column, lookup.missing)
    return ParentsFound(parents=summary(database, lookup))


def compare_parents(database: Database, request: CompareParents) -> Done:
    """How many of the values that were looked for again name another parent now."""
    number = request.lookup.column
    found = database.connection.execute(
        f"SELECT count(*) FROM ({parents(request.lookup)}) AS again JOIN parents_{number} AS before USING (n)"
        " WHERE again.ids IS DISTINCT FROM before.ids"
    ).fetchall()
    return Done(rows=int(found[0][0]))


def parents(lookup: Lookup) -> str:
    """Records of the file go before rows: they are what the rows will be. `apart`: where they are none of the rows of
    that name, nobody knows yet which of both it will be."""
    number, several = lookup.column, "mine.ids IS NOT NULL AND theirs.ids IS NOT NULL"
    same = f"list_has_any({alike(lookup, 'mine.ids')}, {alike(lookup, 'theirs.ids')})"
    own = " AND ".join(f"one.{name} = own.{name}" for name in parts(lookup))
    return (
        f"WITH classes AS ({classes(lookup)}),"
        f" mine AS (SELECT class, list(DISTINCT id) FILTER (id IS NOT NULL) AS ids, true AS there"
        f" FROM own_{number} AS own JOIN classes AS one ON {own} GROUP BY class),"
        f" theirs AS (SELECT class, list(DISTINCT id) AS ids, min(nullif(label, id)) AS label FROM ({met(lookup)})"
        " GROUP BY class)"
        " SELECT n, is_sought, ids, coalesce(len(ids), 0) AS times, ids[1] AS id, label, own, waiting, apart FROM"
        f" (SELECT one.n, one.is_sought, CASE WHEN {several} AND NOT {same} THEN {listed('list_sort(theirs.ids)')} ||"
        f" ' in the database and ' || {listed('list_sort(mine.ids)')} || ' in the file' END AS apart,"
        " list_sort(CASE WHEN apart IS NULL THEN coalesce(mine.ids, theirs.ids)"
        " ELSE list_concat(mine.ids, theirs.ids) END) AS ids,"
        " CASE WHEN mine.ids IS NULL THEN theirs.label END AS label, mine.ids IS NOT NULL AS own,"
        " coalesce(mine.there, false) AND mine.ids IS NULL AND theirs.ids IS NULL AS waiting"
        " FROM classes AS one LEFT JOIN mine USING (class) LEFT JOIN theirs USING (class))"
    )


def classes(lookup: Lookup) -> str:
    """Values that are the same to whoever compares them: the database, or we, where case means nothing."""
    number = lookup.column
    if lookup.ignore_case:
        return f"SELECT *, min(n) OVER (PARTITION BY {folded(lookup)}) AS class FROM wanted_{number}"
    return (
        f"SELECT one.*, coalesce(alike.first::BIGINT, one.n) AS class FROM wanted_{number} AS one"
        f" LEFT JOIN alike_{number} AS alike ON alike.record::BIGINT = one.n"
    )


def met(lookup: Lookup) -> str:
    """The rows of the database, each with what it was found by."""
    number = lookup.column
    if not lookup.ignore_case:
        return f"SELECT number::BIGINT AS class, id, label FROM found_{number}"
    names = [f"f{at}" for at, _ in enumerate(lookup.sought)]
    as_names = f"AS folded(class, {', '.join(names)})"
    ours = f"(SELECT DISTINCT class, {folded(lookup)} FROM classes) {as_names}"
    theirs = f"(SELECT id, label, {folded(lookup)} FROM found_{number}) AS rows(id, label, {', '.join(names)})"
    return f"SELECT class, id, label FROM {ours} JOIN {theirs} USING ({', '.join(names)})"


def folded(lookup: Lookup) -> str:
    """Without case, without blanks around, and whichever way accents are written."""
    return ", ".join(f"lower(trim(nfc_normalize({name})))" for name in parts(lookup))


def outcome(lookup: Lookup) -> str:
    number = lookup.column
    same = " AND ".join(f"one.{name} = sought.{name}" for name in parts(lookup))
    code, lost = coded(lookup), f"code = '{NOT_FOUND}'"
    fails = "code IS NOT NULL" if lookup.missing.fails else f"code IS NOT NULL AND NOT {lost}"
    return (
        f"SELECT record, code, coalesce({fails}, false) AS fails,"
        f" CASE WHEN code IS NULL THEN coalesce(raw, id) WHEN {lost} THEN raw END AS fill,"
        f" {value()} AS value, {literal(lookup.words)} AS words FROM"
        f" (SELECT sought.record, none, raw, given, told, met.*, {code} AS code FROM sought_{number} AS sought"
        f" LEFT JOIN values_{number} AS one ON {same} LEFT JOIN parents_{number} AS met ON met.n = one.n)"
        " WHERE NOT none OR raw IS NOT NULL"
    )


def fill_in(connection: duckdb.DuckDBPyConnection, number: int, missing: Missing = Missing.ERROR) -> None:
    """The records get what was found, or go."""
    connection.execute(f"ALTER TABLE staged ADD COLUMN v{number} VARCHAR")
    filled = f"v{number} = fill FROM outcome_{number} AS outcome"
    update(connection, "staged", filled, "outcome.record = staged.record AND fill IS NOT NULL")
    if missing is Missing.SKIP:
        lost = f"SELECT record FROM outcome_{number} WHERE coalesce(code IN ('{NOT_FOUND}', '{NO_SUCH_ID}'), false)"
        connection.execute("CREATE TABLE IF NOT EXISTS left_out (record BIGINT)")
        connection.execute(f"INSERT INTO left_out {lost}")
        connection.execute(f"DELETE FROM staged WHERE record IN ({lost})")


def coded(lookup: Lookup) -> str:
    """Whatever the file gives besides may say which of several it is."""
    given = same_form(lookup.id_type, "given")
    other = f"given IS NOT NULL AND NOT list_contains({alike(lookup, 'ids')}, {given})"
    return (
        f"CASE WHEN none THEN NULL WHEN waiting THEN '{NOT_YET}' WHEN coalesce(times, 0) = 0 THEN '{NOT_FOUND}'"
        f" WHEN apart IS NOT NULL THEN '{DISAGREE}'"
        f" WHEN times > 1 AND given IS NULL THEN '{AMBIGUOUS}' WHEN {other} THEN '{DISAGREE}' END"
    )


def value() -> str:
    """Of a finding: what the file says, and of several parents which they are."""
    ids = listed("ids")
    return (
        f"CASE code WHEN '{AMBIGUOUS}' THEN told || ' (' || times || ': ' || {ids} || ')'"
        f" WHEN '{DISAGREE}' THEN told || ' is ' || coalesce(apart, {ids} || ', not ' || given) ELSE told END"
    )


def listed(ids: str) -> str:
    return f"array_to_string({ids}[:{SHOWN_IDS}], ', ') || CASE WHEN len({ids}) > {SHOWN_IDS} THEN ', …' ELSE '' END"


def alike(lookup: Lookup, ids: str) -> str:
    """So that the same id is the same text."""
    return f"list_transform({ids}, lambda one: {same_form(lookup.id_type, 'one')})"


def summary(database: Database, lookup: Lookup) -> FoundParents:
    number, connection = lookup.column, database.connection
    told = ", ".join(f"one.{name}" for name in parts(lookup))
    row = connection.execute(
        "SELECT count(*), count(*) FILTER (times = 1), count(*) FILTER (own), count(*) FILTER (times = 0),"
        f" count(*) FILTER (times > 1), coalesce(sum(md5_number_lower(concat_ws(chr(31), {told}, times, id))::HUGEINT),"
        f" 0) FROM parents_{number} JOIN values_{number} AS one USING (n) WHERE one.is_sought"
    ).fetchall()[0]
    samples = connection.execute(
        f"SELECT concat_ws(', ', {told}), {shown_id(lookup)}, label, own FROM parents_{number}"
        f" JOIN values_{number} AS one USING (n) WHERE one.is_sought AND times = 1 ORDER BY n LIMIT {SAMPLES}"
    ).fetchall()
    return FoundParents(
        values=row[0],
        found=row[1],
        own=row[2],
        missing=row[3],
        ambiguous=row[4],
        disagreeing=counted(database, number, DISAGREE),
        unresolved=counted(database, number, NOT_FOUND) + counted(database, number, NOT_YET),
        samples=tuple(FoundParent(value=value, id=key, label=label, own=own) for value, key, label, own in samples),
        digest=f"{int(row[5]) % (1 << 128):032x}",
    )


def shown_id(lookup: Lookup) -> str:
    """What stands for a key that is not known yet tells nobody anything."""
    if lookup.beside is not None and lookup.beside.own_ids:
        table = f"{schema_of(lookup.beside.part)}.ids_{lookup.beside.own_ids}"
    elif lookup.own_id is not None and lookup.own_id.own_id:
        table = f"ids_{lookup.own_id.found}"
    else:
        return "id"
    return f"CASE WHEN id IN (SELECT key FROM {table} WHERE kind = 'new') THEN 'new' ELSE id END"


def counted(database: Database, number: int, code: str) -> int:
    found = database.connection.execute(f"SELECT count(*) FROM outcome_{number} WHERE code = ?", [code]).fetchall()
    return int(found[0][0])
