"""A table without records among others: left out and told, and never without a word where there were some."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance.importing import Shop, counts

TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, code varchar(10));
CREATE TABLE orders (id integer PRIMARY KEY, total integer);
"""
ORDERS = '{"id": 5, "total": 2}\n'


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=TABLES)


def folder(shop: Shop, **files: str) -> str:
    for name, text in files.items():
        place = shop.folder / "in" / name.replace("_", ".")
        place.parent.mkdir(exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return str(shop.folder / "in")


def told(document: dict[str, Any]) -> list[tuple[str, str]]:
    parts = document.get("parts", [document])
    found = [(one["code"], one["message"]) for part in parts for one in part.get("problems", part.get("warnings", ()))]
    return [one for one in found if one[0] == "no_records"]


@pytest.mark.parametrize(
    ("files", "title"),
    [
        ({"customers_ndjson": "", "orders_ndjson": ORDERS}, "customers.ndjson"),
        ({"customers_ndjson": "\n", "orders_csv": "id,total\n5,2\n"}, "customers.ndjson"),
        ({"customers_json": "[]", "orders_ndjson": ORDERS}, "customers.json"),
        ({"all_json": f'{{"entities": {{"orders": [{ORDERS}], "customers": []}}}}'}, "all.json:customers"),
        ({"nobody_json": "{}", "orders_ndjson": ORDERS}, "nobody.json"),
    ],
    ids=["ndjson", "blank", "list", "document", "object"],
)
@pytest.mark.parametrize("mode", ["create", "mirror"])
def test_it_is_left_out_and_told(shop: Shop, files: dict[str, str], title: str, mode: str) -> None:
    shop.rows_changed("INSERT INTO customers VALUES (1, 'kept')")
    asked = ("import", folder(shop, **files), "--mode", mode)
    code, plan = shop.run(*asked, "--dry-run")
    assert code == 0
    assert told(plan) == [("no_records", f"{title} has no records, and is left out.")]
    code, receipt = shop.run(*asked, "--yes")
    assert (code, counts(receipt)) == (0, {"created": 1})
    assert told(receipt) == told(plan)
    assert shop.rows("SELECT * FROM customers") == [(1, "kept")]


def test_who_wants_it_hears_that_there_is_nothing(shop: Shop) -> None:
    given = folder(shop, customers_ndjson="", orders_ndjson=ORDERS)
    code, document = shop.run("import", given, "--into", "customers=customers", "--yes")
    assert (code, document["error"]["code"]) == (2, "no_records")
    assert "customers.ndjson" in document["error"]["message"]
    assert shop.rows("SELECT * FROM orders") == []


def test_where_nothing_else_is_there_it_is_no_import(shop: Shop) -> None:
    code, document = shop.run("import", folder(shop, customers_ndjson="", orders_json="[]"), "--yes")
    assert (code, document["error"]["code"]) == (2, "no_records")


def test_where_a_receipt_counted_some_they_are_missing(shop: Shop) -> None:
    shop.rows_changed("INSERT INTO customers VALUES (1, 'kim')")
    shop.rows_changed("INSERT INTO orders VALUES (5, 2)")
    assert shop.run("export", "customers", "orders", "-o", f"{shop.folder}/out/", "-f", "ndjson")[0] == 0
    assert shop.run("export", "customers", "orders", "-o", f"{shop.folder}/all.json")[0] == 0
    shop.rows_changed("DELETE FROM orders")
    (shop.folder / "out" / "customers.ndjson").write_text("", encoding="utf-8")
    document = json.loads((shop.folder / "all.json").read_text(encoding="utf-8"))
    document["entities"]["customers"] = []
    (shop.folder / "all.json").write_text(json.dumps(document), encoding="utf-8")
    for given in ("out", "all.json"):
        code, answer = shop.run("import", str(shop.folder / given), "--mode", "upsert", "--yes")
        assert (code, answer["error"]["code"]) == (2, "no_records" if given == "out" else "count_differs"), answer
        assert shop.rows("SELECT * FROM orders") == []
