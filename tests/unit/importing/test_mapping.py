"""Columns to fields: the surest way first, nothing twice, nothing unsaid."""

from __future__ import annotations

from dataclasses import replace

import pytest

from entrepot.importing.mapping import map_columns
from entrepot.model.catalog import Entity, Origin
from entrepot.model.errors import InputError
from entrepot.model.mappings import ColumnMapping, FieldMapping, How, MappingRequest
from unit.model_catalogs import entity

PEOPLE = entity("people", "id! first_name last_name email? paid_at? note?")


def with_field(of: Entity, name: str, **changes: object) -> Entity:
    fields = tuple(replace(f, **changes) if f.name == name else f for f in of.fields)  # type: ignore[arg-type]
    return replace(of, fields=fields)


def found(mapping: ColumnMapping) -> dict[str, tuple[tuple[str, ...], How]]:
    return {mapped.field: (mapped.columns, mapped.how) for mapped in mapping.mapped}


def test_equal_names_need_no_guess() -> None:
    mapping = map_columns(["id", "first_name", "last_name"], PEOPLE, MappingRequest())
    assert {how for _, how in found(mapping).values()} == {How.EXACT}
    assert not mapping.unmapped
    assert not mapping.unfilled


def test_case_separators_labels_and_aliases_are_other_names() -> None:
    people = with_field(with_field(PEOPLE, "email", aliases=("mail address",)), "note", label="Bemerkung")
    mapping = map_columns(["ID", "First Name", "LAST-NAME", "Mail_Address", "bemerkung"], people, MappingRequest())
    assert [mapped.field for mapped in mapping.mapped] == ["id", "first_name", "last_name", "email", "note"]
    assert {mapped.how for mapped in mapping.mapped} == {How.ALIAS}


def test_a_slip_of_the_pen_is_taken_with_its_confidence_and_a_part_of_a_name_is_not() -> None:
    mapping = map_columns(["frist_name", "paid", "mail"], PEOPLE, MappingRequest())
    assert found(mapping) == {"first_name": (("frist_name",), How.SIMILAR)}
    assert mapping.mapped[0].confidence >= 90
    assert mapping.unmapped == ("paid", "mail")


def test_a_likely_name_is_only_suggested() -> None:
    mapping = map_columns(["e-mails", "firstname x"], PEOPLE, MappingRequest())
    assert not mapping.mapped
    assert {(s.column, s.field) for s in mapping.suggestions} >= {("firstname x", "first_name")}


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("emial", "email"),
        ("e-mails", "email"),
        ("email_address", "email"),
        ("Fullname", "name"),
        ("Full Name", "name"),
        ("id", None),
        ("price", None),
    ],
)
def test_what_is_less_than_sure_is_asked_and_never_done(column: str, field: str | None) -> None:
    mapping = map_columns([column], entity("people", "number! paid? email? name?"), MappingRequest())
    assert not mapping.mapped
    assert [found.field for found in mapping.suggestions] == ([] if field is None else [field])


def test_who_wants_no_guesses_gets_none() -> None:
    mapping = map_columns(["frist_name"], PEOPLE, MappingRequest(guess=False))
    assert not mapping.mapped
    assert [s.field for s in mapping.suggestions] == ["first_name"]


def test_what_was_said_goes_before_everything_else() -> None:
    said = MappingRequest(
        fields={"note": FieldMapping(columns=("email", "id")), "last_name": FieldMapping(constant="?")},
        ignored=("first_name",),
    )
    mapping = map_columns(["id", "email", "first_name"], PEOPLE, said)
    assert found(mapping) == {"note": (("email", "id"), How.SAID), "last_name": ((), How.SAID)}
    assert mapping.unfilled == ("id", "first_name")


def test_what_was_remembered_is_better_than_any_name_and_not_than_what_is_said() -> None:
    known = {"frist_name": "note", "email": "last_name", "id": "id", "gone": "no_field_any_more", "paid_at": ""}
    columns = ["email", "frist_name", "id", "paid_at"]
    mapping = map_columns(columns, PEOPLE, MappingRequest(remembered=known))
    assert found(mapping) == {
        "id": (("id",), How.EXACT),
        "last_name": (("email",), How.REMEMBERED),
        "note": (("frist_name",), How.REMEMBERED),
    }
    assert mapping.unmapped == ()
    said = {"email": FieldMapping(columns=("email",)), "paid_at": FieldMapping(columns=("paid_at",))}
    mapping = map_columns(columns, PEOPLE, MappingRequest(remembered=known, fields=said))
    assert found(mapping)["email"] == (("email",), How.SAID)
    assert found(mapping)["paid_at"] == (("paid_at",), How.SAID)
    assert "last_name" not in found(mapping)


def test_columns_that_were_joined_are_joined_again() -> None:
    known = MappingRequest(remembered={"first": "note", "last": "note"})
    assert found(map_columns(["last", "first"], PEOPLE, known)) == {"note": (("first", "last"), How.REMEMBERED)}


def test_two_columns_never_fill_one_field_unasked() -> None:
    mapping = map_columns(["email", "E-Mail"], PEOPLE, MappingRequest())
    assert found(mapping) == {"email": (("email",), How.EXACT)}
    assert mapping.unmapped == ("E-Mail",)


def test_what_a_new_row_needs_and_nothing_fills_is_named() -> None:
    mapping = map_columns(["email"], PEOPLE, MappingRequest())
    assert mapping.unfilled == ("id", "first_name", "last_name")
    counted = with_field(PEOPLE, "id", origin=Origin.AUTO_INCREMENT)
    assert map_columns(["email"], counted, MappingRequest()).unfilled == ("first_name", "last_name")


def test_computed_fields_are_left_to_the_database() -> None:
    people = with_field(PEOPLE, "note", origin=Origin.STORED)
    assert map_columns(["note"], people, MappingRequest()).unmapped == ("note",)
    with pytest.raises(InputError) as caught:
        map_columns(["note"], people, MappingRequest(fields={"note": FieldMapping(columns=("note",))}))
    assert caught.value.code == "computed_field"


@pytest.mark.parametrize(
    ("said", "code", "nearest"),
    [
        (MappingRequest(fields={"frist_name": FieldMapping(columns=("id",))}), "unknown_field", "first_name"),
        (MappingRequest(fields={"note": FieldMapping(columns=("idd",))}), "unknown_column", "id"),
        (MappingRequest(ignored=("idd",)), "unknown_column", "id"),
    ],
)
def test_a_wrong_name_is_an_error_with_the_nearest(said: MappingRequest, code: str, nearest: str) -> None:
    with pytest.raises(InputError) as caught:
        map_columns(["id", "email"], PEOPLE, said)
    assert caught.value.code == code
    assert nearest in caught.value.remedy
