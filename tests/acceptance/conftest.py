"""What is wanted and what is bad, as people see it: hundreds of small imports, of which only the outcome matters."""

from __future__ import annotations

import pytest

STARTED = ("test_workbench_memory",)
"""How much a workbench needs is looked at in one that was started as it is for people."""


@pytest.fixture(autouse=True)
def quickly(request: pytest.FixtureRequest) -> None:
    if request.module.__name__.rpartition(".")[2] not in STARTED:
        request.getfixturevalue("forked_workbench")
