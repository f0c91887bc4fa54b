"""Which entity the name of a file means, whatever dots it has."""

from __future__ import annotations

import pytest

from entrepot.model.table_names import TableName, entity_for
from unit.model_catalogs import catalog, entity


@pytest.mark.parametrize(
    ("file", "known", "meant"),
    [
        ("users.csv.gz", ["users", "users_csv"], "users"),
        ("order.lines.csv", ["order", "order_lines"], "order"),
        ("order.lines.csv", ["order_lines"], "order_lines"),
        ("sales.orders.csv", ["sales", "sales.orders"], "sales.orders"),
        ("Sales.Orders.ndjson.zst", ["sales", "sales.orders"], "sales.orders"),
        ("orders.2025.csv", ["orders", "lines"], "orders"),
        ("orders", ["orders"], "orders"),
        ("nobody.orders.csv", ["orders"], None),
    ],
)
def test_the_entity_of_a_file(file: str, known: list[str], meant: str | None) -> None:
    there = catalog(*(entity(name, "id!") for name in known))
    found = entity_for(TableName(file=file, table=None), there)
    assert (found and found.name) == meant
