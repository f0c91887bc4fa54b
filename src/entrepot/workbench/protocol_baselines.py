"""What parent and child say to each other about baselines of workbooks."""

from __future__ import annotations

import msgspec

from entrepot.model.baselines import Compared, Comparing, FoundBaseline
from entrepot.model.ports import StagedColumn


class DigestRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the digests of the rows that come through the pipes `rows` to `path`."""

    columns: tuple[StagedColumn, ...]
    key: tuple[int, ...]
    """Numbers of columns."""
    salt: str
    rows: tuple[str, ...]
    longest: int
    path: str


class ReadBaseline(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Of a plain workbook, and keep what it says of one entity."""

    path: str
    entity: str


class CompareBaseline(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Make gaps of all cells that nobody changed."""

    comparing: Comparing


class BaselineFound(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    found: FoundBaseline | None


class BaselineCompared(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    compared: Compared
