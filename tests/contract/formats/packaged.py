"""Packages made of rows in memory, with a real workbench."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from contract.formats.memory_outlet import Export, MemoryOutlet, SilentReporter, document_of
from contract.formats.memory_source import MemorySource, Row
from entrepot.formats.package import FORMAT, PackageOptions
from entrepot.formats.port import Attachments, Document, FileReference, Tools
from entrepot.model.ports import Workbench
from entrepot.model.selection import Query
from entrepot.workbench import open_workbench

Pairs = Sequence[tuple[Query, list[Row]]]


class Shelf:
    """Attachments in memory; None is a file that the storage lost."""

    def __init__(self, files: Sequence[tuple[str, str, bytes | None]]) -> None:
        self._files = files

    def files(self) -> Iterator[FileReference]:
        for file_id, name, _ in self._files:
            yield FileReference(entity="customers", field="photo", id=file_id, name=name, stored=("shelf", file_id))

    def open(self, reference: FileReference) -> Any:
        data = next(content for known, _, content in self._files if known == reference.id)
        return None if data is None else self._blocks(data)

    @contextmanager
    def _blocks(self, data: bytes) -> Iterator[Iterator[bytes]]:
        yield iter([data[:3], data[3:]])


def pack_document(
    document: Document,
    source: MemorySource,
    work: Path,
    options: PackageOptions | None = None,
    attachments: Attachments | None = None,
) -> Export:
    outlet = MemoryOutlet()
    with ExitStack() as stack:
        opened: list[Workbench] = []

        def workbench() -> Workbench:
            if not opened:
                opened.append(stack.enter_context(open_workbench(work)))
            return opened[0]

        tools = Tools(reporter=SilentReporter(), work=work, workbench=workbench, attachments=attachments)
        result = FORMAT.write(document, source, outlet, options or PackageOptions(), tools)
    return Export(files=outlet.files, result=result, media_types=outlet.media_types)


def pack(
    pairs: Pairs,
    work: Path,
    *,
    attachments: Attachments | None = None,
    changes: Mapping[str, Any] | None = None,
    **options: Any,
) -> Export:
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    document = replace(document_of([query for query, _ in pairs]), **(changes or {}))
    return pack_document(document, source, work, PackageOptions(**options), attachments)


def members(made: Export) -> dict[str, bytes]:
    """Through Python's own reader."""
    with zipfile.ZipFile(io.BytesIO(made.only)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def descriptor(made: Export) -> dict[str, Any]:
    return json.loads(members(made)["datapackage.json"])
