"""Values within JSON, and several columns in one field."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts, found

TABLES = "CREATE TABLE people (id integer PRIMARY KEY, city varchar(20), first_tag text, code text, place text);"
MAPS = ("--map", "address.city=city", "--map", "tags[0]=first_tag", "--map", "address.geo.code=code")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=TABLES)


def test_values_within_records_go_into_fields_of_their_own(shop: Shop) -> None:
    text = (
        '[{"id": 1, "address": {"city": "Köln \\"am\\" Rhein", "geo": {"code": 12345678901234567890.120}},'
        ' "tags": ["a, 5", 2]},'
        ' {"id": 2, "address": {"city": null, "geo": {"code": "007"}}, "tags": []},'
        ' {"id": 3, "address": {"geo": {"code": -0.50}}, "tags": [true]},'
        ' {"id": 4, "tags": [[1.50, {"k": 1e2}]]}]'
    )
    file = shop.file(text, "people.json")
    plan = shop.plan(file, "people", *MAPS)
    assert plan["mapping"]["unmapped"] == []
    shop.bring(file, "people", *MAPS)
    assert shop.rows("SELECT city, first_tag, code FROM people") == [
        ('Köln "am" Rhein', "a, 5", "12345678901234567890.120"),
        (None, None, "007"),
        (None, "true", "-0.50"),
        (None, '[1.50,{"k":1e2}]', None),
    ]


def test_json_in_cells_of_a_csv_is_picked_from_and_other_text_is_an_error(shop: Shop) -> None:
    file = shop.file('id,address\n1,"{""city"": ""Bonn""}"\n2,Bonn\n3,\n4,"[1,]"\n')
    plan = shop.plan(file, "people", "--map", "address.city=city")
    assert counts(plan) == {"created": 2, "failed": 2}
    assert found(plan) == [(2, "city", "not_json", "Bonn"), (4, "city", "not_json", "[1,]")]


def test_what_is_picked_is_cleaned_and_checked_like_everything_else(shop: Shop) -> None:
    file = shop.file('{"id": 1, "address": {"city": " bonn "}}\n{"id": 2, "address": {"city": "x"}}\n', "p.ndjson")
    words = ("--map", "address.city=city", "--clean", "city=trim,title", "--check", "city=length:2..", "--map", "id=id")
    plan = shop.plan(file, "people", *words)
    assert found(plan) == [(2, "city", "wrong_length", "x")]
    assert plan["differences"] == []


def test_a_column_whose_name_has_a_dot_is_a_column(shop: Shop) -> None:
    shop.bring(shop.file("id,address.city\n1,Bonn\n"), "people", "--map", "address.city=city")
    assert shop.rows("SELECT city FROM people") == [("Bonn",)]
    assert (
        shop.refusal(shop.file("id,address\n1,x\n"), "people", "--map", "adress.city=city")["code"] == "unknown_column"
    )


def test_where_it_was_picked_is_remembered(shop: Shop) -> None:
    shop.bring(shop.file('[{"id": 1, "address": {"city": "Bonn"}}]', "a.json"), "people", "--map", "address.city=city")
    shop.bring(shop.file('[{"id": 2, "address": {"city": "Köln"}}]', "b.json"), "people")
    assert shop.rows("SELECT city FROM people") == [("Bonn",), ("Köln",)]


def test_several_columns_become_one_value(shop: Shop) -> None:
    file = shop.file("id,street,zip,town\n1,Main 5,50667,Köln\n2,,53111,Bonn\n3,,,\n")
    maps = ("--map", "street=place", "--map", "zip=place", "--map", "town=place")
    shop.bring(file, "people", *maps, "--clean", "place=join:, ")
    assert shop.rows("SELECT place FROM people") == [("Main 5, 50667, Köln",), ("53111, Bonn",), (None,)]
