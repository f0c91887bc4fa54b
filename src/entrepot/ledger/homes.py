"""Where a ledger lies, a folder or a server, and what each of them does in its own way."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from entrepot.model.problems import Problem


class Home(Protocol):
    @property
    def place(self) -> str:
        """For messages; no password in it."""
        ...

    @property
    def several(self) -> bool:
        """Whether workers of several processes work with it."""
        ...

    @property
    def warnings(self) -> tuple[Problem, ...]: ...

    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing, and on the disk when the block has ended."""
        ...

    def check(self) -> None:
        """DamagedError if it is not whole, as far as that can be known."""
        ...

    def owning(self) -> AbstractContextManager[str]:
        """The name of an owner of jobs, who lives as long as the block, or this process."""
        ...

    def is_alive(self, owner: str) -> bool: ...

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Nobody else who works with this ledger is in a block of that name; UnavailableError `ledger_busy`."""
        ...

    def known_secret(self) -> bytes | None:
        """The key of this installation; None: there is none yet."""
        ...

    def made_secret(self) -> bytes:
        """Of two that make one at once, both get that of the first."""
        ...
