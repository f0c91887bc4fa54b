"""New versions: what was the newest loses its flag first, then they are added, then references follow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.importing.changes import Look, changed_besides, identity, same, stored
from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Work
from entrepot.importing.versions.following import Following
from entrepot.importing.versions.numbering import copied, flag
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.versions import Versions

NEW, FLAGGED = "versioned", "flagged"


def add_versions(work: Work, target: Target, journal: JournalWriter) -> int:
    """How many."""
    versions = work.prepared.versions
    if versions is None:
        return 0
    count = work.bench.keep_versions(work.prepared.fields, work.prepared.matching)
    if count:
        adding = Adding(work=work, target=target, journal=journal, versions=versions)
        adding.take_flags()
        adding.insert(count)
        Following(work=work, target=target, journal=journal, versions=versions).follow()
    return count


@dataclass(frozen=True, kw_only=True)
class Adding:
    work: Work
    target: Target
    journal: JournalWriter
    versions: Versions

    @property
    def entity(self) -> Entity:
        return self.work.prepared.entity

    def take_flags(self) -> None:
        """With what they are versions of, so that an undo sees which is the newest by then."""
        versions, entity, key = self.versions, self.entity, identity(self.entity)
        if versions.current is None:
            return
        names = dict.fromkeys((*key, *versions.of, versions.current, *changed_besides(entity)))
        look = Look(entity=entity, key=key, names=tuple(names), target=self.target, journal=self.journal)
        self.journal.found_by(Part.UPDATED, key)
        numbers = [f"i{at}" for at in range(len(key))]
        look.at(BEFORE, self._given(FLAGGED, numbers))
        self.target.update(entity, key, [versions.current], self._given(FLAGGED, [*numbers, "off"]))
        look.at(Part.UPDATED, self._given(FLAGGED, numbers))

    def insert(self, count: int) -> None:
        """They are found again by their number: it is theirs alone."""
        prepared, entity = self.work.prepared, self.entity
        compared = prepared.named(prepared.matching.compared)
        taken = copied(entity, prepared.names, self.versions)
        keys = [f"k{at}" for at in range(len(prepared.matching.key))]
        labels = [*keys, *(f"b{at}" for at in range(len(compared))), "v", *(f"c{at}" for at in range(len(taken)))]
        fields = (*prepared.named(prepared.matching.key), *compared, self.versions.field, *taken)
        self.work.run.reporter.begin(f"{entity.title}, new versions", count)
        same(self._inserted(fields, labels), count, "added as new versions")
        self.journal.found_by(Part.CREATED, identity(entity))
        names, key = stored(entity), self.versions.key
        look = Look(entity=entity, key=key, names=names, target=self.target, journal=self.journal)
        look.at(Part.CREATED, self._given(NEW, [*keys, "v"]))

    def _inserted(self, fields: Sequence[str], labels: Sequence[str]) -> int:
        current = self.versions.current
        if current is None:
            return self.target.insert(self.entity, fields, self._given(NEW, labels))
        on = flag(self.entity, self.versions, on=True)
        rows = self.work.bench.give(NEW, labels, null=self.target.null, labels=[on])
        return self.target.insert(self.entity, (current, *fields), rows)

    def _given(self, table: str, names: Sequence[str]) -> Iterator[bytes]:
        return self.work.bench.give(table, names, null=self.target.null)
