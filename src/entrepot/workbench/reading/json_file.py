"""One JSON file and how it is read: its records in pieces, however they stand in it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.workbench.reading.format import format_of
from entrepot.workbench.reading.json_lines import begins_with_lines, lines
from entrepot.workbench.reading.json_refusals import no_records, no_such_list, several_lists
from entrepot.workbench.reading.json_split import Piece
from entrepot.workbench.reading.json_value import value
from entrepot.workbench.reading.json_walk import Document
from entrepot.workbench.reading.json_window import Window, window

BLOCK_BYTES = 1 << 20


@dataclass(kw_only=True)
class JsonFile:
    """After `pieces` came to its end, the file is known to be whole, and the rest is set."""

    path: Path
    reading: Reading
    longest_bytes: int = 1 << 40
    block_bytes: int = BLOCK_BYTES
    encoding: str = ""
    has_mark: bool = False
    format: str = ""
    entity: str | None = None
    declared: dict[str, int] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    """Records by name of the list."""

    def window(self) -> AbstractContextManager[Window]:
        return window(self.path, self.reading.encoding, self.block_bytes, self.longest_bytes)

    def pieces(self) -> Generator[Piece, None, None]:
        with self.window() as view:
            self.encoding, self.has_mark = view.source.encoding, view.source.mark_bytes > 0
            self.format = self.reading.format or self.found_format(view)
            if self.format == "ndjson":
                yield from self.lines(view)
            else:
                yield from self.document(view)

    def found_format(self, view: Window) -> str:
        """Many files of lines are named `.json`."""
        found = format_of(self.path)
        return "ndjson" if found == "ndjson" or begins_with_lines(view) else "json"

    def lines(self, view: Window) -> Generator[Piece, None, None]:
        if self.reading.entity is not None:
            raise no_such_list(self.path.name, self.reading.entity, {})
        yield from lines(view)

    def document(self, view: Window) -> Generator[Piece, None, None]:
        document = Document(window=view, entity=self.reading.entity)
        yield from document.pieces()
        self.lists, self.declared = document.lists, document.declared
        self.entity = self.chosen(document)
        if document.is_record:
            yield from self.alone()

    def chosen(self, document: Document) -> str | None:
        name, lists = self.path.name, document.lists
        if document.is_scalar:
            raise no_records(name, "it is one value")
        if self.reading.entity is not None and self.reading.entity not in lists:
            raise no_such_list(name, self.reading.entity, lists)
        if self.reading.entity is None and len(lists) > 1:
            raise several_lists(name, lists)
        return self.reading.entity or next(iter(lists), None)

    def alone(self) -> Generator[Piece, None, None]:
        """The object that the whole file is, as a record."""
        with self.window() as view:
            view.peek()
            text = value(view)
            yield Piece(window=view, texts=[text], whole=text, start=view.at - len(text))
