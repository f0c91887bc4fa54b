"""Related rows and left-out references, case by case; `test_relatives_everywhere` tries the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from entrepot.exporting.relatives import complete
from entrepot.exporting.select import Selected, select
from entrepot.model.catalog import Catalog, Relation
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Relatives, Selection
from unit.exporting.memory_session import MemorySession, Tables
from unit.exporting.shop import SHOP, TABLES
from unit.model_catalogs import catalog, entity

Row = dict[str, str | None]


def exported(
    *entities: str, schema: Catalog = SHOP, tables: Tables = TABLES, **options: Any
) -> tuple[Selected, dict[str, list[Row]], MemorySession]:
    selection = Selection(entities=entities or ("*",), **options)
    session = MemorySession(catalog=schema, tables=tables)
    found = complete(session, select(selection, schema), selection, schema)
    return found, {query.entity.name: session.read(query) for query in found.queries}, session


def keys(rows: dict[str, list[Row]]) -> dict[str, list[str | None]]:
    return {name: [row["id"] for row in table] for name, table in rows.items()}


def failure(*entities: str, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        exported(*entities, **options)
    assert caught.value.remedy
    return caught.value


FIRST: dict[str, Any] = {"where": {"orders": {"id": 101}}}


def test_without_related_rows_only_the_chosen_ones_go_out() -> None:
    _, rows, session = exported("orders", **FIRST)
    assert keys(rows) == {"orders": ["101"]}
    assert not session.rowsets
    assert not session.counted


def test_parents_come_along_to_the_top_with_all_their_fields() -> None:
    found, rows, _ = exported("orders", related=Relatives.PARENTS, fields={"orders": ("id", "customer_id")}, **FIRST)
    assert keys(rows) == {"tenants": ["1"], "customers": ["10", "11"], "orders": ["101"]}
    assert len(rows["customers"][0]) == 5
    assert found.filters["customers"] == "rows related to the chosen ones"


def test_closure_brings_children_and_their_parents() -> None:
    _, rows, _ = exported("customers", where={"customers": {"id": 10}}, related=Relatives.CLOSURE)
    assert keys(rows) == {
        "tenants": ["1"],
        "products": ["7"],
        "customers": ["10", "11"],
        "orders": ["100", "101"],
    }


def test_an_excluded_entity_does_not_come_along() -> None:
    _, rows, _ = exported("orders", exclude=("customers",), related=Relatives.PARENTS)
    assert keys(rows) == {"orders": ["100", "101", "200"], "products": ["7", "8"]}


@pytest.mark.parametrize("related", Relatives)
@pytest.mark.parametrize("left_out", LeftOut)
def test_where_everything_goes_out_nothing_is_looked_for(related: Relatives, left_out: LeftOut) -> None:
    found, _, session = exported(related=related, left_out=left_out)
    assert not session.rowsets
    assert not session.counted
    assert all(query.where is None for query in found.queries)


@pytest.mark.parametrize("left_out", [LeftOut.NULL, LeftOut.DROP, LeftOut.REFUSE])
def test_where_a_whole_tenant_goes_out_its_own_path_is_not_looked_at(left_out: LeftOut) -> None:
    _, _, session = exported("tenants", "customers", exclude=("orders",), tenant="1", left_out=left_out)
    assert session.counted + len(session.rowsets) == 1, "only the self reference can leave the tenant"


def test_limited_rows_bring_their_parents() -> None:
    found, rows, _ = exported("orders", limit=1, related=Relatives.PARENTS)
    assert keys(rows) == {"tenants": ["1"], "products": ["7"], "customers": ["10"], "orders": ["100"]}
    assert found.filters["sale"] == "at most 1 rows"


def test_references_to_rows_left_out_become_null() -> None:
    found, rows, _ = exported(where={"products": {"id": 8}}, left_out=LeftOut.NULL)
    assert [row["product_id"] for row in rows["orders"]] == [None, None, "8"]
    assert [p.message.split(" whose")[0] for p in found.problems] == ["orders.product_id → products is NULL in 1 rows"]


def test_a_required_reference_cannot_become_null() -> None:
    error = failure("orders", left_out=LeftOut.NULL)
    assert error.code == "left_out_required"
    assert "orders.customer_id → customers" in error.message
    assert "3 rows" in error.message


def test_a_reference_that_does_not_go_out_needs_no_parent() -> None:
    _, rows, _ = exported("orders", fields={"orders": ("id", "product_id")}, left_out=LeftOut.NULL)
    assert rows["orders"] == [{"id": str(n), "product_id": None} for n in (100, 101, 200)]


def test_rows_that_refer_to_rows_left_out_are_dropped_and_so_are_their_children() -> None:
    found, rows, _ = exported(where={"tenants": {"slug": "acme"}}, left_out=LeftOut.DROP)
    assert keys(rows)["customers"] == ["10", "11"]
    assert keys(rows)["orders"] == ["100", "101"]
    assert [p.message.split(" stay")[0] for p in found.problems] == ["1 rows of customers", "1 rows of orders"]


def test_a_refusal_names_every_relation_and_how_many_rows() -> None:
    error = failure("orders", left_out=LeftOut.REFUSE)
    assert error.code == "left_out_references"
    assert "orders.customer_id → customers (3 rows); orders.product_id → products (2 rows)" in error.message
    assert [problem.value for problem in error.problems] == ["3", "2"]


def test_rows_that_need_each_other_all_stay() -> None:
    ring = catalog(entity("a", "id! b_id->b"), entity("b", "id! a_id->a c_id?->c"), entity("c", "id!"))
    tables = {
        "a": [{"id": "1", "b_id": "1"}, {"id": "2", "b_id": "2"}],
        "b": [{"id": "1", "a_id": "1", "c_id": None}, {"id": "2", "a_id": "2", "c_id": "9"}],
        "c": [{"id": "9"}],
    }
    _, rows, _ = exported("a", "b", schema=ring, tables=tables, left_out=LeftOut.DROP)
    assert keys(rows) == {"a": ["1"], "b": ["1"]}


def test_a_long_chain_is_followed_to_its_end() -> None:
    people = catalog(entity("people", "id! boss_id?->people"))
    chain: list[Row] = [{"id": str(n), "boss_id": str(n - 1) if n else None} for n in range(50)]
    _, rows, _ = exported(
        schema=people, tables={"people": chain}, where={"people": {"id": 49}}, related=Relatives.PARENTS
    )
    assert len(rows["people"]) == 50


def composite(*, shared: bool) -> Catalog:
    """`lines` refers to `orders` by two fields, of which the first may also refer to a shop."""
    orders = entity("orders", "shop_id! number_id!")
    lines = entity("lines", "id! shop_id? number_id?")
    relations = [
        Relation(
            name="order",
            entity="lines",
            fields=("shop_id", "number_id"),
            parent="orders",
            parent_fields=("shop_id", "number_id"),
        ),
        Relation(name="shop", entity="lines", fields=("shop_id",), parent="shops", parent_fields=("id",)),
    ]
    return catalog(entity("shops", "id!"), orders, replace(lines, relations=tuple(relations[: 2 if shared else 1])))


LINES: Tables = {
    "shops": [{"id": "1"}],
    "orders": [{"shop_id": "1", "number_id": "1"}, {"shop_id": "1", "number_id": "2"}],
    "lines": [
        {"id": "1", "shop_id": "1", "number_id": "1"},
        {"id": "2", "shop_id": "1", "number_id": "2"},
        {"id": "3", "shop_id": "1", "number_id": None},
    ],
}
SOME: dict[str, Any] = {"where": {"orders": {"number_id": 1}}, "left_out": LeftOut.NULL}


def test_a_composite_reference_is_undone_whole_and_a_partial_one_is_none() -> None:
    _, rows, _ = exported(schema=composite(shared=False), tables=LINES, **SOME)
    assert rows["lines"] == [
        {"id": "1", "shop_id": "1", "number_id": "1"},
        {"id": "2", "shop_id": None, "number_id": None},
        {"id": "3", "shop_id": "1", "number_id": None},
    ]


def test_a_part_that_another_relation_needs_is_kept() -> None:
    _, rows, _ = exported(schema=composite(shared=True), tables=LINES, **SOME)
    assert rows["lines"][1] == {"id": "2", "shop_id": "1", "number_id": None}


def test_entities_without_a_primary_key_come_along_by_condition() -> None:
    keyless = replace(SHOP, entities=tuple(replace(e, primary_key=()) for e in SHOP.entities if e.name != "customers"))
    keyless = replace(keyless, entities=(*keyless.entities, SHOP.entity("customers")))
    _, rows, _ = exported("orders", schema=keyless, related=Relatives.PARENTS, **FIRST)
    assert keys(rows) == {"tenants": ["1"], "customers": ["10", "11"], "orders": ["101"]}


def test_limited_rows_without_a_primary_key_cannot_be_followed() -> None:
    keyless = replace(SHOP, entities=tuple(replace(e, primary_key=()) for e in SHOP.entities))
    assert failure("orders", schema=keyless, limit=1, related=Relatives.PARENTS).code == "no_primary_key"


def test_a_declared_relation_may_mean_rows_that_do_not_exist() -> None:
    orders = SHOP.entity("orders")
    declared = replace(orders, relations=tuple(replace(r, declared=True) for r in orders.relations))
    schema = replace(SHOP, entities=(declared, *(e for e in SHOP.entities if e.name != "orders")))
    orphan: Row = {**TABLES["orders"][0], "id": "300", "customer_id": "99"}
    tables = {**TABLES, "orders": [*TABLES["orders"], orphan]}
    assert failure(schema=schema, tables=tables, left_out=LeftOut.REFUSE).code == "left_out_references"


def test_a_reference_that_the_database_never_checked_may_mean_rows_that_do_not_exist() -> None:
    """PostgreSQL's NOT VALID, and SQLite without its foreign keys."""
    orders = SHOP.entity("orders")
    unchecked = replace(orders, relations=tuple(replace(r, validated=False) for r in orders.relations))
    schema = replace(SHOP, entities=(unchecked, *(e for e in SHOP.entities if e.name != "orders")))
    orphan: Row = {**TABLES["orders"][0], "id": "300", "customer_id": "99"}
    tables = {**TABLES, "orders": [*TABLES["orders"], orphan]}
    assert failure(schema=schema, tables=tables, left_out=LeftOut.REFUSE).code == "left_out_references"


def test_what_was_brought_in_and_dropped_again_takes_those_along_that_need_it() -> None:
    _, rows, _ = exported("orders", exclude=("tenants",), related=Relatives.PARENTS, left_out=LeftOut.DROP)
    assert keys(rows) == {"products": ["7", "8"], "customers": [], "orders": []}


def test_a_part_of_the_primary_key_never_becomes_null() -> None:
    """SQLite allows NULL in a primary key; a row without its key is lost all the same."""
    schema = composite(shared=False)
    keyed = replace(schema.entity("lines"), primary_key=("shop_id", "number_id"))
    schema = replace(schema, entities=(*(e for e in schema.entities if e.name != "lines"), keyed))
    assert failure(schema=schema, tables=LINES, **SOME).code == "left_out_required"


def test_fields_given_for_an_entity_hold_when_its_relations_bring_it_in() -> None:
    _, rows, _ = exported("orders", related=Relatives.PARENTS, fields={"tenants": ("slug",)})
    assert rows["tenants"] == [{"slug": "acme"}, {"slug": "bolt"}]


def test_a_filter_does_not_choose_among_related_rows_and_that_is_told_at_once() -> None:
    with pytest.raises(InputError, match="bring in are not filtered") as caught:
        exported("orders", related=Relatives.PARENTS, where={"products": {"id": 7}})
    assert caught.value.code == "option_without_effect"
