"""The workbench as an undo and a proof use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Difference, Matching, Span, What
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import LogicalType
from entrepot.model.undoing import BackPart, Beside, Compared, KeptRow, Need, Settled
from entrepot.workbench.bench_rows import RowsBench
from entrepot.workbench.client import fingerprint_of
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_undoing import (
    CompareBack,
    ComparedRows,
    GiveBack,
    GiveReferences,
    GiveWanted,
    LineUp,
    RefuseBack,
    SettleBack,
    SettledRows,
    ShowBack,
    StayingRows,
)


class UndoingBench(RowsBench):
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

    def hold_back(self, parts: Sequence[BackPart], beside: Beside) -> Settled:
        self.child.ask(SettleBack(parts=tuple(parts), beside=beside))
        return self.child.reply(SettledRows).settled

    def line_up(self, parts: Sequence[BackPart]) -> None:
        self.child.ask(LineUp(parts=tuple(parts)))
        self.child.answer()

    def refuse(self, part: BackPart, refused: Mapping[int, str]) -> None:
        self.child.ask(RefuseBack(part=part, refused=dict(refused)))
        self.child.answer()

    def staying(self, part: BackPart, most: int) -> tuple[Sequence[KeptRow], Sequence[Difference]]:
        self.child.ask(ShowBack(part=part, most=most))
        told = self.child.reply(StayingRows)
        return told.kept, told.differences

    def wanted(self, part: BackPart, columns: Sequence[str], *, changed: Sequence[int], null: str) -> Iterator[bytes]:
        return self._rows(
            lambda path: GiveWanted(part=part, columns=tuple(columns), changed=tuple(changed), path=path, null=null)
        )

    def references(self, need: Need, parts: Sequence[BackPart], *, null: str) -> Iterator[bytes]:
        return self._rows(lambda path: GiveReferences(need=need, parts=tuple(parts), path=path, null=null))

    def back(
        self, part: BackPart, columns: Sequence[str], *, null: str = "", span: Span | None = None
    ) -> Iterator[bytes]:
        return self._rows(lambda path: GiveBack(part=part, columns=tuple(columns), path=path, null=null, span=span))
