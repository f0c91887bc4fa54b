"""The workbench's database: what it keeps where."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.workbench.source import connected

LISTS = "SELECT range AS record, [{'code': 'x', 'value': range::VARCHAR}] AS found FROM range(4000000)"


def test_tables_leave_the_memory_to_what_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as large a table in memory, more than that would stay there."""
    monkeypatch.chdir(tmp_path)
    with connected(30_000_000) as database:
        database.connection.execute(f"CREATE TABLE large AS {LISTS}")
        counted = "SELECT count(*) FROM (SELECT record FROM large GROUP BY record)"
        assert database.connection.execute(counted).fetchall() == [(4_000_000,)]
    assert list(tmp_path.iterdir()) == []
