"""Where a ledger lies, a folder or a server, and what each of them does in its own way."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from entrepot.model.lives import Life, Pulse
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

    def owning(self, life: Life | None = None) -> AbstractContextManager[str]:
        """The name of an owner of jobs, who lives as long as the block, or this process. With `life` it gives signs of
        it to others that work with this ledger."""
        ...

    def is_alive(self, owner: str) -> bool:
        """Also if it is paused."""
        ...

    def pulses(self) -> Mapping[str, Pulse]:
        """The last signs of all who give any."""
        ...

    def end_sessions(self, owner: str) -> None:
        """What a paused one has open in the ledger, so that nobody waits for it."""
        ...

    def alone(self, name: str) -> AbstractContextManager[None]:
        """Nobody else who works with this ledger is in a block of that name; UnavailableError `ledger_busy`."""
        ...

    def known_secret(self) -> bytes | None:
        """The key of this installation; None: there is none yet."""
        ...

    def made_secret(self) -> bytes:
        """Of two that make one at once, both get that of the first."""
        ...
