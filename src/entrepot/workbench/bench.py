"""The workbench as an import uses it: rows of the file and of the database side by side, and what becomes of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import Finding, Judged, Reading, SourceTable, Staged, TargetField
from entrepot.model.failing import FailedForm, Wording
from entrepot.model.judgements import Change, Grouped
from entrepot.model.matching import Decided, Difference, Matching, Ruling, Span, What
from entrepot.model.problems import Cell, Place
from entrepot.model.rules import RowRule
from entrepot.workbench.bench_attaching import AttachingBench
from entrepot.workbench.bench_baselines import BaselinesBench
from entrepot.workbench.bench_bringing import BringingBench
from entrepot.workbench.bench_mirroring import MirroringBench
from entrepot.workbench.bench_own_ids import OwnIdsBench
from entrepot.workbench.bench_patching import PatchingBench
from entrepot.workbench.bench_references import ReferencesBench
from entrepot.workbench.bench_shares import SharesBench
from entrepot.workbench.bench_stretches import StretchesBench
from entrepot.workbench.bench_undoing import UndoingBench
from entrepot.workbench.bench_versions import VersionsBench
from entrepot.workbench.emitting import whole_lines
from entrepot.workbench.protocol_deciding import (
    BeginRecords,
    DecidedRecords,
    DecideRecords,
    EmitRows,
    SettleRecords,
    ShowDecided,
    ShownRecords,
    WriteFailed,
)
from entrepot.workbench.protocol_judging import (
    FindCells,
    FindPlaces,
    FoundCells,
    FoundPlaces,
    GroupedFindings,
    GroupFindings,
    JudgedRecords,
    JudgeRecords,
    ListedFindings,
    ListedTables,
    ListFindings,
    ListTables,
    RuleRecords,
    ShowChanges,
    ShownChanges,
    StagedFile,
    StageFile,
)
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged


class ImportBench(
    AttachingBench,
    BaselinesBench,
    BringingBench,
    MirroringBench,
    OwnIdsBench,
    PatchingBench,
    ReferencesBench,
    SharesBench,
    StretchesBench,
    UndoingBench,
    VersionsBench,
):
    """Fulfils `model.bench.Bench`. One step after the other: what runs must end before the next is asked for."""

    def part(self, number: int) -> ImportBench:
        return ImportBench(self._child, number)

    def stage(self, path: Path, reading: Reading, name: str = "") -> Staged:
        with self.child.brought_in(path, name) as inside:
            self.child.ask(StageFile(path=str(inside), reading=reading))
            return self.child.reply(StagedFile).staged

    def tables(self, path: Path, reading: Reading, name: str = "") -> Sequence[SourceTable]:
        with self.child.brought_in(path, name) as inside:
            self.child.ask(ListTables(path=str(inside), reading=reading))
            return self.child.reply(ListedTables).tables

    def places(self, path: Path, reading: Reading, records: Sequence[int]) -> Mapping[int, Place]:
        with self.child.brought_in(path) as inside:
            self.child.ask(FindPlaces(path=str(inside), reading=reading, records=tuple(records)))
            return self.child.reply(FoundPlaces).places

    def cells(self, path: Path, reading: Reading, wanted: Sequence[Cell]) -> Mapping[Cell, Place]:
        with self.child.brought_in(path) as inside:
            self.child.ask(FindCells(path=str(inside), reading=reading, cells=tuple(wanted)))
            found = zip(wanted, self.child.reply(FoundCells).places, strict=True)
            return {cell: place for cell, place in found if place is not None}

    def rule(self, rulings: Sequence[Ruling]) -> int:
        self.child.ask(RuleRecords(rulings=tuple(rulings)))
        return self.child.answer().rows

    def judge(
        self, fields: Sequence[TargetField], rules: Sequence[RowRule] = (), comparing: Comparing | None = None
    ) -> Judged:
        self.child.ask(JudgeRecords(fields=tuple(fields), rules=tuple(rules), comparing=comparing))
        return self.child.reply(JudgedRecords).judged

    def judged_records(self, fields: Sequence[TargetField], comparing: Comparing | None = None) -> Iterator[bytes]:
        asked = partial(GiveJudged, fields=tuple(fields), comparing=comparing)
        with closing(self._written(lambda path: asked(path=path))) as blocks:
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

    def decide(self, fields: Sequence[TargetField], matching: Matching) -> Decided:
        self.child.ask(DecideRecords(fields=tuple(fields), matching=matching))
        return self.child.reply(DecidedRecords).decided

    def begin(self, fields: Sequence[TargetField], matching: Matching) -> None:
        self.child.ask(BeginRecords(fields=tuple(fields), matching=matching))
        self.child.answer()

    def settle(self, fields: Sequence[TargetField], matching: Matching, alike: Sequence[int]) -> Decided:
        self.child.ask(SettleRecords(fields=tuple(fields), matching=matching, alike=tuple(alike)))
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
