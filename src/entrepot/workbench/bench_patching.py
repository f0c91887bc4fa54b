"""The workbench as a correction uses it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.model.correcting import Correction, Patched
from entrepot.model.drafts import Judged, TargetField
from entrepot.model.matching import Matching
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_judging import JudgedRecords
from entrepot.workbench.protocol_patching import (
    FindPatched,
    FoundRecords,
    KeepPatched,
    ListRecords,
    PatchedPlaces,
    PatchedRecords,
    PatchRecords,
)


class PatchingBench(PartBench):
    def patch(self, correction: Correction, columns: Sequence[str]) -> Patched:
        with self.child.brought_in(correction.path, correction.name) as inside:
            self.child.ask(
                PatchRecords(
                    path=str(inside),
                    reading=correction.reading,
                    columns=tuple(columns),
                    allowed=correction.allowed,
                    done=correction.done,
                    whole=correction.whole,
                )
            )
            return self.child.reply(PatchedRecords).patched

    def keep_patched(self, fields: Sequence[TargetField]) -> Judged:
        self.child.ask(KeepPatched(fields=tuple(fields)))
        return self.child.reply(JudgedRecords).judged

    def patched_places(self, records: Sequence[int]) -> Mapping[int, int]:
        self.child.ask(FindPatched(records=tuple(records)))
        return self.child.reply(PatchedPlaces).places

    def failed_records(self, fields: Sequence[TargetField], matching: Matching) -> str:
        self.child.ask(ListRecords(fields=tuple(fields), matching=matching))
        return self.child.reply(FoundRecords).records
