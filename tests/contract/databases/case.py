"""What the contract suite must know about an engine. One file per engine, `<engine>_case.py`, with a value `CASE`.

Everything else of the suite is the same for all. Tables are made of `types`, so that a test can say «a table with
a text and a decimal» without knowing SQL dialects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest

from entrepot.model.ports import Engine
from entrepot.model.types import Kind


class Place(Protocol):
    """One database, empty at first, gone after the test."""

    @property
    def url(self) -> str: ...

    def execute(self, *statements: str) -> None:
        """Run statements natively, by a connection of their own, each committed."""
        ...

    def rows(self, sql: str) -> Sequence[Sequence[object]]: ...

    def connections(self) -> int:
        """How many connections somebody else than the asking one has open."""
        ...


@dataclass(frozen=True, kw_only=True)
class Specimen:
    """A column type of the engine and what becomes of its values."""

    native: str
    """As it stands in CREATE TABLE."""
    kind: Kind
    values: tuple[tuple[str, str | None], ...]
    """(SQL expression to insert, text form of docs/reference/values.md)"""


@dataclass(frozen=True, kw_only=True)
class EngineCase:
    name: str
    """`Engine.name`."""
    marker: str | None
    """The pytest marker of tests that need this server; None where there is no server."""
    place: Callable[[pytest.FixtureRequest, Path], AbstractContextManager[Place]]
    """Makes an empty database; may ask the request for a server fixture."""
    engine: Callable[[str], Engine]
    """The engine for a URL."""
    quote: Callable[[str], str]
    string: Callable[[str], str]
    """A text constant; may be any SQL expression."""
    types: Mapping[Kind, str]
    """A native type for INTEGER (64 bits), TEXT (any length), DECIMAL (14,2), BOOLEAN, TIMESTAMP, BYTES."""
    key_text: str
    """A text type that may be a primary key."""
    specimens: Sequence[Specimen]
    """The type matrix."""
    counter: str
    """A whole column definition behind its name: a key whose numbers the database gives out."""
    any_case: str | None
    """A text type that is equal in upper and lower case; None where it takes an extension."""
    refused_names: frozenset[str] = field(default_factory=frozenset)
    """Identifiers that the engine itself cannot have."""
    refused_texts: frozenset[str] = field(default_factory=frozenset)
    """Texts that the engine itself cannot hold."""
