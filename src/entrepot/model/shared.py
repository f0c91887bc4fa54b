"""Databases that are reached by many addresses, and how two of these are known to be one."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable


@runtime_checkable
class Shared(Protocol):
    """An engine of a server."""

    def claimed(self, word: int) -> AbstractContextManager[None]:
        """While the block runs, this word is taken in this database."""
        ...

    def is_claimed(self, word: int) -> bool:
        """By somebody else."""
        ...
