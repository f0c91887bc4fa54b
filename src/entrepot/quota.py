"""How much may be stored by whom, as the settings say it and the ledger counts it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from entrepot.access.permissions import Principal, is_bound
from entrepot.config.settings import Settings
from entrepot.ledger.topics import Ledger
from entrepot.model.quotas import Quota
from entrepot.state import State
from entrepot.storage.bounds import Fits


def quota_of(settings: Settings, principal: Principal) -> Quota:
    """Files of whoever is bound to a tenant are that one's; all others count for all alone."""
    tenant = principal.tenant if is_bound(principal) else None
    return Quota(tenant=tenant, of_tenant=settings.tenancy.quota, of_all=settings.state.quota)


def limited(state: State, quota: Quota) -> State:
    """The same, in which nobody stores more than that."""
    limit = partial(fits, state.ledger, quota)
    return replace(state, quota=quota, artifacts=replace(state.artifacts, limit=limit))


def fits(ledger: Ledger, quota: Quota) -> Fits:
    """Asked of the ledger when a file begins, and again by what it has become."""
    step = [0]

    def check(size: int) -> None:
        if size >= step[0]:
            ledger.usage.check(quota, size)
            step[0] = size + EACH

    return check if quota.is_set else lambda _size: None


EACH = 16 << 20
"""Bytes between two questions to the ledger; the last one is asked by whoever writes the record."""
