"""Members of a package that are said to have no records: left out if it is true, and never without a word if not."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from acceptance.importing import Shop, counts

TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, code varchar(10));
CREATE TABLE orders (id integer PRIMARY KEY, total integer);
"""
ORDERS = b'[{"id": 5, "total": 2}]'


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=TABLES)


def package(shop: Shop, member: str, data: bytes) -> str:
    entity = Path(member).name.partition(".")[0]
    with zipfile.ZipFile(shop.folder / "shop.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"entityCounts": {entity: 0, "orders": 1}}))
        archive.writestr(member, data)
        archive.writestr("data/orders.json", ORDERS)
    return str(shop.folder / "shop.zip")


@pytest.mark.parametrize(
    ("member", "data"),
    [
        ("data/customers.json", b'[{"id": 3, "code": "kim"}]'),
        ("data/customers.json", b'{"customers": [{"id": 3, "code": "kim"}]}'),
        ("data/customers.csv", b"id,code\n3,kim\n"),
        ("data/customers.ndjson", b" " * 2000 + b'{"id": 3, "code": "kim"}\n'),
    ],
    ids=["json", "document", "csv", "ndjson"],
)
def test_records_that_are_there_although_none_is_declared_are_told(shop: Shop, member: str, data: bytes) -> None:
    code, document = shop.run("import", package(shop, member, data), "--yes")
    assert (code, document["error"]["code"]) == (2, "count_differs")
    assert "has 1 record, and manifest.json says 0" in document["error"]["message"]
    assert shop.rows("SELECT * FROM orders") == []


@pytest.mark.parametrize(
    ("member", "data"),
    [
        ("data/nobody.json", b"[]"),
        ("data/nobody.json", b'{"nobody": []}'),
        ("data/nobody.json", b"{}"),
        ("data/nobody.csv", b"id,code\n"),
        ("data/nobody.csv", b"\xef\xbb\xbf\n"),
        ("data/nobody.ndjson", b""),
    ],
    ids=["json", "document", "object", "csv", "blank csv", "ndjson"],
)
def test_nobody_is_asked_where_a_member_without_records_goes(shop: Shop, member: str, data: bytes) -> None:
    code, receipt = shop.run("import", package(shop, member, data), "--yes")
    assert (code, counts(receipt)) == (0, {"created": 1})
    assert shop.rows("SELECT id FROM orders") == [(5,)]
