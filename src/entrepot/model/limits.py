"""How many jobs workers may have at work at once, and what is full by that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

Tenant = tuple[str, str]
"""Of which database, and which: two applications may both have a tenant `1`."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """`[work]`: how many jobs run at once, over all workers; None: as many as there is room for."""

    at_once: int | None = None
    """Of all."""
    per_database: int | None = 4
    """The application needs its database, too."""
    per_tenant: int | None = None


UNLIMITED = Limits(per_database=None)


@dataclass(frozen=True, kw_only=True)
class AtWork:
    """A job that some worker has."""

    job: str
    owner: str
    database: str
    tenant: str | None


@dataclass(frozen=True, kw_only=True)
class Full:
    """Of what no more jobs may begin."""

    everything: bool = False
    databases: frozenset[str] = frozenset()
    tenants: frozenset[Tenant] = frozenset()

    def holds_back(self, database: str, tenant: str | None) -> bool:
        """What is no tenant's is held back by no tenant."""
        return (
            self.everything or database in self.databases or (tenant is not None and (database, tenant) in self.tenants)
        )


def full(limits: Limits, at_work: Iterable[AtWork]) -> Full:
    """
    >>> jobs = [AtWork(job=str(n), owner="w", database="d", tenant=t) for n, t in enumerate(("1", "1", None))]
    >>> full(Limits(per_tenant=2), jobs)
    Full(everything=False, databases=frozenset(), tenants=frozenset({('d', '1')}))
    """
    jobs = tuple(at_work)
    databases = Counter(each.database for each in jobs)
    tenants = Counter((each.database, each.tenant) for each in jobs if each.tenant is not None)
    return Full(
        everything=_is_reached(limits.at_once, len(jobs)),
        databases=frozenset(name for name, count in databases.items() if _is_reached(limits.per_database, count)),
        tenants=frozenset(tenant for tenant, count in tenants.items() if _is_reached(limits.per_tenant, count)),
    )


def _is_reached(limit: int | None, count: int) -> bool:
    return limit is not None and count >= limit
