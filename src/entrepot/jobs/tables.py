"""Files as the tables that they hold: which there are, and where each of them goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.importing.archives import opened_archive
from entrepot.importing.attachments.packed import PackedFiles, files_of
from entrepot.importing.request import Draft
from entrepot.jobs.also import with_parents
from entrepot.jobs.declared import with_declared
from entrepot.jobs.drafting import asked_of, draft_of
from entrepot.jobs.unpacking import with_packed
from entrepot.jobs.without_records import is_aside, is_void, may_be_void
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundleRequest
from entrepot.model.catalog import Catalog
from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names
from entrepot.model.packed import PackedTable
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Problem
from entrepot.model.records import ArtifactRecord, Document, DraftRecord
from entrepot.model.table_names import TableName, assigned, is_called, meant_by, unclear_table
from entrepot.storage.keys import Keys

RECEIPT = "receipt.json"
"""Alone in a folder, or behind the name of what it is about."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that was given, or a member of one; kept and plain."""

    file: Path
    stored: ArtifactRecord
    plain: Path
    packed: PackedTable | None = None
    alone: bool = True
    """Whether nothing else is in the file."""
    problems: tuple[Problem, ...] = ()
    database: str = ""
    """Where the rows came from, if nobody gave a file."""

    def remembered(self, request: ImportRequest) -> Document:
        return asked_of(request, self.file, self.database)

    files: PackedFiles | None = None

    def draft(self, record: DraftRecord) -> Draft:
        return replace(draft_of(record, self.plain), packed=self.packed, files=self.files, problems=self.problems)


@dataclass(frozen=True, kw_only=True)
class Table:
    source: Source
    name: TableName
    void: bool = False
    """It has neither records nor columns, so that it goes nowhere unless somebody says so."""


@dataclass(frozen=True, kw_only=True)
class Going:
    """A table, and what is asked of it."""

    table: Table
    request: ImportRequest


def files_in(given: Sequence[Path]) -> tuple[Path, ...]:
    """A folder stands for its files, but for those that say what exports were and those that are hidden."""
    found = tuple(file for path in given for file in ([path] if not path.is_dir() else _files(path)))
    twice = next((file for at, file in enumerate(found) if file in found[:at]), None)
    if twice is not None:
        raise InputError("file_twice", f"{twice} is given twice.", remedy="Name it once.")
    return found


def _files(folder: Path) -> list[Path]:
    found = sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and not path.name.startswith(".") and not f".{path.name}".endswith(f".{RECEIPT}")
    )
    if not found:
        raise InputError("no_such_file", f"There is no file in the folder {folder}.", remedy="Check the path.")
    return found


def sources_of(source: Source, work: Path, keys: Keys, counted: Callable[[PackedTable], int]) -> Iterator[Source]:
    """The members of an archive that have records, all unpacked and proven; any other file itself."""
    found = opened_archive(source.plain, source.file.name)
    if found is None:
        yield source
        return
    tables = [found.unpacked(table, work, keys) for table in found.packed.tables]
    files = files_of(found.archive, found.packed)
    filled = [table for table in tables if table.records != 0 or counted(table)]
    for table in filled:
        yield replace(
            source,
            plain=table.path or source.plain,
            packed=table,
            alone=len(filled) == 1,
            problems=found.packed.problems,
            files=files,
        )
    found.prove(but=[table.member for table in tables])


def tables_of(sources: Sequence[Source], bench: Bench, said: Reading) -> Iterator[Table]:
    for number, source in enumerate(sources, start=1):
        read_as = source.packed.read_as(said) if source.packed else said
        found = bench.part(number).tables(source.plain, read_as, Path(_called(source)).name)
        alone = source.alone and len([table for table in found if not is_aside(table)]) == 1
        for table in found:
            named = _named(source, table.name, only=len(found) == 1)
            name = TableName(
                file=source.file.name, table=named, alone=alone, hidden=is_aside(table), means=table.called
            )
            void = is_void(table, source.plain, source.file, source.packed)
            yield Table(source=source, name=name, void=void)


def _called(source: Source) -> str:
    return source.packed.member if source.packed else source.file.name


def _named(source: Source, table: str | None, *, only: bool) -> str | None:
    """As a reading names it: a list within a member by both, unless the member has no other."""
    if source.packed is None:
        return table
    return source.packed.name if table is None or only else f"{source.packed.name}/{table}"


def going(tables: Sequence[Table], asked: BundleRequest, catalog: Catalog) -> list[Going]:
    tables = _without_void(tables, asked)
    entities = assigned([table.name for table in tables], asked.into, catalog)
    said = {word: request for word, request in asked.tables.items() if word not in asked.also}
    own = _asked_of(tables, entities, said, catalog)
    found = [
        Going(table=table, request=_request(table, own.get(at, asked.each), entity))
        for at, (table, entity) in enumerate(zip(tables, entities, strict=True))
        if entity is not None
    ]
    nowhere = [table for table, entity in zip(tables, entities, strict=True) if entity is None]
    found = _with_parents(_told(nowhere, found), asked, catalog)
    if not found:
        raise InputError("nothing_to_import", "All tables are left out.", remedy="Say where one of them goes.")
    if len(found) > 1 and (asked.each.decisions or asked.each.declared is not None):
        raise InputError(
            "not_together",
            "The numbers of records mean those of one table, and there are several.",
            remedy="Import that table by itself, or leave them out.",
        )
    return found


def _without_void(tables: Sequence[Table], asked: BundleRequest) -> Sequence[Table]:
    """Those that are void go nowhere unless somebody says so, if others are not."""
    if not may_be_void(asked) or all(table.void or table.name.hidden for table in tables):
        return tables
    return [replace(table, name=replace(table.name, hidden=table.name.hidden or table.void)) for table in tables]


def _told(nowhere: Sequence[Table], found: list[Going]) -> list[Going]:
    """The first table that goes somewhere says which go nowhere because there is nothing in them."""
    void = tuple(table.name.title for table in nowhere if table.void)
    if not void or not found:
        return found
    return [replace(found[0], request=replace(found[0].request, left_out=void)), *found[1:]]


def _with_parents(found: list[Going], asked: BundleRequest, catalog: Catalog) -> list[Going]:
    if not asked.also:
        return found
    children = [one.request for one in found]
    where = {word: _holding(found, table, catalog) for word, table in asked.also.items()}
    every = with_parents(children, where, asked, catalog)
    return [Going(table=found[at].table, request=request) for at, request in every]


def _holding(found: Sequence[Going], table: str, catalog: Catalog) -> list[int]:
    """The tables that a word means: one, or all that go into an entity."""
    names, known = [one.table.name for one in found], entity_names(catalog)
    into = [known.find(one.request.entity).name for one in found]
    entity = known.get(table) if table else None
    if table and (entity is None or any(is_called(name, table) for name in names)):
        return list(meant_by([table], names).values())
    numbers = [at for at, name in enumerate(into) if entity is None or name == entity.name]
    if not numbers or len({into[at] for at in numbers}) > 1:
        raise unclear_table(table or "it", names)
    return numbers


def _asked_of(
    tables: Sequence[Table], entities: Sequence[str | None], said: Mapping[str, ImportRequest], catalog: Catalog
) -> dict[int, ImportRequest]:
    """By the numbers of tables. What is said of an entity is said of all files that go there, where no file is called
    so."""
    names, known = [table.name for table in tables], entity_names(catalog)
    whole = {word: known.get(word) for word in said if not any(is_called(name, word) for name in names)}
    found = {at: said[word] for word, at in meant_by([w for w in said if not whole.get(w)], names).items()}
    for word, entity in whole.items():
        going_there = [at for at, name in enumerate(entities) if name and known.get(name) == entity]
        if entity is not None and not going_there:
            raise unclear_table(word, names)
        found.update({at: said[word] for at in going_there if entity is not None and at not in found})
    return found


def _request(table: Table, asked: ImportRequest, entity: str) -> ImportRequest:
    request = replace(asked, entity=entity, reading=replace(asked.reading, entity=table.name.table))
    if table.source.packed is not None:
        return with_packed(request, table.source.packed)
    return with_declared(table.source.file, request) if table.name.alone else request
