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
from entrepot.model.problems import Severity
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
    assert (problem.code, problem.severity) == ("not_dated", Severity.WARNING)
    assert "products" in problem.message


@pytest.mark.parametrize("moment", ["since", "until"])
def test_dates_where_nothing_is_dated_are_an_error(moment: str) -> None:
    options: dict[str, Any] = {moment: "2024-01-01"}
    error = failure("products", "orders", **options)
    assert error.code == "not_dated"
    assert "orders" in error.message or "sale" in error.message
    assert "timestamp" in error.remedy


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


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"where": {"orders": "id > 1"}}, "'where' for 'orders'"),
        ({"fields": {"products": ("id",)}}, "'fields' for 'products'"),
        ({"rename": {"products": {"id": "n"}}}, "'rename' for 'products'"),
        ({"transforms": {"orders": {"note": ("trim",)}}, "related": Relatives.PARENTS}, "'transforms' for 'orders'"),
        ({"where": {"tenants": "id > 1"}, "related": Relatives.PARENTS}, "'where' for 'tenants'"),
    ],
)
def test_options_for_entities_that_do_not_go_out_are_refused(options: dict[str, Any], words: str) -> None:
    error = failure("customers", **options)
    assert error.code == "option_without_effect"
    assert error.message.startswith(words)


def test_filters_under_any_name_of_an_entity_hold_together() -> None:
    found = chosen("orders", where={"orders": "id > 1", "sale": ["note = 'a'", {"total_id": 2}]})
    assert words(only(found)) == "id > 1 and note = 'a' and total_id = 2"


def test_each_filter_for_all_holds_where_an_entity_has_its_fields() -> None:
    found = chosen("customers", "products", where={"*": ["id > 1", "email = 'a'"]})
    assert [words(query) for query in found.queries] == ["id > 1 and email = 'a'", "id > 1"]


@pytest.mark.parametrize("option", ["fields", "rename", "transforms"])
def test_one_option_under_two_names_of_an_entity_is_no_guess(option: str) -> None:
    value: object = ("note",) if option == "fields" else {"note": "x"} if option == "rename" else {"note": ("trim",)}
    options: dict[str, Any] = {option: {"orders": value, "sale": value}}
    assert failure("orders", **options).code == "given_twice"


def test_two_new_names_for_one_field_are_no_guess() -> None:
    assert failure("customers", rename={"customers": {"email": "a", "EMAIL": "b"}}).code == "given_twice"


def test_no_field_at_all_is_an_error() -> None:
    assert failure("customers", fields={"customers": ()}).code == "no_fields"


def test_what_may_have_to_be_read_follows_the_relations() -> None:
    def possible(**options: Any) -> set[str]:
        selection = Selection(entities=("customers",), **options)
        return {e.name for e in possible_entities(selection, select(selection, SHOP), SHOP)}

    assert possible() == {"customers"}
    assert possible(related=Relatives.PARENTS) == {"customers", "tenants"}
    assert possible(related=Relatives.CLOSURE) == {"customers", "tenants", "orders", "products"}
    assert possible(related=Relatives.CLOSURE, exclude=("orders",)) == {"customers", "tenants"}
    assert possible(tenant="acme") == {"customers", "tenants"}
