"""What is killed here starts as it does for people; what a test does besides, in its own process, goes quickly."""

from __future__ import annotations

import pytest

STARTED = ("test_import_scarcity",)
"""There the workbench of the test's own process is what is killed."""


@pytest.fixture(autouse=True)
def quickly(request: pytest.FixtureRequest) -> None:
    if request.module.__name__.rpartition(".")[2] not in STARTED:
        request.getfixturevalue("forked_workbench")
