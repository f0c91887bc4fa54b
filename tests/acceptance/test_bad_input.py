"""Whatever is wrong, a person reads what it is and what to do, a program reads one document, and nothing is left."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from acceptance.bad_input import MARIADB, POSTGRES, SHOP, Case
from entrepot.cli import main
from entrepot.sample.create import create_sample
from recovery.exporting import empties
from servers.mariadb import PASSWORD as MARIADB_PASSWORD
from servers.mariadb import MariaServer
from servers.postgres import PASSWORD, PostgresDatabase, PostgresServer
from servers.process import free_port

Output = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    create_sample(folder)
    return folder


@pytest.fixture
def places(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The names that cases use, with what they name made."""
    monkeypatch.chdir(shop)
    monkeypatch.delenv("ENTREPOT_DB", raising=False)
    made = {
        "empty": b"\n",
        "bytes": b"\xff\xfe",
        "taken.csv": b"somebody's file",
        "broken.toml": b"[databases\n",
        "misspelt.toml": b"[database.main]\nurl = 'sqlite:///shop.db'\n",
        "stranger.toml": f"[databases.main]\nurl = 'sqlite:///{shop}/shop.db'\n[entities.ordrs]\n".encode(),
        "plain.toml": b"",
        "damaged.db": damaged(shop / "shop.db"),
        "empty.db": b"",
    }
    for name, content in made.items():
        (tmp_path / name).write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    return {
        **{name.removesuffix(".toml").replace(".", "_"): str(tmp_path / name) for name in made},
        "cut": str(cut_package(shop, tmp_path)),
        "folder": str(out),
        "out": str(out / "x.json"),
        "csv": str(out / "x.csv"),
        "long": "n" * 300,
    }


def damaged(database: Path) -> bytes:
    """The first pages tell the schema; the rest is noise."""
    content = database.read_bytes()
    kept = 8 * 4096
    return content[:kept] + b"\xa5" * (len(content) - kept)


def cut_package(shop: Path, folder: Path) -> Path:
    package = shop / "whole.zip"
    if not package.exists():
        assert main(["export", "categories", "-o", str(package)]) == 0
    target = folder / "cut.zip"
    target.write_bytes(package.read_bytes()[:-40])
    return target


def typed(case: Case, places: Mapping[str, str]) -> list[str]:
    return [part.format(**places) for part in case.typed if part]


def run(arguments: list[str], capsys: Output) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(arguments)
    out, err = capsys.readouterr()
    return code, out, err


def assert_refused(case: Case, arguments: list[str], capsys: Output) -> None:
    """Once for a person, once for a program."""
    code, out, said = run(arguments, capsys)
    assert code == case.exit_code, said
    assert "Traceback" not in said
    for words in case.words:
        assert words in said + out
    if case.code:
        assert f"[{case.code}]" in said
        assert out == ""
    code, out, said = run([*arguments, "--json"], capsys)
    assert code == case.exit_code
    assert said == ""
    document = json.loads(out)
    if case.code:
        assert document["error"]["code"] == case.code
        assert document["error"]["exit_code"] == code
        assert document["error"]["remedy"]


def documented_exit_codes() -> set[int]:
    from entrepot.cli.parser import build_parser

    words = str(build_parser().epilog).split()
    return {int(word) for word in words if word.isdigit()}


@pytest.mark.parametrize("case", SHOP, ids=lambda case: case.id)
def test_wrong_input_is_refused_with_a_remedy(case: Case, places: Mapping[str, str], capsys: Output) -> None:
    before = Path(places["taken_csv"]).read_bytes()
    assert_refused(case, typed(case, places), capsys)
    assert list(Path(places["folder"]).rglob("*")) == []
    assert Path(places["taken_csv"]).read_bytes() == before


def test_every_exit_code_is_documented() -> None:
    assert {case.exit_code for case in (*SHOP, *POSTGRES, *MARIADB)} <= documented_exit_codes()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


PREPARE = """
CREATE TABLE open_table (id integer PRIMARY KEY);
CREATE TABLE secrets (id integer PRIMARY KEY);
CREATE ROLE {role} LOGIN PASSWORD '{password}';
GRANT SELECT ON open_table TO {role};
"""
HIDE = """
CREATE TABLE secrets (id integer PRIMARY KEY);
ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
CREATE POLICY visible ON secrets USING (id > 5);
GRANT SELECT ON secrets TO {role};
"""
ROLE_PASSWORD = "also-s3cret"


@pytest.fixture(scope="module")
def postgres_urls(postgres_server: PostgresServer) -> Iterator[Mapping[str, str]]:
    role = "reader_of_little"
    server = postgres_server
    with server.database() as closed, server.database() as hidden, server.database() as empty:
        closed.execute(PREPARE.format(role=role, password=ROLE_PASSWORD))
        hidden.execute(HIDE.format(role=role))
        yield {
            "closed_url": f"postgresql://postgres:{PASSWORD}@127.0.0.1:{free_port()}/x",
            "wrong_url": server.url(password="wr0ng"),
            "nobody_url": server.url(user="nobody_here"),
            "nowhere_url": server.url("no_such_database"),
            "reader_url": server.url(closed.name, role, ROLE_PASSWORD),
            "hidden_url": server.url(hidden.name, role, ROLE_PASSWORD),
            "empty_url": empty.url,
        }
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f"DROP ROLE {role}".encode())


@pytest.mark.postgres
@pytest.mark.parametrize("case", POSTGRES, ids=lambda case: case.id)
def test_a_postgresql_server_that_refuses(
    case: Case, postgres_urls: Mapping[str, str], postgres_server: PostgresServer, here: Path, capsys: Output
) -> None:
    assert_server_refuses(case, postgres_urls, here, capsys)
    with postgres_server.database() as any_database:
        assert empties(any_database)


@pytest.fixture(scope="module")
def mariadb_urls(mariadb_server: MariaServer) -> Iterator[Mapping[str, str]]:
    role = "reader_of_little"
    server = mariadb_server
    with server.database() as closed, server.database() as empty:
        closed.execute(
            "CREATE TABLE open_table (id integer PRIMARY KEY)",
            "CREATE TABLE secrets (id integer PRIMARY KEY)",
            f"CREATE USER {role} IDENTIFIED BY '{ROLE_PASSWORD}'",
            f"GRANT SELECT ON {closed.name}.open_table TO {role}",
            f"GRANT INSERT ON {closed.name}.secrets TO {role}",
        )
        yield {
            "closed_url": f"mysql://root:{MARIADB_PASSWORD}@127.0.0.1:{free_port()}/x",
            "wrong_url": server.url(closed.name, password="wr0ng"),
            "nowhere_url": server.url("no_such_database"),
            "reader_url": server.url(closed.name, role, ROLE_PASSWORD),
            "empty_url": empty.url,
        }
    server.execute(f"DROP USER {role}")


@pytest.mark.mariadb
@pytest.mark.parametrize("case", MARIADB, ids=lambda case: case.id)
def test_a_mariadb_server_that_refuses(case: Case, mariadb_urls: Mapping[str, str], here: Path, capsys: Output) -> None:
    assert_server_refuses(case, mariadb_urls, here, capsys)


def assert_server_refuses(case: Case, urls: Mapping[str, str], folder: Path, capsys: Output) -> None:
    [url] = typed(case, urls)
    arguments = ["export", "--db", url, "-o", "x.json"]
    assert_refused(case, arguments, capsys)
    _, out, said = run(arguments, capsys)
    for secret in (PASSWORD, MARIADB_PASSWORD, ROLE_PASSWORD, "wr0ng"):
        assert secret not in out + said
    assert list(folder.iterdir()) == []


@pytest.mark.postgres
def test_a_table_that_was_altered_while_the_export_waited_for_it(
    postgres_database: PostgresDatabase, tmp_path: Path, capsys: Output
) -> None:
    """The catalog was read, then the export waits for a migration, which commits another shape."""
    postgres_database.execute("CREATE TABLE moved (id integer PRIMARY KEY, words text)")
    arguments = ["export", "--db", postgres_database.url, "-o", str(tmp_path / "x.json")]
    with migrating(postgres_database, "ALTER TABLE moved ALTER words TYPE varchar(9)"):
        code, _, said = run(arguments, capsys)
    assert code == 5, said
    assert "[schema_changed]" in said
    assert "Run it again" in said
    assert list(tmp_path.iterdir()) == []
    assert empties(postgres_database)
    assert run(arguments, capsys)[0] == 0


@contextmanager
def migrating(database: PostgresDatabase, statement: str) -> Iterator[None]:
    """Holds the table until somebody waits for it, then commits."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'entrepot'"
    with psycopg.connect(database.url) as connection:
        connection.execute(b"LOCK TABLE moved IN ACCESS EXCLUSIVE MODE")

        def commit_when_awaited() -> None:
            deadline = time.monotonic() + 8
            while database.value(waiting) == 0 and time.monotonic() < deadline:
                time.sleep(0.02)
            connection.execute(statement.encode())
            connection.commit()

        thread = threading.Thread(target=commit_when_awaited)
        thread.start()
        try:
            yield
        finally:
            thread.join()


def test_a_sqlite_table_that_is_altered_during_the_export(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In WAL mode nobody is kept from altering it; the export sees it at the end and publishes nothing."""
    from entrepot.cli.progress import Lines

    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE moved (id integer PRIMARY KEY)")
        other.execute("INSERT INTO moved VALUES (1)")

        def alter(_lines: Lines, _entity: str, _total: int | None) -> None:
            other.execute("ALTER TABLE moved ADD COLUMN word TEXT")

        monkeypatch.setattr(Lines, "begin", alter)
        code, _, said = run(["export", "--db", f"sqlite:///{file}", "-o", str(tmp_path / "out/x.json")], capsys)
    assert code == 5, said
    assert "[schema_changed]" in said
    assert list((tmp_path / "out").iterdir()) == []


LIMITED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
from entrepot.cli import main
sys.exit(main())
"""


@pytest.mark.parametrize("format", ["csv", "csv.gz", "json", "xlsx", "pdf", "sql", "parquet", "zip", "csv.age"])
def test_a_full_disk_is_told_and_leaves_nothing(shop: Path, tmp_path: Path, format: str) -> None:
    """A limit on the size of files fails a write in the middle, just as a full disk does, and needs no root."""
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse\n")
    out = tmp_path / "out"
    encrypt = ["--passphrase-file", str(secret)] if format.endswith(".age") else []
    arguments = ["export", "orderLines", "-o", str(out / f"x.{format}"), "--json", *encrypt]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, *arguments], cwd=shop, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 6, done.stdout.decode() + done.stderr.decode()
    assert json.loads(done.stdout)["error"]["code"] == "insufficient_storage"
    assert done.stderr == b""
    assert list(out.iterdir()) == []
