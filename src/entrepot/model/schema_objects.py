"""What a schema names besides its tables: types, and counters that are objects of their own."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.types import LogicalType


@dataclass(frozen=True, kw_only=True)
class NamedType:
    """An enum or domain that the schema names; needed to write DDL for the same engine."""

    name: str
    schema: str | None
    type: LogicalType
    ddl: str
    """CREATE TYPE … / CREATE DOMAIN … in the engine's own words."""


@dataclass(frozen=True, kw_only=True)
class Sequence:
    """A counter that is its own object (PostgreSQL). `owner` is (entity, field) where a field owns it."""

    name: str
    schema: str | None
    owner: tuple[str, str] | None = None
    ddl: str = ""
    last: int | None = None
    """The last number it gave; None while it gave none, or where we may not see it."""
