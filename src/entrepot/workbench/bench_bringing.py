"""The workbench where records of one table of an import refer to those of another."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.brought import Brought
from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_parts import BringRecords
from entrepot.workbench.protocol_patching import Bringing, FoundRecords, ListRecords


class BringingBench(PartBench):
    def bring(
        self,
        fields: Sequence[TargetField],
        matching: Matching,
        number: int,
        columns: Sequence[int],
        *,
        decided: bool = True,
    ) -> None:
        self.child.ask(
            BringRecords(
                fields=tuple(fields), matching=matching, number=number, columns=tuple(columns), decided=decided
            )
        )
        self.child.answer()

    def brought(
        self, fields: Sequence[TargetField], matching: Matching, number: int, columns: Sequence[int], *, here: bool
    ) -> str:
        bringing = Bringing(number=number, columns=tuple(columns), here=here)
        self.child.ask(ListRecords(fields=tuple(fields), matching=matching, bringing=bringing))
        return self.child.reply(FoundRecords).records

    def bring_again(self, fields: Sequence[TargetField], number: int, columns: Sequence[int], brought: Brought) -> None:
        self.child.ask(
            BringRecords(
                fields=tuple(fields),
                matching=Matching(),
                number=number,
                columns=tuple(columns),
                decided=True,
                told=brought,
            )
        )
        self.child.answer()
