"""The workbench where rows get new versions."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_deciding import KeepVersions, MoveChildren, PartFormer


class VersionsBench(PartBench):
    def keep_versions(self, fields: Sequence[TargetField], matching: Matching) -> int:
        self.child.ask(KeepVersions(fields=tuple(fields), matching=matching))
        return self.child.answer().rows

    def part_former(self, width: int) -> None:
        self.child.ask(PartFormer(width=width))
        self.child.answer()

    def move_children(self, number: int, width: int, found_by: int) -> int:
        self.child.ask(MoveChildren(number=number, width=width, found_by=found_by))
        return self.child.answer().rows
