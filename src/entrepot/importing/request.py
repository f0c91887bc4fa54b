"""What an import works with, and what is known about it once its file was read."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entrepot.importing.attachments.holders import holders
from entrepot.importing.lookups import Sought
from entrepot.importing.mirroring.relations import reached
from entrepot.importing.own_ids.fields import Own
from entrepot.importing.tenancy import Tenancy
from entrepot.model.attachments import KeepsFiles
from entrepot.model.bench import Bench
from entrepot.model.bundles import table_title
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.changes import Changing, Target
from entrepot.model.correcting import Correction
from entrepot.model.drafts import Judged, Mode, Reading, Staged, TargetField
from entrepot.model.failing import KeepsErrors
from entrepot.model.file_stores import FileStore
from entrepot.model.mappings import ColumnMapping
from entrepot.model.matching import Matching, What
from entrepot.model.own_ids import KnownIds
from entrepot.model.packed import PackedTable
from entrepot.model.plans import DraftFile, ImportRequest
from entrepot.model.ports import Cancel, Clock, Reporter
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.references import Reference
from entrepot.model.rules import RowRule
from entrepot.model.selection import Query
from entrepot.model.versions import Versions

if TYPE_CHECKING:
    from entrepot.importing.attachments.filing import Filing
    from entrepot.importing.attachments.packed import PackedFiles
    from entrepot.importing.united import Share

WRITTEN = frozenset({What.CREATED, What.UPDATED})
"""What moves into the database, and is told as it goes."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the service hands to an import. Whatever is opened for it is closed by whoever opened it."""

    engine: Changing
    catalog: Catalog
    reporter: Reporter
    cancel: Cancel
    clock: Clock
    work: Path
    """A private folder, removed afterwards."""
    bench: Callable[[], AbstractContextManager[Bench]]
    tool: str
    known_values: Callable[[Query], Sequence[str]] | None = None
    """Reads one column of the database; None: nothing of it may be told."""
    recall: Callable[[str, Sequence[str]], Mapping[str, str]] | None = None
    """Where the columns of such a file went before, by entity; None: nobody asks."""
    find_tenancy: Callable[[ImportRequest], Tenancy] | None = None
    """Looks the tenant of a request up."""
    known_ids: KnownIds | None = None
    """What is remembered of the source; None: it has no name."""
    keep_errors: KeepsErrors | None = None
    """Keeps the errors file of an import; None: nobody wants it."""
    note: Callable[[Mapping[str, Any], int], object] | None = None
    """Writes down what a transaction is to bring about, by its number, before it does."""
    secret: Callable[[], bytes | None] | None = None
    """The key of this installation, if it has one yet."""
    file_stores: Mapping[str, FileStore] = field(default_factory=dict)
    """Where the application keeps its files, by collection."""
    keeps_files: KeepsFiles | None = None
    """Remembers what is put there; None: nothing is."""

    @property
    def identity(self) -> str:
        """Of the database, as jobs have it."""
        return f"{self.catalog.engine}:{self.catalog.database}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The file, plain, where the workbench can read it."""

    path: Path
    file: DraftFile
    correction: Correction | None = None
    """Then `path` is the original, and `file` the corrected one."""
    once: str | None = None
    """What marks the one transaction that may bring it in."""
    packed: PackedTable | None = None
    """The table of an archive that `path` is: `file` is the archive, or its original is one."""
    files: PackedFiles | None = None
    """Those that the archive has besides its tables."""
    problems: tuple[Problem, ...] = ()
    """What was found on the way to it."""
    shares: tuple[GivenFile, ...] = ()
    """Several files that are one table; then `file` stands for all of them, and only they can be read."""

    @property
    def taken(self) -> DraftFile:
        """With the member of an archive that was read."""
        if self.correction or self.packed is None or self.file.database:
            return self.file
        return replace(self.file, member=self.packed.member)

    @property
    def given(self) -> str:
        """What people know the file by that they gave."""
        return self.taken.title

    @property
    def staged(self) -> str:
        """The same of the file that is staged; of a correction it is the original."""
        file = self.correction.original if self.correction else self.file.name
        return file if self.packed is None or self.file.database else f"{file}/{self.packed.member}"

    def title_of(self, request: ImportRequest) -> str:
        """With the table of it that is meant."""
        return table_title(self.file.name, request.reading.entity)

    def read_as(self, said: Reading) -> Reading:
        """What an archive says about its table completes what somebody said."""
        return said if self.packed is None else self.packed.read_as(said)


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """A file, and what is asked of it."""

    draft: Draft
    request: ImportRequest


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Read and mapped: everything that can be known without asking the database for rows."""

    draft: Draft
    request: ImportRequest
    entity: Entity
    staged: Staged
    mapping: ColumnMapping
    fields: tuple[TargetField, ...]
    matching: Matching
    relations: tuple[Relation, ...]
    """One for each reference of `matching`."""
    referring: tuple[Relation, ...] = ()
    """One for each of its values that are referred to."""
    rules: tuple[RowRule, ...] = ()
    """What is asked of whole records."""
    last: int = 0
    """The highest number of a record."""
    given: str = ""
    """The numbers of the records that were given back corrected."""
    tenancy: Tenancy | None = None
    """Whose import it is; None: of all."""
    held: tuple[str, ...] = ()
    """Fields that are filled when all tables of an import were written: they refer to one that comes later."""
    lookups: tuple[Sought, ...] = ()
    """References whose parents are named otherwise than by their ids."""
    own: Own | None = None
    """Fields with ids of the files' own."""
    part: int = 0
    """Which table of the import it is in the workbench."""
    references: tuple[Reference, ...] = ()
    """What was found of each, and of ids of the files' own."""
    filings: tuple[Filing, ...] = ()
    """The fields that point to files of the package."""
    versions: Versions | None = None
    """Records that differ from their rows become new versions; None: none does."""
    shares: tuple[Share, ...] = ()
    """Of several files that are one table."""
    followers: tuple[Relation, ...] = ()
    """Those whose rows go to the new versions."""

    def inside(self, entity: Entity) -> Predicate | None:
        """What the rows that it may see satisfy; None: all."""
        return None if self.tenancy is None else self.tenancy.inside(entity)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields)

    def named(self, numbers: tuple[int, ...]) -> tuple[str, ...]:
        return tuple(self.fields[at].name for at in numbers)

    def parents(self, catalog: Catalog) -> list[Entity]:
        """Of each relation."""
        return [catalog.entity(relation.parent) for relation in self.relations]


@dataclass(frozen=True, kw_only=True)
class Work:
    """An import under way."""

    run: Run
    bench: Bench
    prepared: Prepared
    judged: Judged
    started: float

    @property
    def entities(self) -> list[Entity]:
        """Those that it looks at or changes, each once."""
        found = [self.prepared.entity, *self.prepared.parents(self.run.catalog)]
        found += [sought.parent for sought in self.prepared.lookups]
        found += [linked.parent for linked in (self.prepared.own.links if self.prepared.own else ())]
        referring = (*self.prepared.referring, *self.prepared.followers)
        found += [self.run.catalog.entity(relation.entity) for relation in referring]
        if self.prepared.request.mode is Mode.MIRROR:
            relations = reached(self.run.catalog, [self.prepared.entity])
            found += [self.run.catalog.entity(relation.entity) for relation in relations]
        if self.prepared.tenancy is not None:
            found += holders(self.prepared.entity, self.prepared.names, self.run.catalog)
            found += self.prepared.tenancy.on_the_way(found, self.run.catalog)
        return list({entity.name: entity for entity in found}.values())

    def emit(
        self, what: What, target: Target, number: int = 0, columns: tuple[int, ...] | None = None
    ) -> Generator[bytes]:
        """Rows for the database, as it wants them."""
        prepared = self.prepared
        for block in self.bench.emit(
            prepared.fields, prepared.matching, what, number=number, null=target.null, columns=columns
        ):
            self.run.cancel.check()
            yield block
            if columns is None and what in WRITTEN:
                self.run.reporter.advance(block.count(b"\n"), len(block))
