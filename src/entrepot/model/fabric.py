"""Parts of a large piece of work, and where they are made: by whoever is there. What makes a part is a function of
a JSON value, whose result is one; another fabric (Dask, Spark) is one more class with one method.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from entrepot.model.ports import Cancel
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

if TYPE_CHECKING:
    from entrepot.model.records import Document


class Fabric(Protocol):
    def fan_out(self, part: str, specs: Sequence[Document]) -> Generator[Document | None]:
        """What the function of that name made of each spec, in their order; None: nobody has begun it, nobody will, and
        it is the caller's. When the iterator is closed, what is under way is stopped, and what was made goes."""
        ...


class Making(Protocol):
    """What the function that makes a part works with."""

    @property
    def cancel(self) -> Cancel: ...

    def progress(self, rows: int) -> None:
        """So many more are made."""
        ...


@dataclass(frozen=True, kw_only=True)
class PartRecord:
    """What is offered."""

    id: str
    job: str
    epoch: int
    """Of the job when it was offered: an attempt after that one has parts of its own."""
    number: int
    function: str
    spec: Document


@dataclass(frozen=True, kw_only=True)
class PartState:
    id: str
    number: int
    owner: str
    beats: int
    """Counts on as long as its owner lives."""
    rows: int
    made: Document | None
    """What came of it."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A stretch of a large table's rows."""

    spec: Document
    """With this, `SharesRows.share` reads it anywhere, as long as the session lives that gave it."""
    read: Callable[[], Iterator[Chunk]]
    """By that session itself."""


@runtime_checkable
class Divides(Protocol):
    """A session whose snapshot others can see, too."""

    def shares(self, query: Query, template: RowTemplate, rows_per_chunk: int, rows: int) -> Sequence[Share]:
        """What `render` gives, in order, in stretches of about so many rows; none where that cannot be had."""
        ...


class ShareReading(Protocol):
    def chunks(self) -> Iterator[Chunk]: ...

    def cancel(self) -> None:
        """From another thread."""
        ...


@runtime_checkable
class SharesRows(Protocol):
    """An engine that reads shares of a session that lives elsewhere."""

    def share(self, spec: Document) -> AbstractContextManager[ShareReading]: ...


@dataclass(frozen=True, kw_only=True)
class Fan:
    """What an export needs to have shares of its tables read by others."""

    fabric: Fabric
    opened: Callable[[Document], AbstractContextManager[Iterator[Chunk]]]
    """The rows of a part that was made; whatever is wrong with them is said before the first one comes."""
    rows: int
    """In a part."""
