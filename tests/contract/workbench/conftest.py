"""One workbench for all tests of a module: it starts in a third of a second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.workbench import open_workbench
from entrepot.workbench.client import ChildWorkbench


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def workbench(work: Path) -> Iterator[ChildWorkbench]:
    with open_workbench(work) as opened:
        yield opened
