"""The workbench where parents are looked up by something else than their ids."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.made import AskedBy, Filled, MadeParent
from entrepot.model.matching import Matching, Span
from entrepot.model.references import FoundParents, Lookup
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_references import (
    AskForParents,
    CompareParents,
    CountParents,
    FindParents,
    GatherAsked,
    LeaveUnasked,
    MadeRecords,
    MakeParents,
    ParentsCounted,
    ParentsFound,
    SeekParents,
)


class ReferencesBench(PartBench):
    def seek_parents(self, lookup: Lookup, scope: Span | None = None) -> int:
        self.child.ask(SeekParents(lookup=lookup, scope=scope))
        return self.child.answer().rows

    def find_parents(self, lookup: Lookup) -> FoundParents:
        self.child.ask(FindParents(lookup=lookup))
        return self.child.reply(ParentsFound).parents

    def compare_parents(self, lookup: Lookup) -> int:
        self.child.ask(CompareParents(lookup=lookup))
        return self.child.answer().rows

    def count_parents(self, fields: Sequence[TargetField], matching: Matching) -> Sequence[FoundParents]:
        self.child.ask(CountParents(fields=tuple(fields), matching=matching))
        return self.child.reply(ParentsCounted).parents

    def ask_for_parents(self, lookup: Lookup) -> int:
        self.child.ask(AskForParents(lookup=lookup))
        return self.child.answer().rows

    def gather_asked(self, asking: Sequence[tuple[int, int]], width: int) -> int:
        self.child.ask(GatherAsked(asking=tuple(asking), width=width))
        return self.child.answer().rows

    def make_parents(
        self, lookup: Lookup, filled: Sequence[Filled], files: Sequence[str]
    ) -> tuple[int, tuple[MadeParent, ...], tuple[str, ...]]:
        self.child.ask(MakeParents(lookup=lookup, filled=tuple(filled), files=tuple(files)))
        made = self.child.reply(MadeRecords)
        return made.count, made.first, made.alike

    def leave_unasked(self, fields: Sequence[TargetField], matching: Matching, asked: Sequence[AskedBy]) -> int:
        self.child.ask(LeaveUnasked(fields=tuple(fields), matching=matching, asked=tuple(asked)))
        return self.child.answer().rows
