"""What parent and child say to each other about rows that a mirror deletes."""

from __future__ import annotations

import msgspec

from entrepot.model.mirrors import Kept


class KeepNew(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Rows of one table go into another if they are new there."""

    table: str
    source: str
    columns: tuple[str, ...]
    names: tuple[str, ...]
    key: int
    but: tuple[str, ...]
    anew: bool
    part: int | None


class CountKept(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    table: str
    columns: int
    key: int
    most: int


class KeptRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    kept: Kept
