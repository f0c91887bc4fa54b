"""The workbench as an import uses it: rows of the file and of the database side by side, and what becomes of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

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
from entrepot.model.errors import EntrepotError
from entrepot.model.failing import FailedForm, Wording
from entrepot.model.judgements import Change, Grouped
from entrepot.model.problems import Place
from entrepot.model.receipts import Fingerprint
from entrepot.model.rules import RowRule
from entrepot.model.stretches import OddError, Sketch, Stretch, Vouched, Wanted
from entrepot.model.types import LogicalType
from entrepot.model.undoing import BackPart, Blocking, Compared, KeptRow
from entrepot.workbench.bench_patching import PatchingBench
from entrepot.workbench.client import ChildWorkbench, fingerprint_of
from entrepot.workbench.emitting import blocks_of, whole_lines, whole_rows
from entrepot.workbench.protocol import (
    DecidedRecords,
    DecideRecords,
    EmitRows,
    FindPlaces,
    FoundPlaces,
    GiveRows,
    GroupedFindings,
    GroupFindings,
    JudgedRecords,
    JudgeRecords,
    ListedFindings,
    ListFindings,
    Request,
    RuleRecords,
    ShowChanges,
    ShowDecided,
    ShownChanges,
    ShownRecords,
    StagedFile,
    StageFile,
    WriteFailed,
)
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged
from entrepot.workbench.streams import TakenStream
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


class ImportBench(PatchingBench):
    """Fulfils `model.bench.Bench`. One step after the other: what runs must end before the next is asked for."""

    def __init__(self, child: ChildWorkbench) -> None:
        self.child = child

    def stage(self, path: Path, reading: Reading, name: str = "") -> Staged:
        with self.child.brought_in(path, name) as inside:
            self.child.ask(StageFile(path=str(inside), reading=reading))
            return self.child.reply(StagedFile).staged

    def places(self, path: Path, reading: Reading, records: Sequence[int]) -> Mapping[int, Place]:
        with self.child.brought_in(path) as inside:
            self.child.ask(FindPlaces(path=str(inside), reading=reading, records=tuple(records)))
            return self.child.reply(FoundPlaces).places

    def rule(self, rulings: Sequence[Ruling]) -> int:
        self.child.ask(RuleRecords(rulings=tuple(rulings)))
        return self.child.answer().rows

    def judge(self, fields: Sequence[TargetField], rules: Sequence[RowRule] = ()) -> Judged:
        self.child.ask(JudgeRecords(fields=tuple(fields), rules=tuple(rules)))
        return self.child.reply(JudgedRecords).judged

    def judged_records(self, fields: Sequence[TargetField]) -> Iterator[bytes]:
        with closing(self._written(lambda path: GiveJudged(fields=tuple(fields), path=path))) as blocks:
            yield from whole_lines(blocks)

    def add_findings(self, fields: Sequence[TargetField]) -> Judged:
        self.child.ask(AddFindings(fields=tuple(fields)))
        return self.child.reply(JudgedRecords).judged

    def findings(self, fields: Sequence[TargetField], offset: int, most: int) -> Sequence[Finding]:
        self.child.ask(ListFindings(fields=tuple(fields), offset=offset, most=most))
        return self.child.reply(ListedFindings).findings

    def grouped(
        self, fields: Sequence[TargetField], matching: Matching | None, *, offset: int, most: int, values: int
    ) -> Grouped:
        self.child.ask(GroupFindings(fields=tuple(fields), matching=matching, offset=offset, most=most, values=values))
        return self.child.reply(GroupedFindings).grouped

    def changes(self, fields: Sequence[TargetField]) -> Sequence[Change]:
        self.child.ask(ShowChanges(fields=tuple(fields)))
        return self.child.reply(ShownChanges).changes

    @contextmanager
    def take(self, table: str, columns: Sequence[str], null: str = "", *, more: bool = False) -> Iterator[TakenStream]:
        with TakenStream(self.child, table, tuple(columns), null, more=more) as stream:
            yield stream

    def give(self, table: str, columns: Sequence[str], *, null: str = "", label: str | None = None) -> Iterator[bytes]:
        return self._rows(lambda path: GiveRows(table=table, columns=tuple(columns), path=path, null=null, label=label))

    def decide(self, fields: Sequence[TargetField], matching: Matching) -> Decided:
        self.child.ask(DecideRecords(fields=tuple(fields), matching=matching))
        return self.child.reply(DecidedRecords).decided

    def shown(
        self, fields: Sequence[TargetField], matching: Matching, most: int
    ) -> tuple[Sequence[Finding], Sequence[Difference]]:
        self.child.ask(ShowDecided(fields=tuple(fields), matching=matching, most=most))
        told = self.child.reply(ShownRecords)
        return told.findings, told.differences

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
        return self._rows(
            lambda path: EmitRows(
                fields=tuple(fields),
                matching=matching,
                what=what,
                number=number,
                path=path,
                null=null,
                columns=columns,
            )
        )

    def failed(
        self,
        fields: Sequence[TargetField],
        matching: Matching,
        words: Sequence[Wording],
        form: FailedForm,
        span: Span,
    ) -> Iterator[bytes]:
        return self._written(
            lambda path: WriteFailed(
                fields=tuple(fields), matching=matching, words=tuple(words), form=form, span=span, path=path
            )
        )

    def fingerprint_sent(
        self, fields: Sequence[TargetField], matching: Matching, what: What, columns: Sequence[int]
    ) -> Fingerprint:
        self.child.ask(FingerprintSent(fields=tuple(fields), matching=matching, what=what, columns=tuple(columns)))
        return fingerprint_of(self.child.answer())

    def fingerprint_taken(self, table: str, columns: Sequence[str], types: Sequence[LogicalType]) -> Fingerprint:
        self.child.ask(FingerprintTaken(table=table, columns=tuple(columns), types=tuple(types)))
        return fingerprint_of(self.child.answer())

    def compare(self, part: BackPart) -> Compared:
        self.child.ask(CompareBack(part=part))
        return self.child.reply(ComparedRows).compared

    def block(self, part: BackPart, blocking: Sequence[Blocking]) -> tuple[Compared, Mapping[str, int]]:
        self.child.ask(BlockBack(part=part, blocking=tuple(blocking)))
        told = self.child.reply(ComparedRows)
        return told.compared, told.blocked_by

    def staying(self, part: BackPart, most: int) -> tuple[Sequence[KeptRow], Sequence[Difference]]:
        self.child.ask(ShowBack(part=part, most=most))
        told = self.child.reply(StayingRows)
        return told.kept, told.differences

    def back(self, part: BackPart, columns: Sequence[str], *, null: str = "") -> Iterator[bytes]:
        return self._rows(lambda path: GiveBack(part=part, columns=tuple(columns), path=path, null=null))

    def _rows(self, asking: Callable[[str], Request]) -> Iterator[bytes]:
        """What the child writes into the pipe that it is told, in blocks of whole rows."""
        with closing(self._written(asking)) as blocks:
            yield from whole_rows(blocks, self.child.longest_row_bytes)

    def _written(self, asking: Callable[[str], Request]) -> Generator[bytes]:
        self.child.pipes += 1
        path = self.child.work.resolve() / f"rows-{self.child.pipes}"
        os.mkfifo(path, 0o600)
        try:
            self.child.ask(asking(str(path)))
            try:
                yield from blocks_of(path, self.child)
                self.child.answer()
            finally:  # an error may hold these rows longer than the child and its folder live
                with suppress(EntrepotError):
                    if not self.child.replies.closed:
                        self.child.forget()
        finally:
            path.unlink(missing_ok=True)

    def sketch(self, path: Path, reading: Reading, name: str = "") -> Sketch | None:
        with self.child.brought_in(path, name) as inside:
            self.child.ask(SketchFile(path=str(inside), reading=reading))
            return self.child.reply(SketchedFile).sketch

    def vouched(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Iterator[Stretch]:
        with self.child.brought_in(path) as inside:

            def ask(after: Stretch | None) -> None:
                self.child.ask(
                    VouchStretch(path=str(inside), sketch=sketch, fields=tuple(fields), wanted=wanted, after=after)
                )

            try:
                ask(None)
                while (stretch := self.child.reply(VouchedStretch).stretch) is not None:
                    if not stretch.last:
                        ask(stretch)
                    yield stretch
                    if stretch.last:
                        return
                raise OddError
            finally:
                with suppress(EntrepotError):
                    self.child.forget()

    def end_vouching(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Vouched:
        with self.child.brought_in(path) as inside:
            self.child.ask(EndStretches(path=str(inside), sketch=sketch, fields=tuple(fields), wanted=wanted))
            return self.child.reply(EndedStretches).vouched

    def short(self, fields: Sequence[TargetField], numbers: Sequence[int]) -> int:
        self.child.ask(CountShort(fields=tuple(fields), numbers=tuple(numbers)))
        return self.child.answer().rows
