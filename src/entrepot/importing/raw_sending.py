"""How the raw lane sends a file that is found good, and what the journal keeps of it.

PostgreSQL checks references when a COPY ends, and takes longer for that than for the rows. So each stretch has one of
its own, and the workbench checks the next one meanwhile. While rows are sent, both processors are busy; the journal
reads them again when the last ones were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from entrepot.importing.changes import identity
from entrepot.importing.journal import JournalWriter
from entrepot.importing.raw import NULL, Raw
from entrepot.model.changes import Target
from entrepot.model.errors import InputError
from entrepot.model.journals import Part
from entrepot.model.stretches import OddError, Stretch


def send(raw: Raw, target: Target, journal: JournalWriter, stretches: Iterable[Stretch]) -> int:
    entity = raw.work.prepared.entity
    journal.found_by(Part.CREATED, identity(entity))
    try:
        return sum(target.load(entity, raw.names, rows) for rows in _loads(raw, journal, stretches))
    except InputError as error:
        if error.code != "database_refused":
            raise
        raise OddError from error


def _loads(raw: Raw, journal: JournalWriter, stretches: Iterable[Stretch]) -> Iterator[Iterator[bytes]]:
    """What is loaded one after the other. Rows may refer to those of a later stretch only within one load."""
    if not raw.work.run.engine.writing.checks_late:
        yield journal.kept(Part.CREATED, raw.names, NULL, raw.sent(stretches))
        return
    sending = Sending(raw=raw, journal=journal)
    if raw.work.prepared.entity.refers_to_itself:
        yield sending.rows(stretches)
        return
    for stretch in stretches:
        yield sending.rows([stretch])


@dataclass(kw_only=True)
class Sending:
    raw: Raw
    journal: JournalWriter
    last: Stretch | None = None
    as_it_stands: Stretch | None = None
    """The last one of these, which come before all that are written anew."""

    def rows(self, stretches: Iterable[Stretch]) -> Iterator[bytes]:
        for stretch in stretches:
            rows = self.raw.sent([stretch], after=self.last)
            if stretch.mended is None:
                yield from rows
                self.as_it_stands = stretch
            else:
                yield from self.journal.kept(Part.CREATED, self.raw.names, NULL, rows)
            self.last = stretch
        if self.last is not None and self.last.last:
            self._keep_what_stands()

    def _keep_what_stands(self) -> None:
        if self.as_it_stands is not None:
            rows = self.raw.until(self.as_it_stands)
            self.journal.keep_beside(Part.CREATED, self.raw.names, NULL, rows)
