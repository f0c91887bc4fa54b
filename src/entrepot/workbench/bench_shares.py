"""The workbench where several files are one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching, Span
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_parts import CountSpans, KeepParents, PutBehind, SpanCounts


class SharesBench(PartBench):
    def keep_parents(
        self, fields: Sequence[TargetField], key: int, own: TargetField | None, spellings: int | None
    ) -> int:
        self.child.ask(KeepParents(fields=tuple(fields), key=key, own=own, spellings=spellings))
        return self.child.answer().rows

    def put_behind(self, part: int, columns: Sequence[int], *, had: int, before: int) -> None:
        self.child.ask(PutBehind(part=part, columns=tuple(columns), had=had, before=before))
        self.child.answer()

    def counts_in(
        self, fields: Sequence[TargetField], matching: Matching, spans: Sequence[Span]
    ) -> Sequence[Mapping[str, int]]:
        self.child.ask(CountSpans(fields=tuple(fields), matching=matching, spans=tuple(spans)))
        return self.child.reply(SpanCounts).counts
