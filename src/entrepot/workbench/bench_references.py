"""The workbench where parents are looked up by something else than their ids."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span
from entrepot.model.references import FoundParents, Lookup
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_references import (
    CompareParents,
    CountParents,
    FindParents,
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
