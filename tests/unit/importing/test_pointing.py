"""Columns that tell of a parent: what they are called, and which key of the parent they may mean."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.importing.pointing import mapped_columns
from entrepot.model.catalog import Entity, Key
from entrepot.model.drafts import SourceColumn
from entrepot.model.errors import InputError
from entrepot.model.finding import FindBy
from entrepot.model.mappings import FieldMapping, How, Mapped, MappingRequest
from unit.model_catalogs import catalog, entity

CUSTOMERS = replace(
    entity("customers", "id! email name first_name last_name"),
    keys=(Key(name="one", fields=("email",)),),
    natural_key=("email",),
)
ORDERS = entity("orders", "id! customer_id->customers seller_id?->people buyer_id?->people note?")
PEOPLE = replace(entity("people", "id! name"), natural_key=("name",))


def found(
    *columns: str, orders: Entity = ORDERS, customers: Entity = CUSTOMERS, request: MappingRequest | None = None
) -> dict[str, Mapped]:
    given = [SourceColumn(name=name, samples=("ada@example.org",)) for name in columns]
    mapping = mapped_columns(given, orders, catalog(orders, customers, PEOPLE), request or MappingRequest())
    return {mapped.field: mapped for mapped in mapping.mapped}


@pytest.mark.parametrize(
    ("column", "sure"),
    [
        ("customer_email", 90),
        ("Customer E-Mail", 90),
        ("customers.email", 90),
        ("customer", 80),
        ("Customers", 80),
        ("customer id", 75),
    ],
)
def test_a_name_says_which_parent_and_what_of_it(column: str, sure: int) -> None:
    mapped = found(column)["customer_id"]
    assert (mapped.columns, mapped.find_by, mapped.how, mapped.confidence) == (
        (column,),
        ("email",),
        How.REFERENCE,
        sure,
    )


@pytest.mark.parametrize("column", ["email", "note email", "customer_phone", "custom", "people", "mail of customer"])
def test_other_names_tell_of_no_parent(column: str) -> None:
    assert not any(mapped.find_by for mapped in found(column).values())


def test_two_references_to_one_parent_are_told_apart_by_their_own_names() -> None:
    mapped = found("seller", "buyer_name", "person")
    assert {name: one.columns for name, one in mapped.items()} == {
        "seller_id": ("seller",),
        "buyer_id": ("buyer_name",),
    }


def test_a_column_of_the_entity_itself_is_never_taken_away() -> None:
    orders = entity("orders", "id! customer_id->customers customer_email?")
    mapped = found("customer_email", orders=orders)
    assert (mapped["customer_email"].how, "customer_id" in mapped) == (How.EXACT, False)


def test_all_columns_of_a_key_are_needed() -> None:
    customers = replace(CUSTOMERS, natural_key=("first_name", "last_name"), keys=())
    whole = found("customer_last_name", "customer_first_name", customers=customers)["customer_id"]
    assert (whole.find_by, whole.columns) == (
        ("first_name", "last_name"),
        ("customer_first_name", "customer_last_name"),
    )
    assert found("customer_last_name", customers=customers) == {}
    assert found("customer", customers=customers) == {}


def test_what_the_settings_say_goes_before_the_natural_key() -> None:
    fields = tuple(
        replace(field, find=FindBy(fields=("name",), ignore_case=True)) if field.name == "customer_id" else field
        for field in ORDERS.fields
    )
    mapped = found("customer", orders=replace(ORDERS, fields=fields))["customer_id"]
    assert (mapped.find_by, mapped.ignore_case) == (("name",), True)


def test_what_a_request_says_goes_before_all() -> None:
    request = MappingRequest(fields={"customer_id": FieldMapping(find_by=("last_name",))})
    assert found("customer", request=request)["customer_id"].find_by == ("last_name",)
    assert found("customer_id", request=request)["customer_id"].find_by == ("last_name",)


def test_what_the_parent_has_not_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        found("customer", request=MappingRequest(fields={"customer_id": FieldMapping(find_by=("mail",))}))
    assert caught.value.code == "unknown_field"


def test_a_bare_name_beside_ids_that_are_texts_needs_somebody_to_say_so() -> None:
    towns = replace(entity("towns", "code! name"), keys=(Key(name="one", fields=("name",)),))
    relation = replace(entity("x", "town_code->towns").relations[0], entity="people", parent_fields=("code",))
    people = replace(entity("people", "id! town_code?"), relations=(relation,))
    given = [SourceColumn(name="town", samples=("Ulm",))]

    def by(parent: Entity) -> list[tuple[str, ...]]:
        mapping = mapped_columns(given, people, catalog(people, parent), MappingRequest())
        return [mapped.find_by for mapped in mapping.mapped]

    assert (by(towns), by(replace(towns, natural_key=("name",)))) == ([], [("name",)])
