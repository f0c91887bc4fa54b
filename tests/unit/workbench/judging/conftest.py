from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.workbench.source import Database, connected


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """As the child has it: in a work folder, locked down, with its limit."""
    before = Path.cwd()
    os.chdir(tmp_path_factory.mktemp("work"))
    try:
        with connected(200_000_000, tmp_path_factory.mktemp("tables")) as database:
            yield database
    finally:
        os.chdir(before)
