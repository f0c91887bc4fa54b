"""Attachments: every file once, none silently left behind."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.model.errors import InputError

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


def test_two_files_under_one_id_are_refused_and_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        shop(tmp_path, "y.txt").export(to=tmp_path / "out.zip")
    assert caught.value.code == "file_id_clash"
    assert not (tmp_path / "out.zip").exists()


def test_one_file_that_two_rows_refer_to_goes_out_once(tmp_path: Path) -> None:
    outcome = shop(tmp_path, "x.txt").export(to=tmp_path / "out.zip")
    assert Entrepot().inspect(outcome.path).ok
