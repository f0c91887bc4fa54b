"""The workbench where parents are looked up by something else than their ids."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.references import FoundParents, Lookup
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_references import CountParents, FindParents, ParentsCounted, ParentsFound, SeekParents


class ReferencesBench(PartBench):
    def seek_parents(self, lookup: Lookup) -> int:
        self.child.ask(SeekParents(lookup=lookup))
        return self.child.answer().rows

    def find_parents(self, lookup: Lookup, *, fill: bool) -> FoundParents:
        self.child.ask(FindParents(lookup=lookup, fill=fill))
        return self.child.reply(ParentsFound).parents

    def count_parents(self, fields: Sequence[TargetField], matching: Matching) -> Sequence[FoundParents]:
        self.child.ask(CountParents(fields=tuple(fields), matching=matching))
        return self.child.reply(ParentsCounted).parents
