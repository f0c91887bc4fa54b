"""How much of a job is done, over all that it is about: a number that never falls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from entrepot.model.ports import Expecting, Reporter
from entrepot.model.spoken import Stage, stage_of

WHATEVER = ""
"""What is expected of all that nobody has named."""
FROM = {Stage.READING: 2.0, Stage.CHECKING: 10.0, Stage.COMPARING: 25.0, Stage.PACKING: 92.0, Stage.STORING: 96.0}
"""Per cent, at least, once a job is there."""
BEFORE, ROWS, MOST = 40.0, 90.0, 99.0
"""Where it stays below before rows move, where these end, and where it stays until it is over."""
STEP = 0.05
"""Nobody knows how many such phases come: each takes a part of what is left."""
MANY = 100_000
"""Rows in which half of a table has moved of which nobody knows how many it has."""


def tell_expected(reporter: Reporter, totals: Mapping[str, int | None]) -> None:
    if isinstance(reporter, Expecting):
        reporter.expect(totals)


@dataclass(kw_only=True)
class Piece:
    total: int | None
    rows: int = 0
    over: bool = False

    @property
    def share(self) -> float:
        if self.over:
            return 1.0
        if self.total is None:
            return self.rows / (self.rows + MANY)
        return min(1.0, self.rows / self.total) if self.total else 1.0


class Whole:
    def __init__(self, percent: float = 0.0) -> None:
        """`percent`: what was told of it before, by an attempt whose worker has died, or went."""
        self.percent = percent
        self._from, self._to = percent, ROWS
        self._pieces: dict[str, Piece] = {}
        self._now: Piece | None = None

    def phase(self, words: str) -> None:
        self._now, stage = None, stage_of(words)
        self._lift(FROM.get(stage, 0.0))
        end = MOST if stage > Stage.WRITING else BEFORE if stage in FROM else 0.0
        self._lift(self.percent + (end - self.percent) * STEP)

    def expect(self, totals: Mapping[str, int | None]) -> None:
        """All that will move, by what it will be begun as; `WHATEVER` of what has no other name."""
        self._pieces = {name: Piece(total=total) for name, total in totals.items()}
        self._from, self._to = self.percent, max(self.percent, ROWS)

    def begin(self, name: str, total: int | None) -> None:
        """What was begun before it is over, unless it goes on under the same name."""
        piece = self._pieces.get(name) or self._pieces.get(WHATEVER)
        if piece is None:
            piece = self._unexpected(name, total)
        elif piece.total is None:
            piece.total = total  # somebody has counted meanwhile
        if self._now is not None and self._now is not piece:
            self._now.over = True
        self._now = piece
        self._look()

    def advance(self, rows: int) -> None:
        if self._now is not None:
            self._now.rows += rows
            self._look()

    def _unexpected(self, name: str, total: int | None) -> Piece:
        """It takes half of what is left for rows."""
        self._pieces = {name: Piece(total=total)}
        self._from, self._to = self.percent, self.percent + max(0.0, ROWS - self.percent) / 2
        return self._pieces[name]

    def _look(self) -> None:
        """Pieces of unknown size count as one of the others on the average."""
        known = [piece.total for piece in self._pieces.values() if piece.total]
        usual = sum(known) / len(known) if known else 1.0
        weights = [(usual if piece.total is None else piece.total, piece.share) for piece in self._pieces.values()]
        whole = sum(weight for weight, _ in weights)
        done = sum(weight * share for weight, share in weights) / whole if whole else 0.0
        self._lift(self._from + (self._to - self._from) * done)

    def _lift(self, percent: float) -> None:
        self.percent = min(MOST, max(self.percent, percent))
