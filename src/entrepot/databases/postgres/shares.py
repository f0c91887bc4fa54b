"""Shares of a large table: stretches of its pages, which sessions elsewhere read in the same snapshot.

A share says all that is needed to read it, the finished statement included: so its bytes do not depend on who reads it,
with which version of this program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event
from typing import TYPE_CHECKING

from entrepot.databases.postgres.companion import admit, joined
from entrepot.databases.postgres.connect import end_statement
from entrepot.databases.postgres.failures import translated
from entrepot.databases.postgres.pages import RANGE_PAGES, Pages
from entrepot.databases.postgres.snapshot import moment_of
from entrepot.databases.postgres.stream import copy_lines, copy_rendered
from entrepot.model.errors import CancelledError, ChangedError
from entrepot.model.templates import Chunk

if TYPE_CHECKING:
    import psycopg

    from entrepot.model.records import Document


def dealt(pages: int, estimated: int | None, rows: int) -> Iterator[Pages]:
    """In stretches of about so many rows, as far as the statistics know; nothing where they know nothing.

    >>> [(p.first, p.behind) for p in dealt(2000, 10_000, 3000)]
    [(0, 768), (768, 1536), (1536, None)]
    """
    if not pages or not estimated or rows <= 0:
        return
    wanted = -(-pages * rows // estimated)
    step = -(-wanted // RANGE_PAGES) * RANGE_PAGES
    for first in range(0, pages, step):
        behind = first + step
        yield Pages(first=first, behind=behind if behind < pages else None)


class ShareRead:
    """Fulfils `model.fabric.ShareReading`."""

    def __init__(self, connection: psycopg.Connection, spec: Document) -> None:
        self._connection, self._spec = connection, spec
        self._stopped = Event()

    def chunks(self) -> Iterator[Chunk]:
        copied = copy_lines if self._spec["forwarded"] else copy_rendered
        with translated("reading a part of a table"):
            for chunk in copied(self._connection, self._spec["copy"], self._spec["rows_per_chunk"]):
                yield chunk
                self._check_stopped()

    def cancel(self) -> None:
        self._stopped.set()
        end_statement(self._connection)

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")


@contextmanager
def share_read(url: str, spec: Document) -> Iterator[ShareRead]:
    """Of the very database whose snapshot it is: snapshots of two servers may have the same name."""
    with closing(joined(url, spec["snapshot"])) as connection:
        with translated("joining the snapshot"):
            found = moment_of(connection)
        if found != spec["moment"]:
            raise _another(found, spec["moment"])
        admit(connection, spec["table"])
        yield ShareRead(connection, spec)


def _another(found: str, wanted: str) -> ChangedError:
    return ChangedError(
        "other_database",
        f"A part of a table was to be read in another database, or as another user ({found} instead of {wanted}).",
        remedy="Give all workers the same settings and environment.",
    )
