"""The workbench as the raw lane uses it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from entrepot.model.drafts import Reading, TargetField
from entrepot.model.errors import EntrepotError
from entrepot.model.stretches import OddError, Sketch, Stretch, Vouched, Wanted
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_stretches import (
    CountShort,
    EndedStretches,
    EndStretches,
    SketchedFile,
    SketchFile,
    VouchedStretch,
    VouchStretch,
)


class StretchesBench(PartBench):
    def sketch(self, path: Path, reading: Reading, name: str = "") -> Sketch | None:
        with self.child.brought_in(path, name) as inside:
            self.child.ask(SketchFile(path=str(inside), reading=reading))
            return self.child.reply(SketchedFile).sketch

    def vouched(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Iterator[Stretch]:
        with self.child.brought_in(path) as inside:

            def ask(after: Stretch | None) -> None:
                self.child.ask(
                    VouchStretch(path=str(inside), sketch=sketch, fields=tuple(fields), wanted=wanted, after=after)
                )

            try:
                ask(None)
                while (stretch := self.child.reply(VouchedStretch).stretch) is not None:
                    if not stretch.last:
                        ask(stretch)
                    yield stretch
                    if stretch.last:
                        return
                raise OddError
            finally:
                with suppress(EntrepotError):
                    self.child.forget()

    def end_vouching(self, path: Path, sketch: Sketch, fields: Sequence[TargetField], wanted: Wanted) -> Vouched:
        with self.child.brought_in(path) as inside:
            self.child.ask(EndStretches(path=str(inside), sketch=sketch, fields=tuple(fields), wanted=wanted))
            return self.child.reply(EndedStretches).vouched

    def short(self, fields: Sequence[TargetField], numbers: Sequence[int]) -> int:
        self.child.ask(CountShort(fields=tuple(fields), numbers=tuple(numbers)))
        return self.child.answer().rows
