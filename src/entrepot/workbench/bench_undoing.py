"""The workbench as an undo and a proof use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Difference, Matching, What
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import LogicalType
from entrepot.model.undoing import BackPart, Blocking, Compared, KeptRow
from entrepot.workbench.bench_rows import RowsBench
from entrepot.workbench.client import fingerprint_of
from entrepot.workbench.protocol_proof import FingerprintSent, FingerprintTaken
from entrepot.workbench.protocol_undoing import BlockBack, CompareBack, ComparedRows, GiveBack, ShowBack, StayingRows


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
