"""A folder of more files than a process may hold open."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.storage.faults import storage_error

TABLES = 320
DESCRIPTORS = 64


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("few_descriptors")
def test_a_folder_may_hold_more_files_than_may_be_open(tmp_path: Path) -> None:
    database = tmp_path / "many.db"
    with closing(sqlite3.connect(database)) as connection:
        for number in range(TABLES):
            connection.execute(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY)")
    service = Entrepot(f"sqlite:///{database}", environment={})
    outcome = service.export(to=f"{tmp_path}/out/", options=ExportOptions(format="csv", compress="gzip"))
    assert len(outcome.receipt.files) == TABLES
    assert len(list((tmp_path / "out").iterdir())) == TABLES + 1


@pytest.mark.parametrize("number", [23, 24])
def test_too_many_open_files_are_called_that(number: int) -> None:
    found = storage_error(OSError(number, "x"), Path("out"))
    assert (found.code, bool(found.remedy)) == ("too_many_files", True)
