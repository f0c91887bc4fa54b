"""What an import asks of the workbench: the file and what the database has, side by side. One step after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from entrepot.model.baselines import Compared, Comparing, FoundBaseline
from entrepot.model.brought import BroughtBench
from entrepot.model.correcting import CorrectionBench
from entrepot.model.drafts import Finding, Judged, Reading, SourceTable, Staged, TargetField
from entrepot.model.failing import FailedForm, Wording
from entrepot.model.judgements import Change, Grouped
from entrepot.model.matching import Decided, Difference, Matching, Ruling, Span, What
from entrepot.model.mirrors import MirrorBench
from entrepot.model.own_ids import OwnIdsBench
from entrepot.model.parents_bench import ParentsBench
from entrepot.model.problems import Cell, Place
from entrepot.model.receipts import Fingerprint
from entrepot.model.rowfiles import Filed
from entrepot.model.rules import RowRule
from entrepot.model.shares import SharesBench
from entrepot.model.stretches import Sketch, Stretch, Vouched, Wanted
from entrepot.model.types import LogicalType
from entrepot.model.undoing import UndoBench
from entrepot.model.version_bench import VersionBench


class TakenRows(Protocol):
    """Rows of the database on their way in: CSV of text forms."""

    def write(self, data: bytes, /) -> object: ...

    def finish(self) -> int: ...


class Bench(
    MirrorBench,
    UndoBench,
    OwnIdsBench,
    SharesBench,
    VersionBench,
    CorrectionBench,
    ParentsBench,
    BroughtBench,
    Protocol,
):
    def part(self, number: int) -> Bench:
        """The same workbench, with the tables of one part of an import; those of different parts know nothing of each
        other. Only one part can give out or take rows at a time."""
        ...

    def stage(self, path: Path, reading: Reading, name: str = "") -> Staged:
        """Read a plain file whole; `name` is what people call it, if its path says something else. Raises InputError
        for a file that cannot be read as what it is."""
        ...

    def tables(self, path: Path, reading: Reading, name: str = "") -> Sequence[SourceTable]:
        """What could be staged of a file, in its order."""
        ...

    def places(self, path: Path, reading: Reading, records: Sequence[int]) -> Mapping[int, Place]:
        """Line and byte of some records."""
        ...

    def cells(self, path: Path, reading: Reading, wanted: Sequence[Cell]) -> Mapping[Cell, Place]:
        """Line and byte where some values begin; of a value that its record lacks, where the record does."""
        ...

    def rule(self, rulings: Sequence[Ruling]) -> int:
        """Before judging: leave out the records that somebody skips. How many of them could not be read anyway."""
        ...

    def read_baseline(self, path: Path, entity: str) -> FoundBaseline | None:
        """Of a plain workbook; None where it has none. What it says of the entity stays here to be compared with."""
        ...

    def compare_baseline(self, comparing: Comparing) -> Compared:
        """Before judging: make gaps of all cells that nobody changed since the export."""
        ...

    def judge(
        self, fields: Sequence[TargetField], rules: Sequence[RowRule] = (), comparing: Comparing | None = None
    ) -> Judged:
        """Clean and check every value, and then every row: as the workbook has it that was compared with a baseline."""
        ...

    def judged_records(self, fields: Sequence[TargetField], comparing: Comparing | None = None) -> Iterator[bytes]:
        """Those that nothing is wrong with, for rules that do not run in the workbench: a JSON list a line, of the
        record's number and all values as texts; in blocks of whole lines."""
        ...

    def add_findings(self, fields: Sequence[TargetField]) -> Judged:
        """Add what such rules said, which was taken as the table `said(record, place, code, warning, words)`."""
        ...

    def findings(self, fields: Sequence[TargetField], offset: int, most: int) -> Sequence[Finding]:
        """What judging found, in the order of the records."""
        ...

    def grouped(
        self, fields: Sequence[TargetField], matching: Matching | None, *, offset: int, most: int, values: int
    ) -> Grouped:
        """Everything that is wrong, equal things together, with so many values each. With `matching`, what reading and
        deciding found counts too."""
        ...

    def changes(self, fields: Sequence[TargetField]) -> Sequence[Change]:
        """What cleaning changed, with the first values of each kind."""
        ...

    def take(
        self, table: str, columns: Sequence[str], null: str = "", *, more: bool = False
    ) -> AbstractContextManager[TakenRows]:
        """Keep rows of the database as a table beside the file's; `null` is how a NULL stands in them. `more`: the
        table has some already."""
        ...

    def give(
        self, table: str, columns: Sequence[str], *, null: str = "", labels: Sequence[str] = ()
    ) -> Iterator[bytes]:
        """Some columns of such a table, in blocks of whole rows, in the order in which they came; one without a name
        holds nothing. `labels` go in front of every row."""
        ...

    def decide(self, fields: Sequence[TargetField], matching: Matching) -> Decided: ...

    def begin(self, fields: Sequence[TargetField], matching: Matching) -> None:
        """The same without looking at unique values, so that those that would be given can be emitted."""
        ...

    def settle(self, fields: Sequence[TargetField], matching: Matching, alike: Sequence[int]) -> Decided:
        """After `begin`: all of it, without the records that would give a value of a unique key twice. `alike`:
        the keys whose values equal each other if and only if their texts do, so that nobody was asked."""
        ...

    def shown(
        self, fields: Sequence[TargetField], matching: Matching, most: int
    ) -> tuple[Sequence[Finding], Sequence[Difference]]:
        """The first findings of matching, and the first rows that would change."""
        ...

    def fingerprint_sent(
        self, fields: Sequence[TargetField], matching: Matching, what: What, columns: Sequence[int]
    ) -> Fingerprint:
        """Of all rows that are created (these fields of them), or of key and changed fields of all that are updated."""
        ...

    def fingerprint_taken(self, table: str, columns: Sequence[str], types: Sequence[LogicalType]) -> Fingerprint:
        """Of columns of a table that was taken."""
        ...

    def emit(
        self,
        fields: Sequence[TargetField],
        matching: Matching,
        what: What,
        *,
        number: int = 0,
        null: str = "",
        columns: tuple[int, ...] | None = None,
    ) -> Iterator[bytes]:
        """Rows as CSV of text forms, in blocks of whole rows; of those to be created only some fields, if so said."""
        ...

    def failed(
        self,
        fields: Sequence[TargetField],
        matching: Matching,
        words: Sequence[Wording],
        form: FailedForm,
        span: Span,
    ) -> Iterator[bytes]:
        """The failed records of a span, each with all that is wrong with it, in blocks."""
        ...

    def sketch(self, path: Path, reading: Reading, name: str = "") -> Sketch | None:
        """Of a file that perhaps can be loaded as it stands."""
        ...

    def vouched(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Iterator[Stretch]:
        """All stretches of the file, instead of staging and judging it: what follows works as after these. The next one
        is checked while somebody works with the last. Each field has one column of the file, and each column a field.
        Raises OddError where something would not go in as it stands."""
        ...

    def end_vouching(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Vouched: ...

    def failed_records(self, fields: Sequence[TargetField], matching: Matching) -> str:
        """Their numbers (`5,9-12`), as it was decided last."""
        ...

    def short(self, fields: Sequence[TargetField], numbers: Sequence[int]) -> int:
        """How many judged records have a text with fewer characters than its type allows, in some fields."""
        ...

    def name_files(self, filed: Filed) -> int:
        """After staging: records get the new keys of the files that they point to; how many."""
        ...

    def row_files(self, fields: Sequence[TargetField], matching: Matching, filed: Filed) -> Generator[bytes]:
        """After deciding: every record that comes in, or is there, and points to a file, in their order: its number,
        whether its row is `created`, `has` the key or `gets` it, the key, id and name of the file, and its number in
        the package, if it is there."""
        ...
