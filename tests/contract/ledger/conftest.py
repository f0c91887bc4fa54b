"""The same records in a folder and on a server."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.opening import Ledger, open_ledger, open_server_ledger


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def ledger(request: pytest.FixtureRequest, tmp_path: Path, clock: PinnedClock) -> Iterator[Ledger]:
    numbers = count()

    def chance(size: int) -> bytes:
        return next(numbers).to_bytes(size, "big")

    if request.param == "sqlite":
        with open_ledger(tmp_path, clock, chance) as opened:
            yield opened
        return
    url = request.getfixturevalue("postgres_database").url
    with open_server_ledger(url, clock, chance) as opened:
        yield opened
