"""What parent and child say to each other about records and rows side by side."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import Finding, TargetField
from entrepot.model.failing import FailedForm, Wording
from entrepot.model.matching import Decided, Difference, Matching, Span, What


class TakeRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Keep the rows that come through the pipes `rows` as a table of texts, numbered from 0 in `n`."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    longest: int
    """What no row exceeds."""
    more: bool
    """Add them to what the table has."""
    null: str = ""


class GiveRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write columns of a table of texts into the pipe `path`; one without a name holds nothing."""

    table: str
    columns: tuple[str, ...]
    path: str
    null: str
    labels: tuple[str, ...] = ()
    """In front of every row."""


class DecideRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    fields: tuple[TargetField, ...]
    matching: Matching


class BeginRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Decide, but for unique values, which the database will be asked about."""

    fields: tuple[TargetField, ...]
    matching: Matching


class SettleRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After the database was asked about unique values; of the keys `alike` it was not."""

    fields: tuple[TargetField, ...]
    matching: Matching
    alike: tuple[int, ...]


class ShowDecided(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """The first findings and differences."""

    fields: tuple[TargetField, ...]
    matching: Matching
    most: int


class EmitRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write rows into the pipe `path`."""

    fields: tuple[TargetField, ...]
    matching: Matching
    what: What
    number: int
    path: str
    null: str
    columns: tuple[int, ...] | None = None


class KeepVersions(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Keep the rows that become new versions, and those that have been the newest."""

    fields: tuple[TargetField, ...]
    matching: Matching


class PartFormer(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Of rows in a lineage, which have `width` values that may be referred to: those before the new versions."""

    width: int


class MoveChildren(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """What the rows that refer to these, each with `found_by` values that find it again, refer to then."""

    number: int
    width: int
    found_by: int


class WriteFailed(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the failed records of a span, with what is wrong with each, into the pipe `path`."""

    fields: tuple[TargetField, ...]
    matching: Matching
    words: tuple[Wording, ...]
    form: FailedForm
    span: Span
    path: str


class DecidedRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    decided: Decided


class ShownRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]
