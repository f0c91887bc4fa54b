"""The workbench where rows are deleted that a file does not name."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.mirrors import Kept
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.protocol_mirroring import CountKept, KeepNew, KeptRows


class MirroringBench(PartBench):
    def keep_new(
        self,
        table: str,
        source: str,
        columns: Sequence[str],
        *,
        key: int,
        names: Sequence[str] = (),
        but: Sequence[str] = (),
        anew: bool = False,
        part: int | None = None,
    ) -> int:
        called = tuple(names) or tuple(f"c{at}" for at in range(len(columns)))
        self.child.ask(
            KeepNew(
                table=table,
                source=source,
                columns=tuple(columns),
                names=called,
                key=key,
                but=tuple(but),
                anew=anew,
                part=part,
            )
        )
        return self.child.answer().rows

    def kept(self, table: str, columns: int, *, key: int, most: int) -> Kept:
        self.child.ask(CountKept(table=table, columns=columns, key=key, most=most))
        return self.child.reply(KeptRows).kept
