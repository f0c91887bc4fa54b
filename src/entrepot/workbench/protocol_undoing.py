"""What parent and child say to each other about a journal."""

from __future__ import annotations

import msgspec

from entrepot.model.matching import Difference, Span
from entrepot.model.undoing import BackPart, Beside, Compared, KeptRow, Need, Settled


class CompareBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart


class SettleBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parts: tuple[BackPart, ...]
    beside: Beside


class LineUp(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parts: tuple[BackPart, ...]


class RefuseBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart
    refused: dict[int, str]


class ShowBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart
    most: int


class GiveBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write columns of the rows that become what they were into the pipe `path`."""

    part: BackPart
    columns: tuple[str, ...]
    path: str
    null: str
    span: Span | None = None


class GiveWanted(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart
    columns: tuple[str, ...]
    changed: tuple[int, ...]
    path: str
    null: str


class GiveReferences(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    need: Need
    parts: tuple[BackPart, ...]
    path: str
    null: str


class ComparedRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    compared: Compared


class SettledRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    settled: Settled


class StayingRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    kept: tuple[KeptRow, ...]
    differences: tuple[Difference, ...]
