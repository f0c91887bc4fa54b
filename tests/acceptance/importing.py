"""A small shop in SQLite, with settings, that files are brought into as people do it: by the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from entrepot.cli import main

TABLES = """
CREATE TABLE users (id integer PRIMARY KEY, email varchar(80), name varchar(20), age integer, born date, status text);
CREATE TABLE bookings (id integer PRIMARY KEY, user_id integer, start_date date, end_date date, price decimal(8,2),
    code varchar(10));
"""


@dataclass(frozen=True)
class Shop:
    folder: Path
    capsys: pytest.CaptureFixture[str]

    @classmethod
    def opened(cls, folder: Path, capsys: pytest.CaptureFixture[str], settings: str = "", tables: str = TABLES) -> Shop:
        with sqlite3.connect(folder / "shop.db") as connection:
            connection.executescript(tables)
        connection.close()
        shop = cls(folder, capsys)
        shop.set(settings)
        return shop

    def set(self, settings: str) -> None:
        text = f'[databases.shop]\nurl = "sqlite:///shop.db"\n{settings}'
        (self.folder / "entrepot.toml").write_text(text, encoding="utf-8")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        connection = sqlite3.connect(self.folder / "shop.db")
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def rows_changed(self, statement: str) -> None:
        """By somebody else."""
        connection = sqlite3.connect(self.folder / "shop.db")
        with connection:
            connection.execute(statement)
        connection.close()

    def file(self, text: str, name: str = "in.csv") -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return str(self.folder / name)

    def run(self, *words: str) -> tuple[int, dict[str, Any]]:
        """The exit code, and the one document that a command prints."""
        self.capsys.readouterr()
        code = main([*words, "--json", "--config", str(self.folder / "entrepot.toml")])
        return code, json.loads(self.capsys.readouterr().out)

    def screen(self, *words: str) -> str:
        self.capsys.readouterr()
        main([*words, "--config", str(self.folder / "entrepot.toml")])
        return self.capsys.readouterr().out

    def bring(self, file: str, entity: str, *words: str) -> dict[str, Any]:
        """Done without asking; it must succeed."""
        code, receipt = self.run("import", file, "--into", entity, "--yes", *words)
        assert code == 0, receipt
        return receipt

    def plan(self, file: str, entity: str, *words: str) -> dict[str, Any]:
        code, plan = self.run("import", file, "--into", entity, "--dry-run", *words)
        assert code in (0, 2), plan
        assert "error" not in plan, plan
        return plan

    def refusal(self, file: str, entity: str, *words: str) -> dict[str, Any]:
        code, document = self.run("import", file, "--into", entity, "--dry-run", *words)
        assert code == 2
        return dict(document["error"])


def found(plan: dict[str, Any]) -> list[tuple[int, str | None, str, str | None]]:
    """Its findings: record, field, code and value."""
    return [(f["record"], f["field"], f["code"], f["value"]) for f in plan["findings"]]


def counts(plan: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in plan["counts"].items() if count}


def told(plan: dict[str, Any]) -> Sequence[str]:
    return [problem["message"] for problem in plan["problems"]]
