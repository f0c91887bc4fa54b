"""Each test of the suite runs once per engine: every `<engine>_case.py` beside this file brings one."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine
from entrepot.model.ports import Engine
from entrepot.model.types import Kind


def _cases() -> Iterator[Any]:
    for file in sorted(Path(__file__).parent.glob("*_case.py")):
        case: EngineCase = import_module(f"contract.databases.{file.stem}").CASE
        marks = [getattr(pytest.mark, case.marker)] if case.marker else []
        yield pytest.param(case, marks=marks, id=case.name)


@pytest.fixture(params=_cases())
def case(request: pytest.FixtureRequest) -> EngineCase:
    return request.param


@pytest.fixture
def place(case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with case.place(request, tmp_path) as place:
        yield place


@pytest.fixture
def engine(case: EngineCase, place: Place) -> Engine:
    return case.engine(place.url)


@pytest.fixture
def changer(engine: Engine) -> ChangingEngine:
    """The engine, for tests that change its database."""
    return cast("ChangingEngine", engine)


@pytest.fixture
def ledger(case: EngineCase, place: Place) -> None:
    """An account, and what was booked on it; every kind of constraint."""
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE account (id {number} NOT NULL PRIMARY KEY, code {case.key_text} NOT NULL, balance {number}, "
        "CONSTRAINT account_code UNIQUE (code), CONSTRAINT solvent CHECK (balance >= 0))",
        f"CREATE TABLE booking (id {number} NOT NULL PRIMARY KEY, account {number} NOT NULL, "
        "CONSTRAINT booking_account FOREIGN KEY (account) REFERENCES account (id))",
        "INSERT INTO account VALUES (1, 'one', 10), (2, 'two', 20)",
        "INSERT INTO booking VALUES (1, 1)",
    )
