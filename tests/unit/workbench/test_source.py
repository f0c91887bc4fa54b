"""The workbench's database: what it keeps where."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from entrepot.model.errors import StorageError
from entrepot.workbench.source import connected, translated

LISTS = "SELECT range AS record, [{'code': 'x', 'value': range::VARCHAR}] AS found FROM range(4000000)"


def test_tables_leave_the_memory_to_what_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as large a table in memory, more than that would stay there."""
    monkeypatch.chdir(tmp_path)
    with connected(30_000_000, tmp_path) as database:
        database.connection.execute(f"CREATE TABLE large AS {LISTS}")
        counted = "SELECT count(*) FROM (SELECT record FROM large GROUP BY record)"
        assert database.connection.execute(counted).fetchall() == [(4_000_000,)]


GROWING = {
    "one table": [f"CREATE TABLE large AS {LISTS}"],
    "many tables": [f"CREATE TABLE small_{number} AS SELECT * FROM range(20000)" for number in range(1_000)],
    "changes": [
        "CREATE TABLE small AS SELECT '' AS text FROM range(100000)",
        *["UPDATE small SET text = text || 'abc'"] * 50,
    ],
}


@pytest.mark.parametrize("statements", GROWING.values(), ids=GROWING)
def test_tables_that_find_no_room_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statements: list[str]
) -> None:
    """The engine finds out while it writes, when a change ends, or when it puts its file in order."""
    monkeypatch.chdir(tmp_path)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with connected(30_000_000, tmp_path) as database, pytest.raises(StorageError) as caught, translated():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, before[1]))
        try:
            for statement in statements:
                database.connection.execute(statement)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.code == "insufficient_storage"
    assert "TMPDIR" in caught.value.remedy
