"""FAULTS 72: a SQLite file is somebody else's. It is read, never made, never changed, never trusted."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.cli.parser import main
from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.engine import SqliteEngine
from entrepot.model.errors import AccessError, ChangedError, DamagedError, EntrepotError, InputError, UnavailableError
from integration.sqlite.files import everything_of, made, opened

SHOP = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
INSERT INTO customers SELECT i, 'customer ' || i FROM n;
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return made(tmp_path / "shop.db", SHOP)


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.db"
    with pytest.raises(InputError, match="There is no file") as refused:
        SqliteEngine(missing).introspect()
    assert refused.value.remedy
    assert not missing.exists()


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder"):
        SqliteEngine(tmp_path).introspect()


def test_another_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("id,name\n1,x\n" * 100)
    with pytest.raises(DamagedError, match="not a SQLite database") as refused:
        SqliteEngine(tmp_path / "table.csv").introspect()
    assert refused.value.exit_code == 7


def test_an_empty_file_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    with pytest.raises(InputError, match="is an empty file"):
        SqliteEngine(tmp_path / "empty.db").introspect()


def test_a_database_without_tables_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = made(tmp_path / "bare.db", "CREATE TABLE t (id); DROP TABLE t;")
    assert SqliteEngine(path).introspect().entities == ()
    assert main(["catalog", "--db", f"sqlite:///{path}"]) == 0
    assert "There are no tables in it." in capsys.readouterr().out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_a_matter_of_access(shop: Path) -> None:
    shop.chmod(0)
    with pytest.raises(AccessError):
        SqliteEngine(shop).introspect()


def test_reading_changes_nothing_and_leaves_nothing_beside_it(shop: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(shop.read_bytes()).hexdigest()
    with opened(shop, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("customers"))
        assert sum(batch.num_rows for batch in session.batches(query)) == 5000
        session.create_rowset("some", query.entity)
        session.add_to_rowset("some", query)
    assert hashlib.sha256(shop.read_bytes()).hexdigest() == before
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["shop.db"]
    assert list((tmp_path / "work").iterdir()) == []


@pytest.mark.parametrize("journal", ["DELETE", "TRUNCATE", "PERSIST", "WAL"])
def test_the_application_writes_on_while_we_read(shop: Path, tmp_path: Path, journal: str) -> None:
    """Also where a reader would keep it from committing: there we read a copy."""
    made(shop, f"PRAGMA journal_mode = {journal}")
    with opened(shop, tmp_path) as (catalog, session), closing(sqlite3.connect(shop, timeout=0)) as writer:
        query = everything_of(catalog.entity("customers"))
        assert session.count(query) == 5000
        writer.execute("DELETE FROM customers WHERE id > 10")
        writer.commit()
        assert session.count(query) == 5000
        assert session.identity.startswith("read transaction" if journal == "WAL" else "online copy")
    assert list((tmp_path / "work").iterdir()) == []


def test_a_schema_that_changes_meanwhile_is_noticed(shop: Path, tmp_path: Path) -> None:
    with opened(shop, tmp_path) as (_, session):
        session.check_unchanged()
        made(shop, "CREATE TABLE another (id)")
        session.check_unchanged()
        made(shop, "ALTER TABLE customers ADD COLUMN colour")
        with pytest.raises(ChangedError, match="customers"):
            session.check_unchanged()


def test_a_writer_that_never_ends_is_waited_for_only_so_long(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.databases.sqlite.waiting.WAIT_SECONDS", 0.1)
    with closing(sqlite3.connect(shop)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UnavailableError) as refused:
            SqliteEngine(shop).introspect()
    assert "try again" in refused.value.remedy


@pytest.fixture
def connection(shop: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(shop)) as opened:
        yield opened


@pytest.mark.parametrize(
    "statement",
    [
        "ATTACH '/tmp/x.db' AS other",
        "SELECT load_extension('x')",
        "SELECT writefile('/tmp/x', 'x')",
        "DELETE FROM customers",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_schema",
    ],
)
def test_what_a_hostile_schema_might_try_is_refused(connection: sqlite3.Connection, statement: str) -> None:
    with pytest.raises(sqlite3.DatabaseError):
        connection.executescript(statement)
        connection.executescript("SELECT 1")


def test_a_hostile_view_is_refused_in_words(tmp_path: Path) -> None:
    path = made(tmp_path / "evil.db", "CREATE VIEW evil AS SELECT load_extension('/tmp/x.so') AS x")
    with pytest.raises(EntrepotError) as refused, opened(path, tmp_path) as (catalog, session):
        session.count(everything_of(catalog.entity("evil")))
    assert refused.value.remedy


def test_damaged_pages_never_become_a_shorter_table(shop: Path, tmp_path: Path) -> None:
    """Each page in turn: an error of ours, or all rows."""
    whole = shop.read_bytes()
    damaged = tmp_path / "damaged.db"
    complaints = 0
    for page in range(1, len(whole) // 4096):
        damaged.write_bytes(whole[: page * 4096] + b"\xa5" * 4096 + whole[(page + 1) * 4096 :])
        try:
            with opened(damaged, tmp_path) as (catalog, session):
                read = sum(batch.num_rows for batch in session.batches(everything_of(catalog.entity("customers"))))
            assert read == 5000
        except DamagedError:
            complaints += 1
    assert complaints > 5


def test_text_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = made(tmp_path / "latin.db", "CREATE TABLE t (a TEXT); INSERT INTO t VALUES (CAST(x'e4' AS TEXT))")
    with opened(path, tmp_path) as (catalog, session):
        query = everything_of(catalog.entity("t"))
        with pytest.raises(DamagedError, match="not valid UTF-8"):
            list(session.batches(query))


@pytest.mark.parametrize("format", ["csv", "ndjson", "xlsx"])
def test_text_that_is_not_utf8_is_named_beside_one_with_a_nul(tmp_path: Path, format: str) -> None:
    """Texts with a NUL are read by functions of ours, which are not given what Python cannot read."""
    rows = "INSERT INTO t VALUES (1, 'a' || char(0)), (2, CAST(x'ff61' AS TEXT))"
    path = made(tmp_path / "both.db", f"CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); {rows}")
    with pytest.raises(DamagedError) as caught:
        Entrepot(f"sqlite:///{path}", environment={}).export("t", to=tmp_path / f"out.{format}")
    assert (caught.value.code, "function" in caught.value.message) == ("not_utf8", False)
