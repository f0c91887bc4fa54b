"""What is wanted and what is bad, as people see it: hundreds of small imports, of which only the outcome matters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from entrepot.storage import bucket
from servers.objects import Objects, objects_served

STARTED = ("test_workbench_memory",)
"""How much a workbench needs is looked at in one that was started as it is for people."""


@pytest.fixture(autouse=True)
def quickly(request: pytest.FixtureRequest) -> None:
    if request.module.__name__.rpartition(".")[2] not in STARTED:
        request.getfixturevalue("forked_workbench")


@pytest.fixture
def objects(monkeypatch: pytest.MonkeyPatch) -> Iterator[Objects]:
    """A bucket that nobody waits for."""
    monkeypatch.setattr(bucket, "PAUSE", 0.001)
    monkeypatch.setitem(bucket.RETRIES, "max_retries", 0)
    with objects_served() as served:
        yield served
