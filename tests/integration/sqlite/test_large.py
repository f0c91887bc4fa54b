"""A large table is rendered by several processes; whatever happens to them, the bytes are the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entrepot.databases.sqlite import readers as readers_module
from entrepot.databases.sqlite.blocks import Statement
from entrepot.databases.sqlite.readers import Reader
from entrepot.databases.sqlite.session import SqliteSession
from entrepot.formats.csv.template import csv_template
from entrepot.model.catalog import Catalog
from entrepot.model.errors import CancelledError
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, CsvDialect
from integration.sqlite.files import everything_of, made, opened

ROWS = 60_000
LARGE = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL, c BOOLEAN, d BLOB);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
INSERT INTO t SELECT i * 3, 'row, ' || i, i / 7.0, i % 2, x'00ff' FROM n;
"""


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also on a machine with one processor."""
    monkeypatch.setattr(readers_module, "sensible", lambda: 2)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return made(tmp_path / "large.db", LARGE)


def line(number: int) -> str:
    value = number / 7.0
    text = repr(value).removesuffix(".0")
    return f'{number * 3},"row, {number}",{text},{"true" if number % 2 else "false"},\\x00ff\n'


EXPECTED = "".join(line(number) for number in range(1, ROWS + 1)).encode()


def chunks_of(session: SqliteSession, query: Query) -> Iterator[Chunk]:
    return session.render(query, csv_template(query.columns, CsvDialect()), rows_per_chunk=500)


def until_processes_answer(session: SqliteSession, chunks: Iterator[Chunk]) -> list[Chunk]:
    """Chunks up to the moment when other processes render them."""
    taken = []
    for chunk in chunks:
        taken.append(chunk)
        readers = session._held.readers
        if readers and all(reader.is_ready for reader in readers):
            return taken
        time.sleep(0.01 if readers else 0)
    pytest.fail("no process ever answered")


@pytest.fixture
def reading(large: Path, tmp_path: Path) -> Iterator[tuple[Catalog, SqliteSession, Query]]:
    with opened(large, tmp_path) as (catalog, session):
        assert isinstance(session, SqliteSession)
        yield catalog, session, everything_of(catalog.entity("t"))


Read = tuple[Catalog, SqliteSession, Query]


def test_processes_render_the_same_bytes_in_the_same_order(reading: Read) -> None:
    _, session, query = reading
    chunks = chunks_of(session, query)
    taken = [*until_processes_answer(session, chunks), *chunks]
    assert b"".join(chunk.data for chunk in taken) == EXPECTED
    assert {chunk.rows for chunk in taken} == {500}


def test_what_was_written_before_they_could_see_it_is_not_seen(reading: Read, large: Path) -> None:
    """A process that began too late would see the new rows, so none of its slices is taken."""
    _, session, query = reading
    chunks = chunks_of(session, query)
    first = next(chunks)
    made(large, "UPDATE t SET a = 'changed'")
    assert first.data + b"".join(chunk.data for chunk in chunks) == EXPECTED


def test_what_is_written_later_is_not_seen_either(reading: Read, large: Path) -> None:
    _, session, query = reading
    chunks = chunks_of(session, query)
    taken = until_processes_answer(session, chunks)
    made(large, "UPDATE t SET a = 'changed'")
    assert b"".join(chunk.data for chunk in [*taken, *chunks]) == EXPECTED


def test_a_process_that_dies_is_not_missed(reading: Read) -> None:
    _, session, query = reading
    chunks = chunks_of(session, query)
    taken = until_processes_answer(session, chunks)
    session._held.readers[0].process.kill()
    assert b"".join(chunk.data for chunk in [*taken, *chunks]) == EXPECTED


def test_a_cancel_ends_them(reading: Read) -> None:
    _, session, query = reading
    chunks = chunks_of(session, query)
    until_processes_answer(session, chunks)
    session.cancel()
    with pytest.raises(CancelledError):
        list(chunks)
    assert all(reader.process.poll() is not None for reader in session._held.readers)


def test_a_reader_who_leaves_early_ends_them_too(reading: Read) -> None:
    _, session, query = reading
    chunks = chunks_of(session, query)
    until_processes_answer(session, chunks)
    assert isinstance(chunks, Generator)
    chunks.close()
    assert all(reader.process.poll() is not None for reader in session._held.readers)


def test_a_process_ends_with_its_parent(large: Path) -> None:
    """FAULTS: nobody kills it, its input ends."""
    program = (
        "import os, sys; from pathlib import Path; from entrepot.databases.sqlite.readers import Reader\n"
        "from entrepot.databases.sqlite.blocks import Statement\n"
        "reader = Reader(Path(sys.argv[1]), Statement(sql='SELECT 1'))\n"
        "print(reader.process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(large)], capture_output=True, check=True, timeout=30)
    child = Path("/proc") / done.stdout.decode().strip()
    deadline = time.monotonic() + 5
    while child.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not child.exists()


def test_an_answer_that_never_comes_is_no_answer(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "nothing.db", Statement(sql="SELECT 1"))
    try:
        with pytest.raises(readers_module.UnfitError):
            reader.answer()
    finally:
        reader.close()


def test_the_application_may_lock_its_file_in_our_own_process(tmp_path: Path) -> None:
    """Had we opened and closed the file ourselves, its lock would be gone, and another process could write."""
    path = made(tmp_path / "app.db", "CREATE TABLE t (a)")
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as application:
        application.execute("BEGIN IMMEDIATE")
        with opened(path, tmp_path) as (catalog, session):
            assert session.count(everything_of(catalog.entity("t"))) == 0
        other = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('INSERT INTO t VALUES (1)')"
        done = subprocess.run([sys.executable, "-c", other, str(path)], capture_output=True, check=False, timeout=30)
        assert b"database is locked" in done.stderr
