"""Attachments: every file once, none silently left behind."""

from __future__ import annotations

import errno
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest

from entrepot import Entrepot
from entrepot.model.errors import InputError, StorageError
from entrepot.storage.faults import reading

SETTINGS = """
[databases.main]
url = "sqlite:///app.db"
[files.store]
folder = "store"
[entities.a]
fields.f = { file = "store" }
[entities.b]
fields.g = { file = "store" }
"""


def shop(folder: Path, second: str) -> Entrepot:
    """Two entities whose rows have the same ids; `second` is the key of the other one's file."""
    (folder / "store").mkdir()
    for name in ("x.txt", "y.txt"):
        (folder / "store" / name).write_text(name, encoding="utf-8")
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        connection.executescript(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, f TEXT); INSERT INTO a VALUES (1, 'x.txt');"
            f"CREATE TABLE b (id INTEGER PRIMARY KEY, g TEXT); INSERT INTO b VALUES (1, '{second}');"
        )
    (folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    return Entrepot(config=folder / "entrepot.toml")


def members(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("files/")}


def listed(package: Path) -> list[dict[str, object]]:
    with zipfile.ZipFile(package) as archive:
        found: list[dict[str, object]] = json.loads(archive.read("datapackage.json"))["entrepot"]["attachments"]
    return found


def test_files_of_two_fields_under_one_id_lie_apart(tmp_path: Path) -> None:
    outcome = shop(tmp_path, "y.txt").export(to=tmp_path / "out.zip")
    assert members(outcome.path) == {"files/1/x.txt": b"x.txt", "files/b-g-1/y.txt": b"y.txt"}
    assert [(item["entity"], item["field"], item["path"]) for item in listed(outcome.path)] == [
        ("a", "f", "files/1/x.txt"),
        ("b", "g", "files/b-g-1/y.txt"),
    ]
    found = Entrepot().inspect(outcome.path)
    assert found.verified
    assert "2 references to files: 0 of the files were missing." in found.checks


def test_two_files_of_one_field_under_one_id_are_refused_and_nothing_is_published(tmp_path: Path) -> None:
    service = shop(tmp_path, "y.txt")
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("ALTER TABLE a ADD COLUMN batch TEXT")
        connection.execute("INSERT INTO a VALUES (2, 'y.txt', 'same')")
        connection.execute("UPDATE a SET batch = 'same'")
    settings = tmp_path / "entrepot.toml"
    settings.write_text(SETTINGS.replace('"store" }', '"store", file_id = "batch" }', 1), encoding="utf-8")
    service = Entrepot(config=settings)
    with pytest.raises(InputError) as caught:
        service.export("a", to=tmp_path / "out.zip")
    assert caught.value.code == "file_id_clash"
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("UPDATE a SET batch = NULL WHERE id = 2")
    with pytest.raises(InputError) as caught:
        service.export("a", to=tmp_path / "out.zip")
    assert caught.value.code == "file_id_missing"
    assert not (tmp_path / "out.zip").exists()


def test_a_file_that_cannot_be_read_is_not_called_missing(tmp_path: Path) -> None:
    """The memory of a process is a file whose first byte nobody can read: the system says EIO."""
    service = shop(tmp_path, "gone.txt")
    settings = tmp_path / "entrepot.toml"
    settings.write_text(SETTINGS.replace('folder = "store"', 'folder = "/proc/self"'), encoding="utf-8")
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection, connection:
        connection.execute("UPDATE a SET f = 'mem'")
    service = Entrepot(config=settings)
    outcome = service.export(to=tmp_path / "out.zip")
    assert [(problem.code, problem.value) for problem in outcome.receipt.warnings] == [
        ("unreadable_attachment", "1"),
        ("missing_attachment", "1"),
    ]
    assert [item.get("unreadable", False) for item in listed(outcome.path)] == [True, False]
    assert members(outcome.path) == {}
    assert Entrepot().inspect(outcome.path).verified


def test_an_attachment_that_breaks_off_fails_the_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service = shop(tmp_path, "y.txt")

    def breaking(file: BinaryIO, path: Path) -> Iterator[bytes]:
        with reading(path):
            yield file.read(1)
            raise OSError(errno.EIO, "gone")

    monkeypatch.setattr("entrepot.storage.files._read", breaking)
    with pytest.raises(StorageError) as caught:
        service.export(to=tmp_path / "out.zip")
    assert caught.value.code == "disk_error"
    assert not list(tmp_path.glob("*out.zip*"))


def test_one_file_that_two_rows_refer_to_goes_out_once(tmp_path: Path) -> None:
    outcome = shop(tmp_path, "x.txt").export(to=tmp_path / "out.zip")
    assert members(outcome.path) == {"files/1/x.txt": b"x.txt"}
    assert [item["path"] for item in listed(outcome.path)] == ["files/1/x.txt"] * 2
    assert Entrepot().inspect(outcome.path).verified
