"""An outlet that keeps files in memory, and the little else that a format needs to be run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from contract.formats.memory_source import MemorySource
from entrepot.formats.port import Document, Format, Result, Tools
from entrepot.model.catalog import Catalog
from entrepot.model.ports import Sink, Workbench
from entrepot.model.problems import Problem
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Query


@dataclass
class MemoryOutlet:
    files: dict[str, bytes] = field(default_factory=dict)
    media_types: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def open(self, name: str, media_type: str) -> Iterator[Sink]:
        assert name not in self.files
        buffer = BytesIO()
        yield buffer
        self.files[name] = buffer.getvalue()
        self.media_types[name] = media_type


class SilentReporter:
    def phase(self, words: str) -> None: ...

    def begin(self, entity: str, total: int | None) -> None: ...

    def advance(self, rows: int, size: int) -> None: ...

    def warn(self, problem: Problem) -> None: ...


def no_workbench() -> Workbench:
    raise AssertionError("a text format needs no workbench")


@dataclass(frozen=True, kw_only=True)
class Export:
    """What a format made of some rows."""

    files: dict[str, bytes]
    result: Result
    media_types: dict[str, str]

    @property
    def only(self) -> bytes:
        (data,) = self.files.values()
        return data

    def save(self, folder: Path) -> list[Path]:
        for name, data in self.files.items():
            (folder / name).write_bytes(data)
        return [folder / name for name in self.files]


def document_of(queries: Sequence[Query], **changes: Any) -> Document:
    catalog = Catalog(engine="memory", version="1", database="shop", entities=tuple(q.entity for q in queries))
    document = Document(
        title="Shop",
        stem="shop",
        created_at="2024-05-06T07:08:09+00:00",
        tool="Entrepot test",
        database="shop",
        engine="memory",
        snapshot="one",
        scope="everything",
        filters={},
        queries=tuple(queries),
        catalog=catalog,
    )
    return replace(document, **changes)


def run(
    format: Format,
    document: Document,
    source: MemorySource,
    options: object = None,
    dialect: ScriptDialect | None = None,
) -> Export:
    outlet = MemoryOutlet()
    tools = Tools(reporter=SilentReporter(), work=Path(), workbench=no_workbench, dialect=dialect)
    result = format.write(document, source, outlet, options or format.options(), tools)
    return Export(files=outlet.files, result=result, media_types=outlet.media_types)
