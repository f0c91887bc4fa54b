"""What parent and child say to each other about parents that are looked up."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.references import FoundParents, Lookup


class SeekParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Gather the different values of the file into `values_N`, to be looked for."""

    lookup: Lookup


class FindParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """What the database found of them, as `found_N` and `alike_N`, put together."""

    lookup: Lookup
    fill: bool
    """Give the records their ids."""


class CountParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After deciding: how many different values of each reference were found."""

    fields: tuple[TargetField, ...]
    matching: Matching


class ParentsCounted(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parents: tuple[FoundParents, ...]


class ParentsFound(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parents: FoundParents
