"""Passwords and keys that an import is given stand in nothing that it writes, prints or keeps, whatever happens."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case
from contract.databases.case import EngineCase, Place
from contract.databases.mariadb_case import MariaPlace
from entrepot.storage.unpacking import packing, unpacked

CANARY = "cAnary-4711-of-the-tests"
PASSPHRASE = "pass-canary-0815-of-the-tests"
CASES = (
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)


@pytest.fixture(params=CASES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """With a user whose password is the canary."""
    case: EngineCase = request.param
    with case.place(request, tmp_path) as made:
        made.execute("CREATE TABLE t (id integer PRIMARY KEY, v varchar(9))", "INSERT INTO t VALUES (1, 'a')")
        if isinstance(made, MariaPlace):
            begin = (
                f"CREATE USER canary@'127.0.0.1' IDENTIFIED BY '{CANARY}'",
                "GRANT ALL ON *.* TO canary@'127.0.0.1'",
            )
            end = ("DROP USER canary@'127.0.0.1'",)
        else:
            begin = (f"CREATE ROLE canary SUPERUSER LOGIN PASSWORD '{CANARY}'",)
            end = ("DROP OWNED BY canary", "DROP ROLE canary")
        made.execute(*begin)
        try:
            yield made
        finally:
            made.execute(*end)


def run(home: Path, place: Place, *words: str, password: str = CANARY, port: str | None = None) -> int:
    """What it prints is kept in the folder, too."""
    scheme, _, rest = place.url.partition("://")
    url = f"{scheme}://canary:{password}@{rest.partition('@')[2]}"
    if port:
        url = url.replace(url.rpartition(":")[2].partition("/")[0], port)
    (home / "entrepot.toml").write_text(f'[databases.main]\nurl = "{url}"\n', encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *words],
        cwd=home,
        env={**os.environ, "TMPDIR": str(home)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    number = len(list(home.glob("said-*")))
    (home / f"said-{number}").write_bytes(done.stdout + done.stderr)
    return done.returncode


def plain(path: Path) -> bytes:
    """Journals are compressed; the rest is as it is."""
    data = path.read_bytes()
    begin = packing(data[:64])
    return data if begin is None else b"".join(unpacked(io.BytesIO(data), path.name, begin))


def betrayers(home: Path) -> list[str]:
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "entrepot.toml"]
    assert any(path.name == "ledger.db" for path in files)
    words = [secret.encode() for secret in (CANARY, PASSPHRASE)]
    return [str(path) for path in files if any(word in plain(path) for word in words)]


def test_a_password_stays_where_it_was_said(place: Place, tmp_path: Path) -> None:
    home, secret = tmp_path / "home", tmp_path / "passphrase"
    home.mkdir()
    secret.write_text(PASSPHRASE, encoding="utf-8")
    (home / "in.csv").write_text("id,v\n1,b\n2,c\n", encoding="utf-8")
    (home / "bad.csv").write_text("id,v\nx,b\n3,too long for it\n", encoding="utf-8")
    into = ("--into", "t", "--mode", "upsert", "--yes")
    sealed = ("--passphrase-file", str(secret))
    if not isinstance(place, MariaPlace):
        assert run(home, place, "export", "t", "-o", "out.csv", *sealed) == 0
        assert run(home, place, "import", "out.csv.age", *into, *sealed) == 0
    assert run(home, place, "import", "in.csv", *into, "--save-mapping", "m", "--prove") == 0
    assert run(home, place, "import", "bad.csv", *into, "--json") == 2
    place.execute("ALTER TABLE t ADD CONSTRAINT c CHECK (abs(id) < 3)")
    (home / "in.csv").write_text("id,v\n5,b\n", encoding="utf-8")
    assert run(home, place, "import", "in.csv", *into) == 2
    assert run(home, place, "import", "in.csv", *into, password=f"{CANARY}-wrong") == 3
    assert run(home, place, "import", "in.csv", *into, port="1") == 4
    assert betrayers(home) == []
