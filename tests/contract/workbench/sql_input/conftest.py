"""One database for the tests of a module: it starts slowly, and every file begins with empty tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import chdir

import pytest

from contract.workbench.sql_input.staging import Stager
from entrepot.workbench.source import Database, connected

MEMORY_BYTES = 100_000_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with chdir(tmp_path_factory.mktemp("work")), connected(MEMORY_BYTES, tmp_path_factory.mktemp("tables")) as opened:
        yield opened


@pytest.fixture(scope="module")
def stager(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Stager:
    return Stager(database=database, folder=tmp_path_factory.mktemp("files"))
