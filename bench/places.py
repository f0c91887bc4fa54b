"""Empty tables to import into, each with its primary key, two foreign keys and the parents; and how they get empty, or
full, again."""

from __future__ import annotations

import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.dataset import ACCOUNTS, CATEGORIES, ImportFiles, account_id
from bench.servers import MARIADB, POSTGRES, SQLITE
from servers.mariadb import running_server as running_mariadb
from servers.postgres import running_server as running_postgres

PARENTS = "CREATE TABLE accounts (id {account} PRIMARY KEY); CREATE TABLE categories (id int PRIMARY KEY);"
KEYS = """
ALTER TABLE transactions ADD CONSTRAINT of_account FOREIGN KEY (account_id) REFERENCES accounts (id);
ALTER TABLE transactions ADD CONSTRAINT of_category FOREIGN KEY (category_id) REFERENCES categories (id);
"""
NO_KEYS = "ALTER TABLE transactions DROP CONSTRAINT of_account; ALTER TABLE transactions DROP CONSTRAINT of_category;"
SQLITE_KEYS = (
    ("account_id TEXT NOT NULL", "account_id TEXT NOT NULL REFERENCES accounts"),
    ("category_id INTEGER", "category_id INTEGER REFERENCES categories"),
)


@dataclass(frozen=True, kw_only=True)
class Places:
    """URLs and client commands by engine; an engine that no chosen case needs is absent."""

    files: ImportFiles
    postgres: str = ""
    mariadb: str = ""
    mariadb_client: str = ""
    sqlite: Path = Path()
    """The database that is imported into; beside it `.empty`, which it is made from."""


@contextmanager
def emptied(rows: int, files: ImportFiles, folder: Path, engines: frozenset[str]) -> Iterator[Places]:
    with ExitStack() as stack:
        postgres = _postgres(stack, files, folder) if "postgres" in engines else ""
        mariadb, client = _mariadb(stack) if "mariadb" in engines else ("", "")
        sqlite = _sqlite(folder / "import.db") if "sqlite" in engines else Path()
        yield Places(files=files, postgres=postgres, mariadb=mariadb, mariadb_client=client, sqlite=sqlite)


def _postgres(stack: ExitStack, files: ImportFiles, folder: Path) -> str:
    """`kept` has all rows, to fill the table from; PostgreSQL flushes to disk as people's does."""
    database = stack.enter_context(stack.enter_context(running_postgres(durable=True)).database())
    parents = "".join(f"{account_id(number)}\n" for number in range(ACCOUNTS))
    full = f"TRUNCATE transactions; {NO_KEYS} INSERT INTO transactions SELECT * FROM kept; {KEYS}"
    (folder / "empty.sql").write_text("TRUNCATE transactions; CHECKPOINT;")
    (folder / "full.sql").write_text(f"{full} VACUUM ANALYZE transactions; CHECKPOINT;")
    for script in (
        POSTGRES,
        KEYS,
        f"COPY accounts FROM stdin;\n{parents}\\.\n",
        f"INSERT INTO categories SELECT generate_series(1, {CATEGORIES}); ANALYZE;",
        f"CREATE TABLE kept (LIKE transactions); \n\\copy kept FROM '{files.clean}' csv header",
    ):
        done = database.psql("-v", "ON_ERROR_STOP=1", script=script.encode())
        assert done.returncode == 0, done.stderr
    return database.url


def _mariadb(stack: ExitStack) -> tuple[str, str]:
    server = stack.enter_context(running_mariadb(durable=True))
    database = stack.enter_context(server.database())
    made = PARENTS.format(account="char(36)") + MARIADB + KEYS
    parents = ",".join(f"('{account_id(number)}')" for number in range(ACCOUNTS))
    numbers = ",".join(f"({number})" for number in range(1, CATEGORIES + 1))
    filled = f"INSERT INTO accounts VALUES {parents}; INSERT INTO categories VALUES {numbers}"
    database.execute(*(part for part in f"{made}{filled}".split(";") if part.strip()))
    return database.url, shlex.join([*server.client_command(), database.name])


def _sqlite(path: Path) -> Path:
    made = PARENTS.format(account="TEXT") + SQLITE
    for plain, referring in SQLITE_KEYS:
        made = made.replace(plain, referring)
    with closing(sqlite3.connect(f"{path}.empty")) as connection, connection:
        connection.executescript(made)
        connection.executemany("INSERT INTO accounts VALUES (?)", ((account_id(n),) for n in range(ACCOUNTS)))
        connection.executemany("INSERT INTO categories VALUES (?)", ((n,) for n in range(1, CATEGORIES + 1)))
    return path
