"""A JSON document from its first byte to its last: which lists of records it holds, and the records of one of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec

from entrepot.workbench.reading.json_split import Piece, elements
from entrepot.workbench.reading.json_value import names, value
from entrepot.workbench.reading.json_window import Window

ENTITIES, METADATA, RELATIONSHIPS = "entities", "metadata", "relationships"
"""Where our own documents keep their lists, what they declare, and what refers to what, which is no table."""

LINES = "If it holds an object a line, read it as ndjson; otherwise get an undamaged copy."


class Metadata(msgspec.Struct):
    counts: dict[str, int] = {}


@dataclass(kw_only=True)
class Document:
    """Walk it by taking all `pieces`; then the rest is known."""

    window: Window
    entity: str | None
    """The list to give out. None: the first."""
    lists: dict[str, int] = field(default_factory=dict)
    """Records by name of the list."""
    empty: list[str] = field(default_factory=list)
    """Lists at the top that are empty, and may be lists of anything."""
    is_list: bool = False
    is_object: bool = False
    members: int = 0
    """How many the object at the top has."""
    metadata: bytes = b""
    has_entities: bool = False

    def pieces(self) -> Iterator[Piece]:
        """The records of the list at the top, or of the chosen one in the object at the top."""
        first = self.window.peek()
        self.is_list, self.is_object = first == b"[", first == b"{"
        self.window.at += self.is_list or self.is_object
        if self.is_list:
            yield from elements(self.window)
        elif self.is_object:
            yield from self.object(inside=False)
        elif first:
            value(self.window)
        else:
            raise self.window.broken(self.window.at, "nothing is in it")
        if self.window.peek():
            raise self.window.refusal(
                "broken_json", "the document is over, but something follows", self.window.at, LINES
            )
        self.settle()

    def object(self, *, inside: bool) -> Iterator[Piece]:
        """The lists of the object whose `{` was passed; `inside` of our `entities`."""
        for name in names(self.window):
            self.members += not inside
            yield from self.member(name, inside=inside)

    def member(self, name: str, *, inside: bool) -> Iterator[Piece]:
        opening = self.window.peek()
        if opening == b"[":
            self.window.at += 1
            yield from self.records_of(name, inside=inside)
        elif opening == b"{" and name == ENTITIES and not inside:
            self.has_entities = True
            self.window.at += 1
            yield from self.object(inside=True)
        else:
            text = value(self.window)
            self.metadata = text if name == METADATA and not inside else self.metadata

    def records_of(self, name: str, *, inside: bool) -> Iterator[Piece]:
        first = self.window.peek()
        is_named = name == self.entity and name not in self.lists
        aside = name == RELATIONSHIPS and not inside and not is_named and bool(self.counts)
        if aside or not (first == b"{" or (first == b"]" and (inside or is_named))):
            self.empty += [name] * (first == b"]")
            for _ in elements(self.window):
                pass
            return
        if name in self.lists:
            raise self.window.refusal("duplicate_key", f"there is a second list named {name!r}", self.window.at)
        chosen = name == self.entity if self.entity is not None else not self.lists
        self.lists[name] = 0
        for piece in elements(self.window):
            self.lists[name] += len(piece.texts)
            if chosen:
                yield piece

    def settle(self) -> None:
        """An object of nothing but empty lists is a document whose lists are empty."""
        if self.is_object and not self.lists and self.empty and len(self.empty) == self.members:
            self.lists = dict.fromkeys(self.empty, 0)

    @property
    def is_scalar(self) -> bool:
        return not (self.is_list or self.is_object)

    @property
    def is_record(self) -> bool:
        """An object without lists of records."""
        return self.is_object and not self.lists and not self.has_entities

    @property
    def declared(self) -> dict[str, int]:
        """What our own document says that it holds."""
        return self.counts if self.has_entities else {}

    @property
    def counts(self) -> dict[str, int]:
        if not self.metadata:
            return {}
        try:
            return msgspec.json.decode(self.metadata, type=Metadata).counts
        except (msgspec.DecodeError, RecursionError):
            return {}
