"""The workbench where records point to files of their package."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.rowfiles import Filed
from entrepot.workbench.bench_rows import RowsBench
from entrepot.workbench.protocol_attaching import ListFiles, NameFiles


class AttachingBench(RowsBench):
    def name_files(self, filed: Filed) -> int:
        self.child.ask(NameFiles(filed=filed))
        return self.child.answer().rows

    def row_files(self, fields: Sequence[TargetField], matching: Matching, filed: Filed) -> Generator[bytes]:
        return self._rows(lambda path: ListFiles(fields=tuple(fields), matching=matching, filed=filed, path=path))
