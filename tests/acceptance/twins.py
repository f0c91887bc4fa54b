"""Two databases side by side: rows of the one go into the other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.plans import ImportRequest

CUSTOMERS = """CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL, note text,
    loud text GENERATED ALWAYS AS (upper(name)) STORED)"""
ORDERS = """CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),
    total integer)"""
SCHEMA = (CUSTOMERS, ORDERS, "CREATE VIEW dear AS SELECT * FROM orders WHERE total > 100")
PRODUCTION = (
    "INSERT INTO customers (id, name, note) VALUES (1, 'Ann', ''), (2, 'Bob', NULL), (3, 'Cy', 'a,\"b\"\nc')",
    "INSERT INTO orders VALUES (10, 1, 120), (11, 3, NULL)",
)
STAGING = ("INSERT INTO customers (id, name, note) VALUES (2, 'Robert', 'kept'), (9, 'Test', NULL)",)
SETTINGS = (
    '[databases.production]\nurl = "sqlite:///production.db"\n[databases.staging]\nurl = "sqlite:///staging.db"\n'
)
MERGE = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT, on_conflict=OnConflict.MERGE))


@dataclass(frozen=True)
class Yard:
    folder: Path

    def entrepot(self, name: str = "staging") -> Entrepot:
        return Entrepot(name, config=self.folder / "entrepot.toml", environment={})

    def run(self, name: str, *statements: str) -> None:
        with closing(sqlite3.connect(self.folder / f"{name}.db")) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def rows(self, sql: str, name: str = "staging") -> list[tuple[object, ...]]:
        with closing(sqlite3.connect(self.folder / f"{name}.db")) as connection:
            return connection.execute(sql).fetchall()

    def kept(self) -> list[str]:
        """Stored files."""
        folder = self.folder / ".entrepot" / "artifacts"
        return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.fixture
def yard(tmp_path: Path, forked_workbench: None) -> Yard:
    (tmp_path / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    made = Yard(tmp_path)
    made.run("production", *SCHEMA, *PRODUCTION)
    made.run("staging", *SCHEMA, *STAGING)
    return made


def copied(yard: Yard, *entities: str, **said: object) -> BundleReceipt:
    receipt = yard.entrepot().copy(*entities, source="production", **said)  # type: ignore[arg-type]
    assert isinstance(receipt, BundleReceipt)
    return receipt


def previewed(yard: Yard, *entities: str, **said: object) -> BundlePlan:
    plan = yard.entrepot().preview_copy(*entities, source="production", **said)  # type: ignore[arg-type]
    assert isinstance(plan, BundlePlan)
    return plan
