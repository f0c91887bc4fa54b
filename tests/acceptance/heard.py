"""A reporter for tests of what is told."""

from __future__ import annotations

from entrepot.model.problems import Problem


class Heard:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int | None]] = []

    def phase(self, words: str) -> None:
        self.told.append((words.split(maxsplit=1)[0], None))

    def begin(self, entity: str, total: int | None) -> None:
        self.told.append((entity, total))

    def advance(self, rows: int, size: int) -> None:
        if rows:
            self.told.append(("moved", rows))

    def warn(self, problem: Problem) -> None:
        raise AssertionError(problem)
