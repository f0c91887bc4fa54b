"""What is asked about rows and files of an export: their fingerprint, and Parquet."""

from __future__ import annotations

import msgspec

from entrepot.model.ports import StagedColumn


class FingerprintRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Hash the rows that come through the pipes `rows`, none of which is longer than `longest`."""

    columns: tuple[StagedColumn, ...]
    rows: tuple[str, ...]
    longest: int


class WriteParquet(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the rows that come through the pipes `rows` to `path`."""

    columns: tuple[StagedColumn, ...]
    rows: tuple[str, ...]
    longest: int
    path: str
    measure: bool
    careful: bool


class FingerprintFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    columns: tuple[StagedColumn, ...]
    path: str
    format: str
    options: dict[str, object]
