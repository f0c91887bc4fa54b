"""The files that copied rows point to: the draft of their entity is a package, which has them with its rows. So a plan
is carried out as it was shown, whatever becomes of the store that they came from."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from entrepot.exporting.attachments import QueriedAttachments
from entrepot.exporting.flow import LazyWorkbench
from entrepot.exporting.request import Run as Giving
from entrepot.exporting.source import MeteredSource
from entrepot.formats.package.options import PackageOptions
from entrepot.formats.package.write import write_package
from entrepot.formats.port import Document, Result, Tools
from entrepot.importing.archives import opened_archive
from entrepot.importing.attachments.packed import files_of
from entrepot.jobs.copied_fields import Fitted
from entrepot.jobs.tables import Source
from entrepot.model.attachments import Files
from entrepot.model.catalog import Catalog, Field
from entrepot.model.errors import BugError
from entrepot.model.file_stores import FileStore
from entrepot.model.names import entity_names
from entrepot.model.ports import Sink
from entrepot.model.suggest import unknown

Stores = Mapping[str, FileStore]


def moved(fit: Fitted, here: Stores, there: Stores, catalog: Catalog) -> list[Field]:
    """The fields whose files go along. Where both databases keep them in one place, they are there already."""
    if fit.request.files is Files.IGNORE:
        return []
    target = entity_names(catalog).find(fit.request.entity)
    found: list[Field] = []
    for column in fit.query.columns:
        field, other = column.field, target.field(fit.request.mapping.remembered[column.name])
        if field.file is not None and other.file is not None:
            mine, theirs = _store(field.file, here), _store(other.file, there)
            if fit.request.files is Files.REWRITE or mine.place != theirs.place:
                found.append(field)
    return found


def _store(name: str, stores: Stores) -> FileStore:
    if name not in stores:
        raise unknown("file collection", name, stores)
    return stores[name]


@dataclass(frozen=True, kw_only=True)
class Packing:
    """Rows and files of one entity on their way into one draft."""

    fit: Fitted
    fields: list[Field]
    rows: MeteredSource
    giving: Giving

    def write(self, sink: Sink) -> Result:
        """With what is missing in the store, as problems."""
        query, giving = self.fit.query, self.giving
        with ExitStack() as stack:
            attachments = QueriedAttachments([(query, field) for field in self.fields], self.rows, giving.file_stores)
            tools = Tools(
                reporter=giving.reporter,
                work=giving.work,
                workbench=LazyWorkbench(giving, stack),
                attachments=attachments,
            )
            return write_package(self._document(), self.rows, _Alone(sink), PackageOptions(), tools)

    def _document(self) -> Document:
        query, giving = self.fit.query, self.giving
        return Document(
            title=query.title,
            stem=query.title,
            created_at=giving.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
            tool=giving.tool,
            database=giving.catalog.database,
            engine=giving.catalog.engine,
            snapshot="",
            scope="",
            filters={},
            queries=(query,),
            catalog=giving.catalog,
        )


@dataclass(frozen=True)
class _Alone:
    """An outlet of one file, which has been opened before."""

    sink: Sink

    def open(self, name: str, media_type: str) -> AbstractContextManager[Sink]:
        return nullcontext(self.sink)


def unpacked(source: Source, work: Path) -> Source:
    """As an import sees the table of a package."""
    found = opened_archive(source.plain, source.file.name)
    if found is None:
        raise BugError("no_package", f"The draft of {source.file.name} is no package.", remedy="Please report it.")
    table = found.unpacked(found.packed.tables[0], work)
    files = files_of(found.archive, found.packed)
    return replace(source, plain=table.path or source.plain, packed=table, files=files)
