"""A table without records among others: left out and told, and never without a word where there were some."""

from __future__ import annotations

import gzip
import json
import zipfile
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
    return [one for one in found if one[0] == "nothing_in_it"]


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
def test_it_is_left_out_and_told(shop: Shop, files: dict[str, str], title: str) -> None:
    shop.rows_changed("INSERT INTO customers VALUES (1, 'kept')")
    given = folder(shop, **files)
    code, plan = shop.run("import", given, "--dry-run")
    assert code == 0
    assert told(plan) == [("nothing_in_it", f"{title} has no records, and is left out.")]
    code, receipt = shop.run("plan", "apply", plan["plan_id"])
    assert (code, counts(receipt)) == (0, {"created": 1})
    assert told(receipt) == told(plan)
    assert shop.rows("SELECT * FROM customers") == [(1, "kept")]


@pytest.mark.parametrize("more", [("--mode", "mirror"), ("--records", "1")])
def test_who_counts_records_or_mirrors_leaves_nothing_out(shop: Shop, more: tuple[str, ...]) -> None:
    given = folder(shop, customers_ndjson="", orders_ndjson=ORDERS)
    code, document = shop.run("import", given, "--yes", *more)
    assert (code, document["error"]["code"]) == (2, "not_together" if "--records" in more else "no_records")
    assert shop.rows("SELECT * FROM orders") == []


def test_who_wants_it_hears_that_there_is_nothing(shop: Shop) -> None:
    given = folder(shop, customers_ndjson="", orders_ndjson=ORDERS)
    code, document = shop.run("import", given, "--into", "customers=customers", "--yes")
    assert (code, document["error"]["code"]) == (2, "no_records")
    assert "customers.ndjson" in document["error"]["message"]
    assert shop.rows("SELECT * FROM orders") == []


def test_where_nothing_else_is_there_it_is_no_import(shop: Shop) -> None:
    code, document = shop.run("import", folder(shop, customers_ndjson="", orders_json="[]"), "--yes")
    assert (code, document["error"]["code"]) == (2, "no_records")


@pytest.fixture
def full(shop: Shop) -> Shop:
    shop.rows_changed("INSERT INTO customers VALUES (1, 'kim')")
    shop.rows_changed("INSERT INTO orders VALUES (5, 2)")
    return shop


def exported(shop: Shop, to: str, *more: str) -> Path:
    assert shop.run("export", "customers", "orders", "-o", f"{shop.folder}/{to}", *more)[0] == 0
    shop.rows_changed("DELETE FROM orders")
    return shop.folder / to


def refused(shop: Shop, given: Path) -> str:
    code, answer = shop.run("import", str(given), "--mode", "upsert", "--yes")
    assert code != 0, answer
    assert shop.rows("SELECT * FROM orders") == []
    return answer["error"]["code"]


@pytest.mark.parametrize("more", [(), ("--compress", "gzip")], ids=["plain", "gzip"])
def test_files_that_a_receipt_counted_records_of_are_missing_them(full: Shop, more: tuple[str, ...]) -> None:
    out = exported(full, "out/", "-f", "ndjson", *more)
    (lost,) = out.glob("customers.ndjson*")
    lost.write_bytes(gzip.compress(b"") if more else b"")
    assert refused(full, out) == "no_records"


def test_beside_a_damaged_receipt_nothing_is_left_out(full: Shop) -> None:
    out = exported(full, "out/", "-f", "ndjson")
    (out / "customers.ndjson").write_bytes(b"")
    (out / "receipt.json").write_bytes((out / "receipt.json").read_bytes()[:-20])
    assert refused(full, out) == "no_records"


def test_lists_that_a_document_counted_records_of_are_missing_them(full: Shop) -> None:
    file = exported(full, "all.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    document["entities"]["customers"] = []
    file.write_text(json.dumps(document), encoding="utf-8")
    assert refused(full, file) in ("count_differs", "no_records")
    del document["metadata"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert refused(full, file) == "no_records"


def test_members_that_a_manifest_counted_records_of_are_missing_them(full: Shop) -> None:
    full.rows_changed("DELETE FROM orders")
    with zipfile.ZipFile(full.folder / "shop.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"entityCounts": {"customers": 3, "orders": 1}}))
        archive.writestr("data/customers.ndjson", "")
        archive.writestr("data/orders.ndjson", ORDERS)
    assert refused(full, full.folder / "shop.zip") in ("count_differs", "no_records")


def test_a_document_that_counts_records_of_its_one_empty_list_is_refused_beside_others(full: Shop) -> None:
    given = folder(full, orders_ndjson=ORDERS)
    full.rows_changed("DELETE FROM orders")
    document = '{"metadata": {"counts": {"customers": 100}}, "entities": {"customers": []}}'
    (full.folder / "in" / "customers.json").write_text(document, encoding="utf-8")
    assert refused(full, Path(given)) in ("count_differs", "no_records")


def test_it_keeps_no_files_of_one_table_apart(shop: Shop) -> None:
    given = folder(shop, customers_ndjson="", orders_1_ndjson=ORDERS, orders_2_csv="id,total\n6,3\n")
    into = ("--into", "orders.1.ndjson=orders", "--into", "orders.2.csv=orders")
    code, receipt = shop.run("import", given, *into, "--yes")
    assert (code, counts(receipt)) == (0, {"created": 2})
    assert [code for code, _ in told(receipt)] == ["nothing_in_it"]
