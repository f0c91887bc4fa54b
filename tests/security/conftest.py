"""Three engines with the rows of two tenants."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from security.tenants import TABLES, Shared

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """A hundred small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES, scope="module")
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One for many attacks, because none may change it."""
    yield from made(request, tmp_path_factory.mktemp("shared"))


@pytest.fixture(params=CASES)
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shared]:
    """One that may be changed."""
    yield from made(request, tmp_path)


def made(request: pytest.FixtureRequest, folder: Path) -> Iterator[Shared]:
    case: EngineCase = request.param
    with case.place(request, folder) as place:
        place.execute(*TABLES)
        yield Shared(place, folder)
