"""A database with documents whose bytes lie in a folder, and others like it, to bring them into."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from entrepot import Entrepot, ExportOptions
from entrepot.model.attachments import Files
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportRequest
from entrepot.model.ports import Reporter

SETTINGS = """
[databases.main]
url = "sqlite:///app.db"
[files.store]
folder = "store"
[entities.documents]
fields.key = { file = "store", file_name = "name" }
"""
TABLE = "CREATE TABLE documents (id INTEGER PRIMARY KEY, name TEXT, key TEXT)"
Row = tuple[object, ...]
ROWS: Sequence[Row] = [(1, "x.txt", "2024/x"), (2, "y.txt", "2024/y"), (3, None, None)]
FILES = {"2024/x": b"x" * 1000, "2024/y": b"y" * 2_000_000}
RESTORE = ImportRequest(entity="documents")
UPSERT = ImportRequest(entity="documents", mode=Mode.UPSERT)
REWRITE = ImportRequest(entity="documents", files=Files.REWRITE)


@dataclass(frozen=True)
class Office:
    folder: Path

    @property
    def entrepot(self) -> Entrepot:
        return Entrepot(config=self.folder / "entrepot.toml", environment={})

    def service(self, reporter: Reporter) -> Entrepot:
        return Entrepot(config=self.folder / "entrepot.toml", environment={}, reporter=reporter)

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def execute(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / "app.db")) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, query: str = "SELECT * FROM documents ORDER BY id") -> list[Row]:
        with closing(sqlite3.connect(self.folder / "app.db")) as connection:
            return connection.execute(query).fetchall()

    def put(self, files: Mapping[str, bytes]) -> None:
        for key, data in files.items():
            path = self.store / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def files(self) -> dict[str, bytes]:
        """All that is in the store, hidden or not; a folder that is empty ends with a slash."""
        found = {}
        for path in sorted(self.store.rglob("*")):
            name = str(path.relative_to(self.store))
            if path.is_file():
                found[name] = path.read_bytes()
            elif not any(path.iterdir()):
                found[f"{name}/"] = b""
        return found


def office(
    folder: Path, rows: Sequence[Row] = (), files: Mapping[str, bytes] | None = None, *, settings: str = SETTINGS
) -> Office:
    folder.mkdir()
    made = Office(folder)
    made.execute(TABLE)
    with closing(sqlite3.connect(folder / "app.db")) as connection, connection:
        connection.executemany("INSERT INTO documents VALUES (?, ?, ?)", rows)
    made.put(files or {})
    (folder / "entrepot.toml").write_text(settings, encoding="utf-8")
    return made


def package(folder: Path, rows: Sequence[Row] = ROWS, files: Mapping[str, bytes] | None = None) -> Path:
    """What such a database exports."""
    source = office(folder / "source", rows, FILES if files is None else files)
    return source.entrepot.export(to=folder / "office.zip", options=ExportOptions(overwrite=True)).path


def foreign(folder: Path, members: Mapping[str, bytes | str]) -> Path:
    """A package of somebody else."""
    file = folder / "foreign.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file
