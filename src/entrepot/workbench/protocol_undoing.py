"""What parent and child say to each other about a journal."""

from __future__ import annotations

import msgspec

from entrepot.model.matching import Difference
from entrepot.model.undoing import BackPart, Blocking, Compared, KeptRow


class CompareBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart


class BlockBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart
    blocking: tuple[Blocking, ...]


class ShowBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    part: BackPart
    most: int


class GiveBack(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write columns of the rows that become what they were into the pipe `path`."""

    part: BackPart
    columns: tuple[str, ...]
    path: str
    null: str


class ComparedRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    compared: Compared
    blocked_by: dict[str, int] = {}


class StayingRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    kept: tuple[KeptRow, ...]
    differences: tuple[Difference, ...]
