"""Rows into the workbench and out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress

from entrepot.model.errors import EntrepotError
from entrepot.workbench.bench_parts import PartBench
from entrepot.workbench.emitting import blocks_of, turn_away, whole_rows
from entrepot.workbench.protocol import Request
from entrepot.workbench.protocol_deciding import (
    GiveRows,
)
from entrepot.workbench.streams import TakenStream


class RowsBench(PartBench):
    @contextmanager
    def take(self, table: str, columns: Sequence[str], null: str = "", *, more: bool = False) -> Iterator[TakenStream]:
        with TakenStream(self.child, table, tuple(columns), null, more=more) as stream:
            yield stream

    def give(
        self, table: str, columns: Sequence[str], *, null: str = "", labels: Sequence[str] = ()
    ) -> Iterator[bytes]:
        return self._rows(
            lambda path: GiveRows(table=table, columns=tuple(columns), path=path, null=null, labels=tuple(labels))
        )

    def _rows(self, asking: Callable[[str], Request]) -> Generator[bytes]:
        """What the child writes into the pipe that it is told, in blocks of whole rows."""
        with closing(self._written(asking)) as blocks:
            yield from whole_rows(blocks, self.child.longest_row_bytes)

    def _written(self, asking: Callable[[str], Request]) -> Generator[bytes]:
        child = self.child
        child.pipes += 1
        path = child.work.resolve() / f"rows-{child.pipes}"
        os.mkfifo(path, 0o600)
        try:
            child.ask(asking(str(path)))
            try:
                yield from blocks_of(path, child)
                child.answer()
            finally:  # an error may hold these rows longer than the child and its folder live
                with suppress(EntrepotError):
                    if child.asked and not child.replies.closed:
                        turn_away(path, child)
                        child.answer()
        finally:
            path.unlink(missing_ok=True)
