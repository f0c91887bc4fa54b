"""Servers that tests ask for by fixture; each starts at its first use and stops at the end."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

from servers.in_memory import keep_in_memory

pytest_plugins = ["servers.postgres", "servers.mariadb", "servers.forked"]
keep_in_memory()
settings.register_profile("unhurried", deadline=None)  # how long an example takes says how busy the machine is
settings.load_profile("unhurried")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: packed ones hold the time of packing, and parallel runs must agree on the names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """Thousands of tests and all modules stay to the end: whoever looks for garbage need not look at them each time."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What a test measured on its way, which judges nothing: figures that depend on the machine."""
    for report in terminalreporter.getreports("passed"):
        for name, words in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{report.nodeid}: {words}")
