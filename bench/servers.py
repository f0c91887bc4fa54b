"""The data set, loaded into disposable servers and a file."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.dataset import ACCOUNTS, CATEGORIES, account_id
from servers.mariadb import running_server as running_mariadb
from servers.postgres import running_server as running_postgres

POSTGRES = """
CREATE TABLE accounts (id uuid PRIMARY KEY);
CREATE TABLE categories (id int PRIMARY KEY);
CREATE TABLE transactions (
  id bigint PRIMARY KEY, account_id uuid NOT NULL, booked_at timestamptz NOT NULL,
  amount numeric(14,2) NOT NULL, currency char(3) NOT NULL, description text NOT NULL,
  category_id int, is_pending boolean NOT NULL, metadata jsonb NOT NULL, created_at timestamptz NOT NULL);
"""
POSTGRES_KEYS = """
ALTER TABLE transactions ADD FOREIGN KEY (account_id) REFERENCES accounts;
ALTER TABLE transactions ADD FOREIGN KEY (category_id) REFERENCES categories;
VACUUM ANALYZE transactions;
"""
MARIADB = """
CREATE TABLE transactions (
  id bigint PRIMARY KEY, account_id char(36) NOT NULL, booked_at datetime(6) NOT NULL, amount decimal(14,2) NOT NULL,
  currency char(3) NOT NULL, description varchar(80) NOT NULL, category_id int, is_pending boolean NOT NULL,
  metadata json NOT NULL, created_at datetime(6) NOT NULL);
"""
MARIADB_LOAD = """
LOAD DATA INFILE '{file}' INTO TABLE transactions CHARACTER SET utf8mb4
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n'
(id, account_id, @booked_at, amount, currency, description, @category_id, @is_pending, metadata, @created_at)
SET booked_at = replace(@booked_at, '+00', ''), created_at = replace(@created_at, '+00', ''),
    category_id = nullif(@category_id, ''), is_pending = (@is_pending = 'true')
"""
SQLITE = """
CREATE TABLE transactions (
  id INTEGER PRIMARY KEY, account_id TEXT NOT NULL, booked_at TIMESTAMP NOT NULL, amount TEXT NOT NULL,
  currency TEXT NOT NULL, description TEXT NOT NULL, category_id INTEGER, is_pending BOOLEAN NOT NULL,
  metadata JSON NOT NULL, created_at TIMESTAMP NOT NULL);
"""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """URLs by engine; an engine that no chosen case needs is absent."""

    postgres: str = ""
    mariadb: str = ""
    mariadb_client: str = ""
    """The `mariadb` command up to its options for the query."""
    sqlite: str = ""


@contextmanager
def loaded(rows: int, file: Path, work: Path, engines: frozenset[str]) -> Iterator[Sources]:
    with ExitStack() as stack:
        postgres = _postgres(stack, rows, file) if "postgres" in engines else ""
        mariadb, client = _mariadb(stack, file) if "mariadb" in engines else ("", "")
        sqlite = _sqlite(file, work / f"bench-{rows}.db") if "sqlite" in engines else ""
        yield Sources(postgres=postgres, mariadb=mariadb, mariadb_client=client, sqlite=sqlite)


def _postgres(stack: ExitStack, rows: int, file: Path) -> str:
    database = stack.enter_context(stack.enter_context(running_postgres()).database())
    parents = "".join(f"{account_id(number)}\n" for number in range(ACCOUNTS))
    for script in (
        POSTGRES,
        f"COPY accounts FROM stdin;\n{parents}\\.\n",
        f"INSERT INTO categories SELECT generate_series(1, {CATEGORIES});",
        f"\\copy transactions FROM '{file}' csv",
        POSTGRES_KEYS,
    ):
        done = database.psql("-v", "ON_ERROR_STOP=1", script=script.encode())
        assert done.returncode == 0, done.stderr
    return database.url


def _mariadb(stack: ExitStack, file: Path) -> tuple[str, str]:
    server = stack.enter_context(running_mariadb())
    database = stack.enter_context(server.database())
    database.execute(MARIADB, MARIADB_LOAD.format(file=file), "ANALYZE TABLE transactions")
    return database.url, shlex.join([*server.client_command(), database.name])


def _sqlite(file: Path, path: Path) -> str:
    if not path.exists():
        script = (
            f"{SQLITE}\n.mode csv\n.import {file} transactions\nUPDATE transactions SET category_id = NULL "
            "WHERE category_id = '';\n"
        )
        subprocess.run(["sqlite3", str(path)], input=script.encode(), check=True)
    return f"sqlite:///{path}"
