"""The workbench where a workbook comes back that was exported with a baseline."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.baselines import Compared, Comparing, FoundBaseline
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_baselines import BaselineCompared, BaselineFound, CompareBaseline, ReadBaseline


class BaselinesBench(PartBench):
    def read_baseline(self, path: Path, entity: str) -> FoundBaseline | None:
        with self.child.brought_in(path) as inside:
            self.child.ask(ReadBaseline(path=str(inside), entity=entity))
            return self.child.reply(BaselineFound).found

    def compare_baseline(self, comparing: Comparing) -> Compared:
        self.child.ask(CompareBaseline(comparing=comparing))
        return self.child.reply(BaselineCompared).compared
