"""Files that go into the database as they stand: every record is checked, and kept only as far as matching needs it.

The table `vouched(record, odd, x0…, n0…)` holds the values that matter, and whether others are there. In the end it
takes the place of what judging makes of a staged file, in which nothing was found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from entrepot.model.drafts import SourceColumn, TargetField
from entrepot.model.stretches import OddError, Sketch, Stretch, Vouched, Wanted
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.conditions import holds
from entrepot.workbench.judging.grammar import EMPTY
from entrepot.workbench.judging.judge import judge
from entrepot.workbench.judging.layers import graded
from entrepot.workbench.mending import mended
from entrepot.workbench.padding import is_padded
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_stretches import (
    CountShort,
    EndedStretches,
    EndStretches,
    SketchedFile,
    SketchFile,
    VouchedStretch,
    VouchStretch,
)
from entrepot.workbench.reading import readable
from entrepot.workbench.reading.csv_stretch import samples, sketch_of, take_stretch
from entrepot.workbench.reading.format import format_of
from entrepot.workbench.reading.tables import create_tables
from entrepot.workbench.source import Database, literal


def sketch_file(database: Database, request: SketchFile) -> SketchedFile:
    path = Path(request.path)
    with readable(path):
        is_csv = (request.reading.format or format_of(path)) == "csv"
        return SketchedFile(sketch=sketch_of(database, path, request.reading) if is_csv else None)


def vouch_stretch(database: Database, request: VouchStretch) -> VouchedStretch:
    path, connection = Path(request.path), database.connection
    if request.after is None:
        columns = "".join(f", {name}" for name in declared(request.fields, request.wanted))
        connection.execute(f"CREATE OR REPLACE TABLE vouched (record BIGINT, odd BOOLEAN{columns})")
    before = request.after.records if request.after else 0
    insert = partial(checked, request.fields, request.wanted)
    odd = f"SELECT count(*) FROM vouched WHERE record > {before} AND odd"
    try:
        with readable(path):
            if request.after is None or request.after.mended is None:
                stretch = take_stretch(database, path, request.sketch, request.after, insert)
                if not connection.execute(odd).fetchall()[0][0]:
                    return VouchedStretch(stretch=stretch)
            return VouchedStretch(stretch=anew(database, request))
    except OddError:
        return VouchedStretch(stretch=None)


def anew(database: Database, request: VouchStretch) -> Stretch | None:
    """As all stretches are from the first one on that has to be."""
    if not request.wanted.mend:
        return None
    return mended(database, request, list(kept(request.fields, request.wanted)))


def end_stretches(database: Database, request: EndStretches) -> EndedStretches:
    """`judged` shows what was kept; all other values are canonical, and nobody asks for them. No record is judged any
    more, so all fields may be texts meanwhile, which takes DuckDB a tenth of the time."""
    connection, fields = database.connection, request.fields
    create_tables(connection, len(request.sketch.columns))
    judge(database, [replace(field, type=LogicalType(kind=Kind.TEXT), rules=()) for field in fields])
    known = {f"f{at}": f"x{at}" for at in request.wanted.kept} | {"record": "record"}
    names = [name for name, *_ in connection.execute("DESCRIBE judged").fetchall()]
    shown = ", ".join(f"{known.get(name, 'NULL::VARCHAR')} AS {name}" for name in names)
    connection.execute(f"CREATE OR REPLACE VIEW judged AS SELECT {shown} FROM vouched")
    return EndedStretches(vouched=summed_up(database, Path(request.path), request.sketch, fields))


def count_short(database: Database, request: CountShort) -> Done:
    short = " OR ".join(is_padded(f"f{at}", request.fields[at].type) for at in request.numbers)
    return Done(rows=database.connection.execute(f"SELECT count(*) FROM judged WHERE {short}").fetchall()[0][0])


def checked(fields: Sequence[TargetField], wanted: Wanted, before: int, source: str) -> str:
    """The statement for one stretch. An empty text that would become no value is not what the database makes of it."""
    rows = f"(SELECT {before} + row_number() OVER () AS record, * FROM {source})"
    plainly = [replace(field, blank_is_null=False) for field in fields]
    blank = [at for at, field in enumerate(fields) if field.blank_is_null and field.type.kind in EMPTY]
    odd = ["odd", *(f"coalesce(x{at} = '', false)" for at in blank)]
    odd += [f"coalesce(x{at} IN ({listed}), false)" for at, listed in mistaken(fields, wanted)]
    odd += [f"coalesce({is_padded(f'x{at}', fields[at].type)}, false)" for at in wanted.full]
    odd += [f"coalesce(NOT {holds(rule.condition, fields)}, false)" for rule in wanted.rules]
    columns = ", ".join([f"({' OR '.join(odd)}) AS odd", *kept(fields, wanted)])
    query = graded(plainly, gaps=False, rows=rows)
    if wanted.rules:
        query = f"SELECT *, {', '.join(f'x{at} AS f{at}' for at, _ in enumerate(fields))} FROM ({query})"
    return f"INSERT INTO vouched SELECT record, {columns} FROM ({query})"


def mistaken(fields: Sequence[TargetField], wanted: Wanted) -> Iterator[tuple[int, str]]:
    """The fields that may have such a text, and those as SQL."""
    if wanted.mistaken:
        listed = ", ".join(map(literal, wanted.mistaken))
        yield from ((at, listed) for at, _ in enumerate(fields))


def kept(fields: Sequence[TargetField], wanted: Wanted) -> Iterator[str]:
    yield from (f"x{at}" for at in wanted.kept)
    yield from (f"coalesce(x{at}, '') <> '' AS n{at}" for at in sparse(fields))


def declared(fields: Sequence[TargetField], wanted: Wanted) -> Iterator[str]:
    yield from (f"x{at} VARCHAR" for at in wanted.kept)
    yield from (f"n{at} BOOLEAN" for at in sparse(fields))


def sparse(fields: Sequence[TargetField]) -> Iterator[int]:
    """Fields that may have no value, or an empty one."""
    return (at for at, field in enumerate(fields) if not (field.required and field.blank_is_null))


def summed_up(database: Database, path: Path, sketch: Sketch, fields: Sequence[TargetField]) -> Vouched:
    """Without FILTER: DuckDB holds a block of all columns for each aggregate that has one. Of no records, `count_if`
    is no number."""
    counted = ", ".join(["count(*)", *(f"coalesce(count_if(n{at}), 0)" for at in sparse(fields))])
    records, *counts = database.connection.execute(f"SELECT {counted} FROM vouched").fetchall()[0]
    filled = dict(zip(sparse(fields), counts, strict=True))
    by_column = {field.sources[0]: filled.get(at, records) for at, field in enumerate(fields)}
    columns = zip(sketch.columns, samples(path, sketch), strict=True)
    return Vouched(
        records=records,
        columns=tuple(
            SourceColumn(name=name, filled=by_column[at], samples=some) for at, (name, some) in enumerate(columns)
        ),
    )
