"""The same records in both databases that the ledger's SQL is written for; SQLite is the one that is used today."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.migrating import migrate
from entrepot.ledger.opening import Ledger, open_ledger
from entrepot.ledger.records import Records


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
    url = make_url(request.getfixturevalue("postgres_database").url).set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    records = Records(engine, tmp_path, clock, chance)
    migrate(records)
    yield Ledger(records)
    engine.dispose()
