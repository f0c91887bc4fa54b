"""What parent and child say to each other about a file and the values in it."""

from __future__ import annotations

import msgspec

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import Finding, Judged, Reading, SourceTable, Staged, TargetField
from entrepot.model.judgements import Change, Grouped
from entrepot.model.matching import Matching, Ruling
from entrepot.model.problems import Cell, Place
from entrepot.model.rules import RowRule


class StageFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Read a plain file of records into the tables `staged`, `rejected` and `absent`."""

    path: str
    reading: Reading


class ListTables(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """What could be staged of a plain file."""

    path: str
    reading: Reading


class FindPlaces(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Line and byte of some records of a file that was staged as `reading` says."""

    path: str
    reading: Reading
    records: tuple[int, ...]


class FindCells(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Line and byte of some of its values."""

    path: str
    reading: Reading
    cells: tuple[Cell, ...]


class RuleRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Take the records out of `staged` and `rejected` that are to be left out, and remember the other rulings."""

    rulings: tuple[Ruling, ...]


class JudgeRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """Clean and check the values of `staged`."""

    fields: tuple[TargetField, ...]
    rules: tuple[RowRule, ...]
    comparing: Comparing | None = None
    """The baseline that the file was compared with."""


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


class StagedFile(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    staged: Staged


class ListedTables(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    tables: tuple[SourceTable, ...]


class FoundPlaces(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    places: dict[int, Place]


class FoundCells(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    places: tuple[Place | None, ...]
    """In the order in which they were asked for."""


class JudgedRecords(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    judged: Judged


class ListedFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    findings: tuple[Finding, ...]


class GroupedFindings(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    grouped: Grouped


class ShownChanges(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    changes: tuple[Change, ...]
