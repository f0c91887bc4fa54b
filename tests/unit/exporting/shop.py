"""A small shop of two tenants, for tests of what goes out."""

from __future__ import annotations

from dataclasses import replace

from entrepot.model.catalog import Catalog, Entity, EntityKind, Key
from unit.model_catalogs import catalog, entity

TENANTS = replace(entity("tenants", "id! slug name"), keys=(Key(name="slug", fields=("slug",)),))
CUSTOMERS = replace(
    entity("customers", "id! tenant_id->tenants email? created_at boss_id?->customers"), groups=("crm",)
)
ORDERS = replace(entity("orders", "id! customer_id->customers product_id?->products total_id note"), public="sale")
PRODUCTS = replace(entity("products", "id! name"), groups=("crm",))
VIEW = replace(entity("totals", "id name"), kind=EntityKind.VIEW)
SHOP: Catalog = replace(catalog(ORDERS, CUSTOMERS, VIEW, TENANTS, PRODUCTS), tenant_root="tenants")


def row(table: Entity, *values: str | None) -> dict[str, str | None]:
    return dict(zip((field.name for field in table.fields), values, strict=True))


TABLES: dict[str, list[dict[str, str | None]]] = {
    "tenants": [row(TENANTS, "1", "acme", "Acme"), row(TENANTS, "2", "bolt", "Acme")],
    "customers": [
        row(CUSTOMERS, "10", "1", "a@x", "2024-01-01 00:00:00", None),
        row(CUSTOMERS, "11", "1", None, "2024-02-01 00:00:00", "10"),
        row(CUSTOMERS, "20", "2", "c@x", "2024-03-01 00:00:00", None),
    ],
    "orders": [
        row(ORDERS, "100", "10", "7", "1", "first"),
        row(ORDERS, "101", "11", None, "2", "second"),
        row(ORDERS, "200", "20", "8", "3", "third"),
    ],
    "products": [row(PRODUCTS, "7", "pen"), row(PRODUCTS, "8", "ink")],
    "totals": [],
}
