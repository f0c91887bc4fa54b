"""A bazaar: tables whose keys the database gives out, with rows in them, and files that have ids of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportRequest

KEYS = {
    "sqlite": "integer PRIMARY KEY",
    "postgres": "integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "mysql": "integer AUTO_INCREMENT PRIMARY KEY",
}
TABLES = (
    "CREATE TABLE categories (id {key}, name varchar(20) NOT NULL, parent_id integer REFERENCES categories (id))",
    "CREATE TABLE products (id {key}, sku varchar(10) NOT NULL UNIQUE, category_id integer REFERENCES categories (id))",
    """CREATE TABLE customers (id {key}, email varchar(40) NOT NULL UNIQUE, name varchar(20),
       invited_by integer REFERENCES customers (id))""",
    "CREATE TABLE orders (id {key}, customer_id integer NOT NULL REFERENCES customers (id), placed date)",
    """CREATE TABLE order_lines (id {key}, order_id integer NOT NULL REFERENCES orders (id),
       product_id integer NOT NULL REFERENCES products (id), number integer)""",
    """CREATE TABLE notes (order_id integer NOT NULL REFERENCES orders (id), position integer NOT NULL,
       words varchar(40), PRIMARY KEY (order_id, position))""",
    "ALTER TABLE customers ADD COLUMN favourite_id integer REFERENCES orders (id)",
    "INSERT INTO categories (name) VALUES ('old'), ('older')",
    "INSERT INTO products (sku, category_id) VALUES ('tea', 1), ('salt', 2)",
    "INSERT INTO customers (email, name) VALUES ('ann@x.org', 'Ann'), ('bob@x.org', 'Bob'), ('t1@x.org', 'T')",
    "INSERT INTO orders (customer_id) VALUES (1), (2), (3), (1), (2)",
    "INSERT INTO order_lines (order_id, product_id, number) VALUES (1, 1, 99)",
    "INSERT INTO notes VALUES (1, 1, 'old')",
)
FILES = {
    "categories": "id,name,parent_id\n3,dairy,2\n2,food,\n1,cheese,3\n",
    "products": "id,sku,category_id\np1,gouda,1\np2,brie,1\np3,tea,2\n",
    "customers": "id,email,name,invited_by,favourite_id\n1,cy@x.org,Cy,2,12\n2,ann@x.org,Anna,,\n3,dee@x.org,Dee,1,\n",
    "orders": "id,customer_id,placed\n11,1,2024-05-01\n12,2,2024-05-02\n",
    "order_lines": "id,order_id,product_sku,number\n1,11,gouda,1\n2,12,tea,2\n3,12,brie,3\n",
    "notes": "order_id,position,words\n11,1,soon\n12,1,late\n",
}
PEOPLE = """SELECT c.email, c.name, i.email, f.placed FROM customers c LEFT JOIN customers i ON i.id = c.invited_by
    LEFT JOIN orders f ON f.id = c.favourite_id ORDER BY c.email"""
GOODS = """SELECT p.sku, c.name, d.name FROM products p JOIN categories c ON c.id = p.category_id
    LEFT JOIN categories d ON d.id = c.parent_id ORDER BY p.sku"""
BOUGHT = """SELECT u.email, o.placed, p.sku, l.number FROM order_lines l JOIN orders o ON o.id = l.order_id
    JOIN customers u ON u.id = o.customer_id JOIN products p ON p.id = l.product_id ORDER BY l.number"""
NOTED = "SELECT o.placed, n.position, n.words FROM notes n JOIN orders o ON o.id = n.order_id ORDER BY n.words"
EVERYTHING = (PEOPLE, GOODS, BOUGHT, NOTED)
COUNTED = ("categories", "products", "customers", "orders", "order_lines", "notes")


@dataclass(frozen=True)
class Bazaar:
    place: Place
    folder: Path
    entrepot: Entrepot

    def files(self, *names: str, **others: str) -> list[Path]:
        """All, or some; the content of a few is another one."""
        found = []
        for name in names or FILES:
            path = self.folder / f"{name}.csv"
            path.write_text(others.get(name, FILES[name]), encoding="utf-8")
            found.append(path)
        return found

    def all_rows(self) -> list[list[tuple[object, ...]]]:
        """What people see of them: by names, not by keys."""
        return [[tuple(map(str, row)) for row in self.place.rows(query)] for query in EVERYTHING]

    def counts(self) -> dict[str, int]:
        found = {table: self.place.rows(f"SELECT count(*) FROM {table}") for table in COUNTED}
        return {table: int(str(rows[0][0])) for table, rows in found.items()}

    def preview(self, files: list[Path], asked: BundleRequest) -> BundlePlan:
        plan = self.entrepot.preview(files, asked)
        assert isinstance(plan, BundlePlan)
        return plan

    def bring_in(self, files: list[Path], asked: BundleRequest) -> BundleReceipt:
        receipt = self.entrepot.bring_in(files, asked)
        assert isinstance(receipt, BundleReceipt)
        return receipt


def asked(source: str = "old shop", **tables: ImportRequest) -> BundleRequest:
    each = ImportRequest(entity="", mode=Mode.UPSERT, source=source, own_ids=("all",))
    own = {"customers": ImportRequest(entity="", mode=Mode.UPSERT, source=source, own_ids=("all",), key=("email",))}
    own["products"] = ImportRequest(entity="", mode=Mode.UPSERT, source=source, own_ids=("all",), key=("sku",))
    return BundleRequest(each=each, tables={**own, **tables})


@contextmanager
def opened(case: EngineCase, request: pytest.FixtureRequest, folder: Path) -> Iterator[Bazaar]:
    with case.place(request, folder) as place:
        place.execute(*(table.format(key=KEYS[case.name]) for table in TABLES))
        settings = folder / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Bazaar(place, folder, Entrepot(place.url, config=settings, environment={}))
