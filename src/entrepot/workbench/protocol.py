"""What parent and child say to each other: one JSON message per frame, its length in front."""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from entrepot.model.drafts import (
    Decided,
    Difference,
    Finding,
    Judged,
    Matching,
    Reading,
    Ruling,
    Span,
    Staged,
    TargetField,
    What,
)
from entrepot.model.failing import FailedForm, Wording
from entrepot.model.judgements import Change, Grouped
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place, Problem
from entrepot.model.rules import RowRule
from entrepot.workbench.protocol_patching import (
    FindPatched,
    FoundRecords,
    KeepPatched,
    ListFailed,
    PatchedPlaces,
    PatchedRecords,
    PatchRecords,
)
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged
from entrepot.workbench.stretch_messages import (
    CountShort,
    EndedStretches,
    EndStretches,
    SketchedFile,
    SketchFile,
    VouchedStretch,
    VouchStretch,
)
from entrepot.workbench.undoing.messages import BlockBack, CompareBack, ComparedRows, GiveBack, ShowBack, StayingRows

LENGTH = struct.Struct(">I")


class FingerprintRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Hash the rows that come through the pipes `rows`."""

    columns: tuple[StagedColumn, ...]
    rows: tuple[str, ...]


class WriteParquet(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the rows that come through the pipes `rows` to `path`."""

    columns: tuple[StagedColumn, ...]
    rows: tuple[str, ...]
    path: str
    measure: bool
    careful: bool


class FingerprintFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    columns: tuple[StagedColumn, ...]
    path: str
    format: str
    options: dict[str, object]


class StageFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Read a plain file of records into the tables `staged`, `rejected` and `absent`."""

    path: str
    reading: Reading


class FindPlaces(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Line and byte of some records of a file that was staged as `reading` says."""

    path: str
    reading: Reading
    records: tuple[int, ...]


class RuleRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Take the records out of `staged` and `rejected` that are to be left out, and remember the other rulings."""

    rulings: tuple[Ruling, ...]


class JudgeRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Clean and check the values of `staged`."""

    fields: tuple[TargetField, ...]
    rules: tuple[RowRule, ...]


class ListFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """A page of what judging found, one by one."""

    fields: tuple[TargetField, ...]
    offset: int
    most: int


class GroupFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Equal ones together; with `matching`, those of reading and deciding too."""

    fields: tuple[TargetField, ...]
    matching: Matching | None
    offset: int
    most: int
    values: int


class ShowChanges(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """What cleaning changed, with samples."""

    fields: tuple[TargetField, ...]


class TakeRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Keep the rows that come through the pipes `rows` as a table of texts, numbered from 0 in `n`."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    more: bool
    """Add them to what the table has."""
    null: str = ""


class GiveRows(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write columns of a table of texts into the pipe `path`; one without a name holds nothing."""

    table: str
    columns: tuple[str, ...]
    path: str
    null: str
    label: str | None = None
    """In front of every row."""


class DecideRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    fields: tuple[TargetField, ...]
    matching: Matching


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


class WriteFailed(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Write the failed records of a span, with what is wrong with each, into the pipe `path`."""

    fields: tuple[TargetField, ...]
    matching: Matching
    words: tuple[Wording, ...]
    form: FailedForm
    span: Span
    path: str


class StagedFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    staged: Staged


class FoundPlaces(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    places: dict[int, Place]


class JudgedRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    judged: Judged


class ListedFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    findings: tuple[Finding, ...]


class GroupedFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    grouped: Grouped


class ShownChanges(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    changes: tuple[Change, ...]


class DecidedRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    decided: Decided


class ShownRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]


class Done(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    rows: int
    digest: str | None = None
    as_text: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()


class Failed(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """An error of `model.errors`, by the name of its class."""

    error: str
    code: str
    message: str
    remedy: str = ""
    problems: tuple[Problem, ...] = ()


Request = (
    FingerprintRows
    | WriteParquet
    | FingerprintFile
    | StageFile
    | FindPlaces
    | RuleRecords
    | JudgeRecords
    | ListFindings
    | GroupFindings
    | ShowChanges
    | TakeRows
    | GiveRows
    | FingerprintSent
    | FingerprintTaken
    | CompareBack
    | BlockBack
    | ShowBack
    | GiveBack
    | GiveJudged
    | AddFindings
    | DecideRecords
    | ShowDecided
    | EmitRows
    | WriteFailed
    | SketchFile
    | VouchStretch
    | EndStretches
    | CountShort
    | PatchRecords
    | KeepPatched
    | FindPatched
    | ListFailed
)
Answer = (
    Done
    | StagedFile
    | FoundPlaces
    | JudgedRecords
    | ListedFindings
    | GroupedFindings
    | ShownChanges
    | DecidedRecords
    | ShownRecords
    | ComparedRows
    | StayingRows
    | SketchedFile
    | VouchedStretch
    | EndedStretches
    | PatchedRecords
    | PatchedPlaces
    | FoundRecords
)
Reply = Answer | Failed
REQUESTS = msgspec.json.Decoder(Request)
REPLIES: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)


def frame(message: Request | Reply) -> bytes:
    data = msgspec.json.encode(message)
    return LENGTH.pack(len(data)) + data


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
