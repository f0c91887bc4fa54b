"""What became of the ids of a source, as the ledger keeps it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from entrepot.ledger.identities import Contributors, Scope
from entrepot.model.errors import BugError
from entrepot.model.records import JobRecord
from entrepot.state import State

Marked = Callable[[Collection[str]], frozenset[str]]
"""Those of some jobs whose marks a database has."""


def elsewhere(state: State, database: str, marked: Marked, **which: str) -> frozenset[str]:
    """The jobs that said something of another database of that name, or of this one before it was put back."""
    jobs = state.ledger.identities.happened(database, **which)
    return jobs - marked(jobs) if jobs else jobs


@dataclass(frozen=True, kw_only=True)
class SourceIds:
    """Of one database. What a job adds counts once the job is known to have happened, and where its mark is: another
    database may have the same name, or this one have been put back to what it was before."""

    state: State
    database: str
    source: str
    marked: Marked
    job: JobRecord | None = None
    seen: dict[Scope, Contributors] = field(default_factory=dict)
    """Who had written what was read: if others have come, it is not what was decided about."""

    def entities(self, tenant: str) -> frozenset[str]:
        return self.state.ledger.identities.entities(self.database, self.source, tenant, self._elsewhere(tenant))

    def _elsewhere(self, tenant: str) -> frozenset[str]:
        return elsewhere(self.state, self.database, self.marked, source=self.source, tenant=tenant)

    def known(self, entity: str, tenant: str) -> Iterator[tuple[str, str]]:
        scope, identities = self._scope(entity, tenant), self.state.ledger.identities
        self.seen[scope] = identities.contributors(scope)
        yield from identities.all(scope, self._elsewhere(tenant))

    def remember(self, entity: str, tenant: str, pairs: Iterable[tuple[str, str]]) -> None:
        if self.job is None:
            raise BugError("no_job", "Ids are remembered by jobs only.")
        scope = self._scope(entity, tenant)
        seen: Mapping[Scope, Contributors] = self.seen
        self.state.ledger.identities.remember(self.job, scope, pairs, seen[scope])

    def _scope(self, entity: str, tenant: str) -> Scope:
        return Scope(database=self.database, source=self.source, tenant=tenant, entity=entity)
