"""Engines of third parties, written before engines heard whoever asks to stop."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import environment_of
from entrepot import Entrepot, ImportRequest
from entrepot.databases import registry
from entrepot.databases.sqlite.engine import SqliteEngine


class Older:
    """An engine that does not hear."""

    def __init__(self, path: Path) -> None:
        self._engine = SqliteEngine(path)

    def __getattr__(self, name: str) -> object:
        if name in ("heed", "undisturbed"):
            raise AttributeError(name)
        return getattr(self._engine, name)


def test_an_engine_that_does_not_hear_exports_and_imports_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(_url: str) -> Older:
        return Older(tmp_path / "app.db")

    monkeypatch.setattr(registry, "_third_party", lambda: {"older": made})
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1);")
    shop = Entrepot("older://app", environment=environment_of(tmp_path))
    (tmp_path / "users.csv").write_text("id\n2\n")
    shop.bring_in(tmp_path / "users.csv", ImportRequest(entity="users"))
    shop.export("users", to=tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text().split() == ["id", "1", "2"]
