"""A request in people's words comes to one query per entity, or to an error that says what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from entrepot.exporting.select import Selected, find_entity, possible_entities, select
from entrepot.model.catalog import Catalog
from entrepot.model.errors import InputError
from entrepot.model.filter_words import describe
from entrepot.model.selection import Order, Query, Relatives, Selection
from entrepot.model.types import Kind, LogicalType
from unit.exporting.shop import CUSTOMERS, ORDERS, SHOP
from unit.model_catalogs import catalog, entity


def chosen(*entities: str, schema: Catalog = SHOP, **options: Any) -> Selected:
    return select(Selection(entities=entities or ("*",), **options), schema)


def names(selected: Selected) -> list[str]:
    return [query.entity.name for query in selected.queries]


def only(selected: Selected) -> Query:
    (query,) = selected.queries
    return query


def failure(*entities: str, schema: Catalog = SHOP, **options: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        chosen(*entities, schema=schema, **options)
    assert caught.value.remedy
    return caught.value


def words(query: Query) -> str:
    return describe(query.where) if query.where is not None else ""


@pytest.mark.parametrize("word", ["*", "all"])
def test_everything_is_every_table_parents_first_and_no_view(word: str) -> None:
    assert names(chosen(word)) == ["tenants", "customers", "products", "orders"]


def test_names_public_names_and_groups_choose() -> None:
    assert names(chosen("SALE")) == ["orders"]
    assert names(chosen("@CRM")) == ["customers", "products"]
    assert names(chosen("@crm", "sale", exclude=("products",))) == ["customers", "orders"]
    assert find_entity(SHOP, "Sale") is ORDERS


def test_a_view_goes_out_by_name_or_if_it_is_public() -> None:
    assert names(chosen("totals")) == ["totals"]
    public = replace(SHOP, entities=tuple(replace(e, public=f"the {e.name}") for e in SHOP.entities))
    assert "totals" in names(chosen(schema=public))


@pytest.mark.parametrize(
    ("entities", "options", "code"),
    [
        (("custmers",), {}, "unknown_entity"),
        (("@crn",), {}, "unknown_group"),
        (("*",), {"exclude": ("custmers",)}, "unknown_entity"),
        (("*",), {"exclude": ("*",)}, "nothing_selected"),
        ((), {"exclude": ("*",)}, "nothing_selected"),
        (("customers",), {"fields": {"customers": ("emial",)}}, "unknown_field"),
        (("customers",), {"fields": {"custmers": ("email",)}}, "unknown_entity"),
        (("customers",), {"fields": {"*": ("emial",)}}, "unknown_field"),
        (("customers",), {"where": {"*": "emial = 'x'"}}, "unknown_field"),
        (("customers",), {"where": {"customers": "emial = 'x'"}}, "unknown_field"),
        (("customers",), {"where": {"custmers": "email = 'x'"}}, "unknown_entity"),
        (("customers",), {"transforms": {"*": {"email": ("lowercas",)}}}, "unknown_transform"),
        (("customers",), {"transforms": {"*": {"created_at": ("timestamp",)}}}, "transform_type"),
        (("customers",), {"rename": {"customers": {"email": "ID"}}}, "duplicate_column"),
        (("customers",), {"rename": {"customers": {"email": " "}}}, "empty_name"),
        (("customers",), {"limit": -1}, "bad_limit"),
        (("customers",), {"since": "yesterday"}, "bad_date"),
        (("customers",), {"since": "infinity"}, "bad_date"),
        (("customers",), {"since": "2024-02-01", "until": "2024-01-01"}, "bad_date"),
    ],
)
def test_what_cannot_be_meant_is_an_error(entities: tuple[str, ...], options: Mapping[str, Any], code: str) -> None:
    with pytest.raises(InputError) as caught:
        select(Selection(entities=entities, **options), SHOP)
    assert caught.value.code == code
    assert caught.value.remedy


def test_the_nearest_name_is_offered() -> None:
    assert "Did you mean 'customers'?" in failure("custmers").remedy
    assert "'email'" in failure("customers", fields={"*": ("emial",)}).remedy


def test_all_fields_go_out_unless_some_are_asked_for_and_then_in_that_order() -> None:
    assert [c.name for c in only(chosen("products")).columns] == ["id", "name"]
    some = only(chosen("customers", fields={"customers": ("EMAIL", "id", "email")}))
    assert [c.name for c in some.columns] == ["email", "id"]


def test_fields_for_all_hold_where_an_entity_has_them_all() -> None:
    found = chosen("products", "customers", "orders", fields={"*": ("id", "name"), "orders": ("note",)})
    columns = {query.entity.name: [c.name for c in query.columns] for query in found.queries}
    assert columns["products"] == ["id", "name"]
    assert columns["orders"] == ["note"]
    assert len(columns["customers"]) == len(CUSTOMERS.fields)


def test_columns_go_out_under_new_names_and_changed_as_asked() -> None:
    query = only(
        chosen(
            "customers",
            rename={"*": {"email": "mail"}, "customers": {"id": "number"}},
            transforms={"customers": {"email": ("trim", "lowercase"), "id": ("timestamp",)}},
        )
    )
    assert [c.name for c in query.columns][:3] == ["number", "tenant_id", "mail"]
    assert query.columns[2].transforms == ("trim", "lowercase")


def test_public_names_are_what_columns_are_called() -> None:
    shown = catalog(replace(entity("t", "id! a"), fields=(replace(entity("t", "id!").fields[0], public="number"),)))
    assert only(chosen(schema=shown)).columns[0].name == "number"


def test_filters_per_entity_and_for_all_hold_together_and_are_told() -> None:
    found = chosen("customers", "orders", where={"*": {"email": "a@x"}, "customers": "id > 10", "sale": {}})
    customers, orders = found.queries
    assert words(customers) == "email = 'a@x' and id > 10"
    assert orders.where is None
    assert found.filters == {"customers": "email = 'a@x' and id > 10"}


def test_since_and_until_narrow_entities_that_are_dated_and_say_which_are_not() -> None:
    found = chosen("customers", "products", since="2024-01-01", until="2024-02-01T10:00+01:00")
    assert found.filters == {"customers": "created_at >= '2024-01-01 00:00:00' and created_at < '2024-02-01 09:00:00'"}
    (problem,) = found.problems
    assert problem.code == "not_dated"
    assert "products" in problem.message


def test_a_declared_timestamp_wins_and_must_be_one() -> None:
    dated = replace(CUSTOMERS, timestamp="email")
    schema = replace(SHOP, entities=(dated, *(e for e in SHOP.entities if e.name != "customers")))
    assert failure("customers", schema=schema, since="2024-01-01").code == "timestamp_type"


def test_a_row_dated_with_a_day_counts_from_its_midnight() -> None:
    created = replace(CUSTOMERS.field("created_at"), type=LogicalType(kind=Kind.DATE))
    days = catalog(replace(entity("days", "id!"), fields=(created,)))
    whole = only(chosen(schema=days, since="2024-01-01T10:00", until="2024-01-03"))
    assert words(whole) == "created_at >= '2024-01-01' and created_at < '2024-01-03'"
    part = only(chosen(schema=days, until="2024-01-03T00:00:01"))
    assert words(part) == "created_at <= '2024-01-03'"


def test_limit_and_order_reach_every_query_and_the_words() -> None:
    found = chosen("products", where={"products": "id > 1"}, limit=5, order=Order.KEY)
    assert (only(found).limit, only(found).order) == (5, Order.KEY)
    assert found.filters == {"products": "id > 1; at most 5 rows"}


def test_options_for_entities_that_do_not_go_out_are_told() -> None:
    found = chosen("customers", where={"orders": "id > 1"}, fields={"products": ("id",)})
    assert [p.code for p in found.problems] == ["option_without_effect"] * 2
    assert {"'where' for 'orders'", "'fields' for 'products'"} == {p.message.split(" has")[0] for p in found.problems}


def test_what_may_have_to_be_read_follows_the_relations() -> None:
    def possible(**options: Any) -> set[str]:
        selection = Selection(entities=("customers",), **options)
        return {e.name for e in possible_entities(selection, select(selection, SHOP), SHOP)}

    assert possible() == {"customers"}
    assert possible(related=Relatives.PARENTS) == {"customers", "tenants"}
    assert possible(related=Relatives.CLOSURE) == {"customers", "tenants", "orders", "products"}
    assert possible(related=Relatives.CLOSURE, exclude=("orders",)) == {"customers", "tenants"}
    assert possible(tenant="acme") == {"customers", "tenants"}
