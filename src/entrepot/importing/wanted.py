"""What a job wants of the transaction that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from entrepot.model.changes import Mark, Target
from entrepot.model.journals import JournalFacts

Plan = TypeVar("Plan")
Receipt = TypeVar("Receipt")
Keep = Callable[[Path, JournalFacts], object]
"""Stores a journal; when it returns, the journal is safe, and the changes may be."""


@dataclass(frozen=True, kw_only=True)
class Wanted(Generic[Plan, Receipt]):
    job: str
    once: tuple[str, ...]
    """Each marks one transaction only, whatever its job."""
    keep: Keep
    agreed: Plan | None
    """What somebody saw."""
    ready: Callable[[Receipt], object]
    """Hears the receipt just before the commit that makes it true."""
    epochs: Iterator[int] = field(default_factory=count)

    def mark(self, target: Target, mark: Mark) -> None:
        for name in (self.job, *self.once):
            target.mark(replace(mark, job=name))
