"""A database as the workbench's child has it, in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.workbench.source import Database, connected


@pytest.fixture(scope="session")
def reading_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reading")


@pytest.fixture(scope="session")
def opened_database(reading_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(reading_folder)
        with connected(200_000_000, tmp_path_factory.mktemp("tables")) as database:
            yield database


@pytest.fixture
def database(opened_database: Database, reading_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.chdir(reading_folder)
    return opened_database
