"""A market in a database: tables that refer to each other, and files for each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.plans import ImportRequest

TABLES = (
    "CREATE TABLE customers (id integer PRIMARY KEY, code varchar(10) NOT NULL UNIQUE, name varchar(40) NOT NULL)",
    "CREATE TABLE products (sku varchar(10) PRIMARY KEY, price decimal(8,2), CHECK (abs(price) < 1000))",
    """CREATE TABLE orders (id integer PRIMARY KEY, customer_code varchar(10) NOT NULL, placed date,
       FOREIGN KEY (customer_code) REFERENCES customers (code))""",
    """CREATE TABLE order_lines (order_id integer NOT NULL, sku varchar(10) NOT NULL, number integer NOT NULL,
       PRIMARY KEY (order_id, sku), FOREIGN KEY (order_id) REFERENCES orders (id),
       FOREIGN KEY (sku) REFERENCES products (sku))""",
    "INSERT INTO customers VALUES (1, 'ann', 'Ann')",
    "INSERT INTO products VALUES ('tea', 2.50)",
)
CUSTOMERS = "id,code,name\n1,ann,Ann\n2,bob,Bob\n"
PRODUCTS = "sku,price\ntea,2.50\ngouda,9.90\n"
ORDERS = "id,customer_code,placed\n10,ann,2024-05-01\n11,bob,2024-05-02\n"
LINES = "order_id,sku,number\n10,tea,1\n11,tea,2\n11,gouda,3\n"
FILES = {"order lines.csv": LINES, "orders.csv": ORDERS, "products.csv": PRODUCTS, "customers.csv": CUSTOMERS}
WHOLE = {"customers": 2, "products": 2, "orders": 2, "order_lines": 3}
UPSERT = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT))
SKIPPING = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT, errors=Errors.SKIP))


@dataclass(frozen=True)
class Market:
    place: Place
    folder: Path
    entrepot: Entrepot

    def files(self, **others: str) -> list[Path]:
        """All of them; the content of some is another one, by the first word of their names."""
        found = []
        for name, text in FILES.items():
            path = self.folder / name
            path.write_text(others.get(name.partition(".")[0].replace(" ", "_"), text), encoding="utf-8")
            found.append(path)
        return found

    def counts(self) -> dict[str, int]:
        found = {table: self.place.rows(f"SELECT count(*) FROM {table}") for table in WHOLE}
        return {table: int(str(rows[0][0])) for table, rows in found.items()}

    def preview(self, files: list[Path], asked: BundleRequest = UPSERT) -> BundlePlan:
        plan = self.entrepot.preview(files, asked)
        assert isinstance(plan, BundlePlan)
        return plan

    def bring_in(self, files: list[Path], asked: BundleRequest = UPSERT) -> BundleReceipt:
        receipt = self.entrepot.bring_in(files, asked)
        assert isinstance(receipt, BundleReceipt)
        return receipt


@contextmanager
def opened(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Market]:
    with case.place(request, folder) as place:
        place.execute(*TABLES)
        settings = folder / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Market(place, folder, Entrepot(place.url, config=settings, environment={}))


def counted(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}


def told(plan: BundlePlan) -> dict[str, list[tuple[int | None, str, str]]]:
    """By entity: record, code and words of what keeps records out."""
    return {
        part.entity: [(it.place.record, it.code, it.message) for it in part.problems if it.place.record is not None]
        for part in plan.parts
        if part.failed
    }
