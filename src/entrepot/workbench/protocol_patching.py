"""What parent and child say about corrections."""

from __future__ import annotations

import msgspec

from entrepot.model.correcting import Patched
from entrepot.model.drafts import Reading, TargetField
from entrepot.model.matching import Matching, Span


class PatchRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Put the records of a corrected file in the place of those of the file that was staged."""

    path: str
    reading: Reading
    columns: tuple[str, ...]
    """Of the file that was staged."""
    allowed: tuple[Span, ...]
    done: tuple[Span, ...]
    whole: bool


class KeepPatched(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Forget the findings of all records that were not given back. Answers as judging does."""

    fields: tuple[TargetField, ...]


class FindPatched(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Where records stand in the corrected file."""

    records: tuple[int, ...]


class Bringing(msgspec.Struct, kw_only=True, frozen=True):
    """What was kept for other parts of an import, by its number, and in which fields."""

    number: int
    columns: tuple[int, ...]
    here: bool
    """Whether rows hold it, or records that fail."""


class ListRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """The numbers of the records that fail, as it was decided last; or of those that bring something."""

    fields: tuple[TargetField, ...]
    matching: Matching
    bringing: Bringing | None = None


class PatchedRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    patched: Patched


class PatchedPlaces(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    places: dict[int, int]


class FoundRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    records: str
    """`5,9-12`"""
