"""What parent and child say to each other about files that may be loaded as they stand."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import Reading, TargetField
from entrepot.model.stretches import Sketch, Stretch, Vouched, Wanted


class SketchFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Look at the beginning of a file."""

    path: str
    reading: Reading


class SketchedFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """None: it is none to be loaded as it stands."""

    sketch: Sketch | None


class VouchStretch(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Check the records behind `after`; None: the first."""

    path: str
    sketch: Sketch
    fields: tuple[TargetField, ...]
    wanted: Wanted
    after: Stretch | None


class VouchedStretch(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """None: something in it is odd."""

    stretch: Stretch | None


class EndStretches(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Make of what was kept what judging would have made."""

    path: str
    sketch: Sketch
    fields: tuple[TargetField, ...]
    wanted: Wanted


class EndedStretches(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    vouched: Vouched


class CountShort(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """How many records have a text that is shorter than its type, or ends with a blank, in some fields."""

    fields: tuple[TargetField, ...]
    numbers: tuple[int, ...]
