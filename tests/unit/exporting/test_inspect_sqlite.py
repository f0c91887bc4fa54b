"""From a database to a package and back to the question whether it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.service.entrepot import ExportOptions

SCHEMA = """
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, photo BLOB, balance DECIMAL(10, 2));
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id), placed_at TIMESTAMP, note TEXT);
CREATE TABLE empty (id INTEGER PRIMARY KEY, text TEXT);
INSERT INTO customers VALUES (1, 'Åsa "A"', x'00ff', '12.50'), (2, '', NULL, NULL);
INSERT INTO orders VALUES (1, 1, '2024-01-02 10:00:00.5', 'a,b' || char(10) || 'c'), (2, 2, NULL, NULL);
"""


@pytest.fixture
def shop(tmp_path: Path) -> Entrepot:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SCHEMA)
    return Entrepot(f"sqlite:///{path}", environment={})


@pytest.mark.parametrize("member_format", ["csv", "ndjson", "json", "parquet"])
def test_a_package_of_a_database_is_whole(member_format: str, shop: Entrepot, tmp_path: Path) -> None:
    chosen = {"member_format": member_format, "manifest": "yes"}
    options = ExportOptions(format_options=chosen)
    outcome = shop.export(to=tmp_path / "shop.zip", options=options)
    found = shop.inspect(outcome.path)
    assert found.problems == ()
    assert found.fingerprints == shop.fingerprint()
    outcome.receipt_path.unlink()
    assert [problem.code for problem in shop.inspect(outcome.path).problems] == ["no_receipt"]


def test_a_package_with_the_receipt_of_another_export_is_found_out(shop: Entrepot, tmp_path: Path) -> None:
    first = shop.export(to=tmp_path / "first.zip")
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        connection.execute("UPDATE customers SET name = 'Bo' WHERE id = 2")
    second = shop.export(to=tmp_path / "second.zip")
    found = shop.inspect(second.path, receipt=first.receipt_path)
    wrong = {(problem.code, problem.place.entity) for problem in found.problems}
    assert wrong >= {("hash_differs", None), ("fingerprint_differs", "customers")}
    assert shop.inspect(second.path).ok


@pytest.mark.slow
def test_a_compressed_and_encrypted_package_is_opened(shop: Entrepot, tmp_path: Path) -> None:
    outcome = shop.export(to=tmp_path / "shop.zip.zst", options=ExportOptions(passphrase="secret"))
    found = shop.inspect(outcome.path, passphrase="secret")
    assert found.problems == ()
    assert found.fingerprints == shop.fingerprint()
