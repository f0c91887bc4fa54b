"""What parent and child say to each other about an import of several tables."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching


class EnterPart(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """From now on, everything is about the tables of this part."""

    part: int


class BringRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After a part was decided about: keep what its records bring in some fields, for those who refer to it."""

    fields: tuple[TargetField, ...]
    matching: Matching
    number: int
    columns: tuple[int, ...]
