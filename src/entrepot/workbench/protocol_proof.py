"""What parent and child say to each other about rows that were sent, and rows that were read back."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, What
from entrepot.model.types import LogicalType


class FingerprintSent(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Hash what was emitted: of created rows some fields, of updated ones the key and all that changes."""

    fields: tuple[TargetField, ...]
    matching: Matching
    what: What
    columns: tuple[int, ...]


class FingerprintTaken(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Hash columns of a table of texts."""

    table: str
    columns: tuple[str, ...]
    types: tuple[LogicalType, ...]
