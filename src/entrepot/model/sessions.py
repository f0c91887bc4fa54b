"""Sessions in a database that belong to an attempt at a job, and can be told by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Of the attempts at a job, each has a higher epoch."""

    job: str
    epoch: int

    def __str__(self) -> str:
        """
        >>> str(Signature(job="imp_1m7yxxkp00000000", epoch=3))
        'entrepot imp_1m7yxxkp00000000 3'
        """
        return f"{self.name} {self.epoch}"

    @property
    def name(self) -> str:
        """What those of all attempts begin with."""
        return f"entrepot {self.job}"


@runtime_checkable
class Signing(Protocol):
    """An engine of a server, which can end a session whoever began it. A transaction on a file ends with its process
    alone."""

    def sign(self, signature: Signature) -> None:
        """From now on, whatever it opens to change something is known by that."""
        ...

    def end_former(self) -> int:
        """End what earlier attempts at that job have open, and wait until it is gone, if not for ever; how many. Who
        may not end it leaves it, and will wait for its transaction."""
        ...
