"""The workbench where parents are looked up by something else than their ids."""

from __future__ import annotations

from entrepot.model.references import FoundParents, Lookup
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_references import FindParents, ParentsFound, SeekParents


class ReferencesBench(PartBench):
    def seek_parents(self, lookup: Lookup) -> int:
        self.child.ask(SeekParents(lookup=lookup))
        return self.child.answer().rows

    def find_parents(self, lookup: Lookup, *, fill: bool) -> FoundParents:
        self.child.ask(FindParents(lookup=lookup, fill=fill))
        return self.child.reply(ParentsFound).parents
