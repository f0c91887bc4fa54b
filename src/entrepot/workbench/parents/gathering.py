"""The different values by which a file names parents, as the parents have them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Span
from entrepot.model.references import Beside, Lookup
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.judging.layers import concluded, graded
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_references import SeekParents
from entrepot.workbench.source import Database

SHOWN_CHARACTERS = 200


def seek_parents(database: Database, request: SeekParents) -> Done:
    """In the order of the records that have them; with a scope, those that were gathered before of its records."""
    lookup = request.lookup
    for statement in statements(lookup) if request.scope is None else ():
        database.connection.execute(statement)
    database.connection.execute(wanted(lookup, request.scope))
    found = database.connection.execute(f"SELECT count(*) FROM wanted_{lookup.column}").fetchall()
    return Done(rows=int(found[0][0]))


def statements(lookup: Lookup) -> Iterator[str]:
    number, names = lookup.column, ", ".join(parts(lookup))
    yield f"CREATE OR REPLACE TABLE sought_{number} AS {sought(lookup)}"
    yield f"CREATE OR REPLACE TABLE own_{number} AS {own(lookup)}"
    whole = " AND ".join(f"{name} IS NOT NULL" for name in parts(lookup))
    yield (
        f"CREATE OR REPLACE TABLE values_{number} AS SELECT row_number() OVER (ORDER BY first) AS n, {names}, is_sought"
        f" FROM (SELECT {names}, min(record) AS first, bool_or(is_sought) AS is_sought FROM"
        f" (SELECT record, {names}, true AS is_sought FROM sought_{number} WHERE wrong IS NULL AND {whole}"
        f" UNION ALL SELECT record, {names}, false FROM own_{number}) GROUP BY {names})"
    )


def wanted(lookup: Lookup, scope: Span | None) -> str:
    """Those of all records, or of some, and what may be meant by them."""
    view = f"CREATE OR REPLACE VIEW wanted_{lookup.column} AS SELECT * FROM values_{lookup.column} AS one"
    if scope is None:
        return view
    same = " AND ".join(f"sought.{name} = one.{name}" for name in parts(lookup))
    here = f"record BETWEEN {scope.first:d} AND {scope.last:d}"
    some = f"SELECT 1 FROM sought_{lookup.column} AS sought WHERE {same} AND {here}"
    return f"{view} WHERE NOT is_sought OR EXISTS ({some})"


def parts(lookup: Lookup) -> list[str]:
    return [f"p{at}" for at, _ in enumerate(lookup.sought)]


def sought(lookup: Lookup) -> str:
    """What a record says of its parent; `wrong` is the code of what is none of the parent's values."""
    fields = (*lookup.sought, *([lookup.given] if lookup.given else []))
    places = range(len(lookup.sought))
    told = ", ".join(f"coalesce(f{at}, s{at})" for at in places)
    given = f"f{len(lookup.sought)}, s{len(lookup.sought)}" if lookup.given else "NULL::VARCHAR, NULL::VARCHAR"
    wrong = ", ".join(f"e{at}" for at in places)
    raw = " AND ".join(f"s{at} IS NULL" for at in places)
    values = "".join(f", f{at}" for at in places)
    columns = "".join(f", {name}" for name in parts(lookup))
    return (
        f"SELECT record, none{columns}, given, raw, wrong, told FROM (SELECT record, {raw}{values}, {given},"
        f" coalesce({wrong}, NULL::VARCHAR), left(concat_ws(', ', {told}), {SHOWN_CHARACTERS}) FROM ({judged(fields)}))"
        f" AS found(record, none{columns}, given, raw, wrong, told)"
    )


def own(lookup: Lookup) -> str:
    """Only of records that say all of it, well."""
    names = parts(lookup)
    if lookup.beside is not None:
        return beside(lookup.beside)
    if not lookup.own:
        return f"SELECT 0::BIGINT AS record, {', '.join(f'NULL::VARCHAR AS {name}' for name in (*names, 'id'))} LIMIT 0"
    fields = (*lookup.own, *([lookup.own_id] if lookup.own_id else []))
    values = ", ".join(f"f{at} AS {name}" for at, name in enumerate(names))
    there = " AND ".join(f"f{at} IS NOT NULL" for at, _ in enumerate(names))
    good = " AND ".join(f"e{at} IS NULL" for at, _ in enumerate(fields))
    key = f"f{len(names)}" if lookup.own_id else "NULL::VARCHAR"
    return f"SELECT record, {values}, {key} AS id FROM ({judged(fields)}) WHERE {there} AND {good}"


def beside(other: Beside) -> str:
    """Whatever else is wrong with them: then they fail, and who refers to them hears of that."""
    if other.said:
        return said(other)
    values = ", ".join(f"f{at} AS p{place}" for place, at in enumerate(other.fields))
    good = " AND ".join(f"e{at} IS NULL" for at in (*other.fields, other.id))
    there = " AND ".join(f"f{at} IS NOT NULL" for at in (*other.fields, other.id))
    return f"SELECT record, {values}, f{other.id} AS id FROM {schema_of(other.part)}.judged WHERE {good} AND {there}"


def said(other: Beside) -> str:
    """A value that a parent must not have is looked for all the same: then its records fail with it."""
    values = ", ".join(f"v{at} AS p{place}" for place, at in enumerate(other.said))
    there = " AND ".join(f"v{at} IS NOT NULL" for at in other.said)
    schema = schema_of(other.part)
    return (
        f"SELECT record, {values}, f{other.id} AS id FROM {schema}.staged JOIN {schema}.judged USING (record)"
        f" WHERE e{other.id} IS NULL AND f{other.id} IS NOT NULL AND {there}"
    )


def judged(fields: Sequence[TargetField]) -> str:
    """Cleaned and in the form of their types, as all values are."""
    return concluded(fields, graded(fields, gaps=False), gaps=False)
