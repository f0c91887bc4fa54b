"""What parent and child say to each other about parents that are looked up."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.made import AskedBy, Filled, MadeParent
from entrepot.model.matching import Matching, Span
from entrepot.model.references import FoundParents, Lookup


class SeekParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Gather the different values of the file, to be looked for: `wanted_N`."""

    lookup: Lookup
    scope: Span | None
    """Of these records only; all were gathered before."""


class FindParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """What the database found of them, as `found_N` and `alike_N`, put together; and give the records their ids."""

    lookup: Lookup


class CompareParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After the database was asked again."""

    lookup: Lookup


class CountParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After deciding: how many different values of each reference were found."""

    fields: tuple[TargetField, ...]
    matching: Matching


class ParentsCounted(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parents: tuple[FoundParents, ...]


class ParentsFound(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    parents: FoundParents


class AskForParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After looking them up: keep the values of which there is none."""

    lookup: Lookup


class GatherAsked(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Of all references that want parents of one entity: the parts and numbers of their lookups."""

    asking: tuple[tuple[int, int], ...]
    width: int


class MakeParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After the database said which of them are the same."""

    lookup: Lookup
    filled: tuple[Filled, ...]
    files: tuple[str, ...]


class MadeRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    count: int
    first: tuple[MadeParent, ...]
    alike: tuple[str, ...]


class LeaveUnasked(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After deciding about all of them: whom nobody refers to who comes in."""

    fields: tuple[TargetField, ...]
    matching: Matching
    asked: tuple[AskedBy, ...]
