"""What parent and child say to each other about an import of several tables."""

from __future__ import annotations

import msgspec

from entrepot.model.brought import Brought
from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span


class EnterPart(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """From now on, everything is about the tables of this part."""

    part: int


class PutBehind(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """The records of another part go behind those of this one, and that part has none any more."""

    part: int
    columns: tuple[int, ...]
    had: int
    before: int


class KeepParents(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Of records that say the same in these fields only the first."""

    fields: tuple[TargetField, ...]
    key: int
    own: TargetField | None
    spellings: int | None


class CountSpans(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """How many records of each span go which way."""

    fields: tuple[TargetField, ...]
    matching: Matching
    spans: tuple[Span, ...]


class SpanCounts(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    counts: tuple[dict[str, int], ...]


class BringRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Keep what the records of a part bring in some fields, for those who refer to it."""

    fields: tuple[TargetField, ...]
    matching: Matching
    number: int
    columns: tuple[int, ...]
    decided: bool
    """Whether anything was decided about them; if not, whatever is good may come in."""
    told: Brought | None = None
    """What became of them, instead, in batches of which nothing else is known any more."""
