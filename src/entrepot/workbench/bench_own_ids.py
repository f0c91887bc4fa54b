"""The workbench where files have ids of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.own_ids import Holder, OwnKey, OwnLink
from entrepot.model.references import FoundParents
from entrepot.workbench.bench_rows import RowsBench
from entrepot.workbench.protocol_own_ids import (
    AskOwn,
    AssignOwn,
    CheckOwn,
    CountNew,
    GatherOwn,
    GiveOwn,
    LinkOwn,
    MintOwn,
)
from entrepot.workbench.protocol_references import ParentsFound


class OwnIdsBench(RowsBench):
    def gather_own(self, number: int, own: TargetField, *, on_lines: bool, within: int | None = None) -> None:
        self.child.ask(GatherOwn(number=number, own=own, within=within, on_lines=on_lines))
        self.child.answer()

    def ask_own(self, key: OwnKey) -> None:
        self.child.ask(AskOwn(key=key))
        self.child.answer()

    def assign_own(self, key: OwnKey) -> FoundParents:
        self.child.ask(AssignOwn(key=key))
        return self.child.reply(ParentsFound).parents

    def link_own(self, link: OwnLink) -> FoundParents:
        self.child.ask(LinkOwn(link=link))
        return self.child.reply(ParentsFound).parents

    def count_new(self, key: OwnKey) -> int:
        self.child.ask(CountNew(key=key))
        return self.child.answer().rows

    def mint_own(self, key: OwnKey, holders: Sequence[Holder]) -> None:
        self.child.ask(MintOwn(key=key, holders=tuple(holders)))
        self.child.answer()

    def check_own(self, key: OwnKey) -> int:
        self.child.ask(CheckOwn(key=key))
        return self.child.answer().rows

    def own_pairs(self, key: OwnKey, fields: Sequence[TargetField], matching: Matching) -> Iterator[bytes]:
        return self._rows(lambda path: GiveOwn(key=key, fields=tuple(fields), matching=matching, path=path))
