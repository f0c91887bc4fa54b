"""A named selection is a boundary: a request takes less of it, never more."""

from __future__ import annotations

from typing import Any

import pytest

from entrepot.config.named import named_selection
from entrepot.config.settings import ExportSettings, Settings
from entrepot.exporting.select import Selected, select
from entrepot.model.errors import InputError
from entrepot.model.filter_words import describe
from entrepot.model.selection import LeftOut, Scope, Selection
from unit.exporting.shop import SHOP


def chosen(saved: ExportSettings, *entities: str, **asked: Any) -> Selected:
    settings = Settings(exports={"saved": saved})
    return select(named_selection(settings, "saved", Selection(entities=entities, **asked)), SHOP)


def names(selected: Selected) -> list[str]:
    return [query.entity.name for query in selected.queries]


def filters(selected: Selected) -> dict[str, str]:
    return {query.entity.name: describe(query.where) if query.where else "" for query in selected.queries}


def columns(selected: Selected) -> list[str]:
    return [column.name for query in selected.queries for column in query.columns]


def failure(saved: ExportSettings, *entities: str, **asked: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        chosen(saved, *entities, **asked)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("word", ["orders", "sale", "*"])
def test_filters_of_both_hold_whatever_the_entity_is_called(word: str) -> None:
    saved = ExportSettings(entities=("orders",), where={"orders": "note = 'kept'"})
    assert filters(chosen(saved, where={word: "id > 5"})) == {"orders": "note = 'kept' and id > 5"}


def test_a_filter_for_all_holds_beside_one_for_all() -> None:
    saved = ExportSettings(entities=("customers", "products"), where={"*": "id > 5"})
    found = filters(chosen(saved, where={"*": "email = 'a'"}))
    assert found == {"customers": "id > 5 and email = 'a'", "products": "id > 5"}


def test_a_request_takes_some_of_its_entities() -> None:
    saved = ExportSettings(entities=("customers", "orders"), where={"orders": "id > 5", "customers": "id > 6"})
    assert filters(chosen(saved, "orders")) == {"orders": "id > 5"}
    assert names(chosen(saved, "*")) == ["customers", "orders"]
    assert names(chosen(saved, "@crm")) == ["customers"]
    assert names(chosen(saved, exclude=("orders",))) == ["customers"]


@pytest.mark.parametrize(
    "saved",
    [
        ExportSettings(entities=("customers",)),
        ExportSettings(exclude=("orders",)),
        ExportSettings(flags={"sale": False}),
    ],
)
def test_an_entity_outside_is_refused(saved: ExportSettings) -> None:
    error = failure(saved, "orders")
    assert error.code == "outside_selection"
    assert "sale" in error.message
    assert "saved" in error.message


def test_fields_are_some_of_its_fields() -> None:
    saved = ExportSettings(entities=("customers",), fields={"customers": ("id", "email")})
    assert columns(chosen(saved)) == ["id", "email"]
    assert columns(chosen(saved, fields={"*": ("email",)})) == ["email"]
    assert columns(chosen(saved, fields={"customers": ("*",)})) == ["id", "email"]
    error = failure(saved, fields={"customers": ("email", "created_at")})
    assert error.code == "outside_selection"
    assert "created_at" in error.message


def test_names_and_transforms_hold_where_nothing_else_is_said() -> None:
    saved = ExportSettings(
        entities=("customers",),
        fields={"customers": ("id", "email")},
        rename={"customers": {"id": "number", "email": "mail"}},
        transforms={"*": {"email": ("trim",)}},
    )
    (query,) = chosen(saved, rename={"*": {"email": "contact"}}).queries
    assert [(c.name, c.transforms) for c in query.columns] == [("number", ()), ("contact", ("trim",))]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "created_at >= '2024-01-01 00:00:00' and created_at < '2024-06-01 00:00:00'"),
        (
            {"since": "2023-01-01", "until": "2025-01-01"},
            "created_at >= '2024-01-01 00:00:00' and created_at < '2024-06-01 00:00:00'",
        ),
        (
            {"since": "2024-02-01", "until": "2024-03-01"},
            "created_at >= '2024-02-01 00:00:00' and created_at < '2024-03-01 00:00:00'",
        ),
    ],
)
def test_the_narrower_dates_hold(asked: dict[str, str], words: str) -> None:
    saved = ExportSettings(entities=("customers",), since="2024-01-01", until="2024-06-01")
    assert filters(chosen(saved, **asked)) == {"customers": words}


@pytest.mark.parametrize(
    ("saved", "code"),
    [
        (ExportSettings(entities=("customers",), where={"orders": "id > 5"}), "option_without_effect"),
        (ExportSettings(entities=("customers",), fields={"orders": ("id",)}), "option_without_effect"),
        (ExportSettings(entities=("customers",), where={"*": "nte = 'x'"}), "unknown_field"),
        (ExportSettings(entities=("custmers",)), "unknown_entity"),
        (ExportSettings(limit=-1), "bad_limit"),
    ],
)
def test_a_named_selection_must_make_sense_by_itself(saved: ExportSettings, code: str) -> None:
    assert failure(saved).code == code


@pytest.mark.parametrize(("said", "asked"), [("null", "keep"), ("drop", "null"), ("refuse", "drop")])
def test_references_that_stay_behind_are_not_let_out_again(said: str, asked: str) -> None:
    error = failure(ExportSettings(entities=("orders",), left_out=said), left_out=LeftOut(asked))
    assert error.code == "outside_selection"
    assert said in error.message


@pytest.mark.parametrize(("said", "asked"), [(None, "refuse"), ("keep", "null"), ("null", "drop"), ("drop", "drop")])
def test_fewer_references_may_be_asked_for(said: str | None, asked: str) -> None:
    saved = ExportSettings(entities=("orders",), left_out=said)
    settings = Settings(exports={"saved": saved})
    assert named_selection(settings, "saved", Selection(left_out=LeftOut(asked))).left_out == asked


@pytest.mark.parametrize(
    ("saved", "asked"),
    [
        (ExportSettings(tenant="1"), {"scope": Scope.GLOBAL}),
        (ExportSettings(scope="global"), {"scope": Scope.TENANT, "tenant": "1"}),
        (ExportSettings(tenant="1"), {"scope": Scope.TENANT, "tenant": "2"}),
    ],
)
def test_another_scope_or_tenant_is_refused(saved: ExportSettings, asked: dict[str, Any]) -> None:
    assert failure(saved, **asked).code == "outside_selection"
