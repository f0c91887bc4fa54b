"""How much is stored is counted where it is written down: of two who would fill up the rest, one does."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from entrepot.ledger.opening import Ledger
from entrepot.model.errors import QuotaError
from entrepot.model.quotas import Quota, Use
from entrepot.model.records import StoredArtifact

ACME, UMBRA = Quota(tenant="1", of_tenant=100, of_all=250), Quota(tenant="2", of_tenant=1000, of_all=250)


def store(ledger: Ledger, size: int, quota: Quota, kind: str = "draft") -> str:
    file = StoredArtifact(id=ledger.records.new_id("file"), kind=kind, name="f", bytes=size, sha256="0" * 64)
    return ledger.artifacts.add([(file, "text/csv")], expires_at=None, quota=quota)[0].id


def refusal(ledger: Ledger, size: int, quota: Quota) -> str:
    with pytest.raises(QuotaError) as caught:
        store(ledger, size, quota)
    with pytest.raises(QuotaError):
        ledger.usage.check(quota, size)
    assert (caught.value.code, caught.value.http_status) == ("quota_exceeded", 413)
    return caught.value.message


def test_a_tenant_stores_what_its_quota_gives_and_hears_what_takes_the_room(ledger: Ledger) -> None:
    first = store(ledger, 60, ACME, "journal")
    store(ledger, 40, ACME)
    assert refusal(ledger, 1, ACME) == (
        "1 bytes more do not fit into the 100 that [tenancy] quota gives tenant 1, which has 100:"
        " 60 of kind journal (1), 40 of kind draft (1)."
    )
    assert ledger.usage.of("1") == (
        Use(kind="journal", count=1, bytes=60),
        Use(kind="draft", count=1, bytes=40),
    )
    assert ledger.usage.of("2") == ()
    ledger.artifacts.forget(first)
    store(ledger, 60, ACME)


def test_what_all_have_stored_is_no_tenants_to_know(ledger: Ledger) -> None:
    store(ledger, 90, ACME)
    store(ledger, 100, Quota(of_all=250))
    words = refusal(ledger, 61, UMBRA)
    assert "250" in words
    assert "90" not in words
    assert "190: 190 of kind draft (2)" in refusal(ledger, 61, Quota(of_all=250))
    store(ledger, 60, UMBRA)


def test_of_many_at_once_only_as_many_fit_as_the_quota_has_room_for(ledger: Ledger) -> None:
    def one(_: int) -> bool:
        try:
            store(ledger, 30, ACME)
        except QuotaError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(one, range(12))) == 3
