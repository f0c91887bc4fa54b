"""Writes the sample into a folder: `shop.db`, the attachments, and the settings that describe it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.sample.rows import Sample, file_content

SETTINGS = """\
# What the schema cannot say about the sample shop. Everything here is optional.
[databases.main]
url = "sqlite:///shop.db"

[tenancy]
root = "tenants"

[files.uploads]
folder = "uploads"

[entities.tenants]
label = "Companies"
natural_key = ["slug"]

[entities.users]
natural_key = ["email"]
groups = ["people"]
fields.email = { aliases = ["e-mail"], sensitive = "email" }
fields.full_name = { sensitive = "name" }

[entities.customers]
groups = ["people", "sales"]
fields.email = { sensitive = "email" }
fields.phone = { sensitive = "phone" }

[entities.orders]
groups = ["sales"]
natural_key = ["number"]
timestamp = "created_at"

[entities.order_lines]
name = "orderLines"
groups = ["sales"]

[entities.attachments]
fields.storage_key = { file = "uploads", file_id = "id", file_name = "file_name" }

[exports.sales]
entities = ["@sales"]
related = "parents"

[exports.people]
entities = ["@people"]
"""


MARKER = ".entrepot-demo"
"""Says that a folder is ours. It is there before anything else, so that a run that died can be repeated."""


def create_sample(folder: Path) -> Path:
    """The database file. What an earlier run left there is replaced; a folder with anything else is refused."""
    _claim(folder)
    database = folder / "shop.db"
    for left_over in (database, *(folder / f"shop.db-{ending}" for ending in ("wal", "shm", "journal"))):
        left_over.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as connection:
        _fill(connection)
    _write_files(folder / "uploads")
    (folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    return database


def _claim(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / MARKER).is_file() and any(folder.iterdir()):
        raise InputError(
            "foreign_folder",
            f"{folder} holds files that are not of an earlier demonstration.",
            remedy="Name another folder (--folder), a new or an empty one.",
        )
    (folder / MARKER).write_text("Made by `entrepot demo`, which replaces what it made here.\n", encoding="utf-8")


def _fill(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.executescript(resources.files("entrepot.sample").joinpath("schema.sql").read_text(encoding="utf-8"))
    with connection:
        for table, rows in Sample().tables():
            width = len(connection.execute(f"PRAGMA table_info({table})").fetchall())
            connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * width)})", rows)
    connection.execute("ANALYZE")


def _write_files(folder: Path) -> None:
    """All attachments but one: real applications lose files, and an export must say so."""
    for number in range(1, 40):
        path = folder / f"orders/{number:04d}/{number:04d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file_content(number))
