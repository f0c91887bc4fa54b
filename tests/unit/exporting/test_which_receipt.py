"""Of two receipts that speak of a file, the later one counts; a lone export leaves its neighbours their proof."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions, Selection
from entrepot.exporting.receipt_file import decode_receipt, encode_receipt, receipt_path
from entrepot.model.receipts import Receipt
from unit.exporting.inspected import codes, look


@pytest.fixture
def shop(tmp_path: Path) -> Entrepot:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("a", "b"):
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")
            connection.executemany(f"INSERT INTO {table} VALUES (?)", [(n,) for n in range(3)])
    return Entrepot(f"sqlite:///{path}", environment={})


def export(shop: Entrepot, out: Path, *names: str, limit: int = 3) -> Receipt:
    options = ExportOptions(format="csv", overwrite=True)
    return shop.export(*names, to=f"{out}/", selection=Selection(limit=limit), options=options).receipt


def read(path: Path) -> Receipt:
    return decode_receipt(path.read_bytes())


def test_a_receipt_left_of_an_earlier_file_is_not_believed(shop: Entrepot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    earlier = export(shop, out, "a", limit=1)
    export(shop, out, "a", "b")
    receipt_path(out / "a.csv", False).write_bytes(encode_receipt(earlier))
    assert look(out, tmp_path).verified
    assert look(out / "a.csv", tmp_path).verified


def test_a_folders_receipt_that_is_older_is_not_believed(shop: Entrepot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    folders = export(shop, out, "a", "b")
    export(shop, out, "a", limit=1)
    receipt_path(out, True).write_bytes(encode_receipt(replace(folders, created_at="2020-01-01T00:00:00+00:00")))
    assert look(out, tmp_path).verified
    assert look(out / "a.csv", tmp_path).verified


def test_the_folders_receipt_speaks_of_the_others_alone_then(shop: Entrepot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(shop, out, "a", "b")
    export(shop, out, "a", limit=1)
    rest = read(receipt_path(out, True))
    assert [file.name for file in rest.files] == ["b.csv"]
    assert [entity.title for entity in rest.entities] == ["b"]
    assert rest.totals == {"entities": 1, "rows": 3}
    assert [(problem.code, problem.place.file) for problem in rest.warnings] == [("exported_again", "a.csv")]
    (out / "b.csv").write_text("id\n", encoding="utf-8")
    assert "hash_differs" in codes(look(out, tmp_path))


def test_a_folders_receipt_that_speaks_of_nothing_more_goes(shop: Entrepot, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(shop, out, "a", "b")
    for name in ("a", "b"):
        export(shop, out, name)
    assert not receipt_path(out, True).exists()
    assert look(out, tmp_path).verified
