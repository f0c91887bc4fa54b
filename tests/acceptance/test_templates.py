"""Templates: what people are handed fits what they are asked for, and comes back filled in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from acceptance.importing import Shop
from entrepot.model.example_rows import MARK

TABLES = """
CREATE TABLE teams (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE people (
    id integer PRIMARY KEY,
    team_id integer REFERENCES teams (id),
    email varchar(80) NOT NULL UNIQUE,
    name varchar(20) NOT NULL,
    status text NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'active', 'gone')),
    born date,
    pay decimal(8, 2) CHECK (pay > 0),
    is_admin boolean NOT NULL DEFAULT 0,
    settings json,
    initials text GENERATED ALWAYS AS (substr(name, 1, 1)) VIRTUAL
);
INSERT INTO teams VALUES (1, 'Red'), (2, 'Blue');
INSERT INTO people (team_id, email, name) VALUES (1, 'secret@example.com', 'Real Name');
"""
SETTINGS = """
[entities.people]
name = "staff"
fields.email = { rule = "email", sensitive = "email", transform = ["trim", "lowercase"] }
fields.pay = { rule = "max:9000" }
fields.team_id = { name = "team" }
rules = ["born < '2020-01-01'"]
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS, TABLES)


def template(shop: Shop, name: str, *words: str) -> Path:
    code, told = shop.run("template", "people", "-o", str(shop.folder / name), *words)
    assert code == 0, told
    assert told["files"][0] == str(shop.folder / name)
    return shop.folder / name


def refused(shop: Shop, *words: str) -> dict[str, Any]:
    code, told = shop.run("template", *words)
    assert code == 2
    return dict(told["error"])


def test_a_csv_template_has_public_names_and_an_example_that_says_so(shop: Shop) -> None:
    names, example = template(shop, "staff.csv").read_text(encoding="utf-8").splitlines()
    assert names == "id,team,email,name,status,born,pay,is_admin,settings"
    assert example == f'{MARK},Example,name@example.com,Example,new,2024-01-31,12.50,true,"{{""key"": ""value""}}"'


def test_a_template_without_an_example_is_names_alone(shop: Shop) -> None:
    assert template(shop, "staff.csv", "--no-example").read_text(encoding="utf-8").count("\n") == 1


def test_only_what_a_new_row_needs_may_be_asked_for(shop: Shop) -> None:
    assert template(shop, "staff.csv", "--required").read_text(encoding="utf-8").startswith("email,name\n")


def test_a_csv_template_that_is_filled_in_comes_in_without_its_example(shop: Shop) -> None:
    file = template(shop, "staff.csv")
    with file.open("a", encoding="utf-8") as opened:
        opened.write(",2,New@Example.com,New,,1990-02-03,1.5,,\n7,,seven@example.com,Seven,gone,,,1,\n")
    receipt = shop.bring(str(file), "staff")
    assert receipt["counts"]["created"] == 2
    assert receipt["counts"]["skipped"] == 1
    assert [warning["code"] for warning in receipt["warnings"]] == ["example_left_out"]
    assert shop.rows("SELECT * FROM people WHERE id > 1") == [
        (7, None, "seven@example.com", "Seven", "gone", None, None, 1, None, "S"),
        (8, 2, "new@example.com", "New", "new", "1990-02-03", 1.5, 0, None, "N"),
    ]


def test_a_template_takes_the_names_of_what_is_referred_to(shop: Shop) -> None:
    file = template(shop, "staff.csv")
    with file.open("a", encoding="utf-8") as opened:
        opened.write(",Blue,new@example.com,New,,,,,\n")
    receipt = shop.bring(str(file), "staff")
    assert (receipt["counts"]["created"], receipt["counts"]["skipped"]) == (1, 1)
    assert shop.rows("SELECT team_id, email FROM people WHERE id > 1") == [(2, "new@example.com")]


def test_an_example_is_left_out_wherever_it_stands(shop: Shop) -> None:
    names, example = template(shop, "staff.csv").read_text(encoding="utf-8").splitlines()
    rows = f"{names}\n,,a@example.com,A,,,,,\n{example}\n,,b@example.com,B,,,,,\n"
    plan = shop.plan(shop.file(rows), "staff")
    assert plan["counts"]["created"] == 2
    assert plan["counts"]["skipped"] == 1


def test_an_example_whose_columns_were_moved_is_left_out(shop: Shop) -> None:
    rows = f"email,name,id\nname@example.com,Example,{MARK}\na@example.com,A,\n"
    plan = shop.plan(shop.file(rows), "staff")
    assert plan["counts"]["created"] == 1
    assert plan["counts"]["skipped"] == 1


def test_an_example_of_texts_alone_is_no_row_either(shop: Shop) -> None:
    """The bytes of such a file could go into the database as they stand."""
    assert shop.run("template", "teams", "--required", "-o", str(shop.folder / "teams.csv"))[0] == 0
    file = shop.folder / "teams.csv"
    assert file.read_text(encoding="utf-8") == f"name\n{MARK}: Example\n"
    file.write_text(file.read_text(encoding="utf-8") + "Green\n", encoding="utf-8")
    assert shop.bring(str(file), "teams")["counts"]["created"] == 1
    assert shop.rows("SELECT name FROM teams ORDER BY id") == [("Red",), ("Blue",), ("Green",)]


def test_somebody_may_want_the_row_that_looks_like_an_example(shop: Shop) -> None:
    file = shop.file(f"name\n{MARK}: Example\nGreen\n")
    assert shop.plan(file, "teams", "--rows", "1=overwrite")["counts"]["created"] == 2


def test_an_export_with_its_receipt_holds_no_examples(shop: Shop) -> None:
    """What the database has goes out and comes in again, whatever it looks like."""
    shop.bring(shop.file(f"name\n{MARK}: Example\n"), "teams", "--rows", "1=overwrite")
    assert shop.run("export", "teams", "-o", str(shop.folder / "out.csv"))[0] == 0
    plan = shop.plan(str(shop.folder / "out.csv"), "teams", "--mode", "upsert")
    assert plan["counts"]["unchanged"] == 3


def test_a_json_template_agrees_with_its_schema(shop: Shop) -> None:
    file = template(shop, "staff.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    schema = json.loads((shop.folder / "staff.schema.json").read_text(encoding="utf-8"))
    assert document["$schema"] == "./staff.schema.json"
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(document)
    row = {"email": "a@example.com", "name": "A"}
    validator.validate({"entities": {"staff": [row]}})
    wrong: list[dict[str, Any]] = [
        {"status": "old"},
        {"name": None},
        {"colour": "red"},
        {"id": "one"},
        {"is_admin": None},
        {"born": 7},
    ]
    for each in wrong:
        assert not validator.is_valid({"entities": {"staff": [row | each]}})


def test_a_json_template_that_is_filled_in_comes_in_without_its_example(shop: Shop) -> None:
    file = template(shop, "staff.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    document["entities"]["staff"].append({"email": "a@example.com", "name": "A", "settings": {"a": 1}})
    file.write_text(json.dumps(document), encoding="utf-8")
    receipt = shop.bring(str(file), "staff")
    assert receipt["counts"]["created"] == 1
    assert receipt["counts"]["skipped"] == 1
    assert shop.rows("SELECT id, status, settings FROM people WHERE id > 1") == [(2, "new", '{"a": 1}')]


@pytest.mark.parametrize("name", ["staff.csv", "staff.json", "staff.xlsx"])
def test_no_template_shows_anything_of_real_people(shop: Shop, name: str) -> None:
    assert b"secret@example.com" not in template(shop, name).read_bytes()


def test_every_entity_of_a_csv_template_has_its_own_file(shop: Shop) -> None:
    code, told = shop.run("template", "people", "teams", "-o", str(shop.folder / "blank") + "/", "--format", "csv")
    assert code == 0
    assert told["files"] == [str(shop.folder / "blank" / "teams.csv"), str(shop.folder / "blank" / "staff.csv")]


def test_excel_is_another_word_for_xlsx(shop: Shop) -> None:
    code, told = shop.run("template", "staff", "-o", str(shop.folder) + "/", "--format", "excel")
    assert code == 0
    assert told["files"] == [str(shop.folder / "staff.xlsx")]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("staf", "-o", "a.csv"), "unknown_entity"),
        (("staff",), "no_format"),
        (("staff", "-o", "a.pdf"), "no_template_format"),
        (("staff", "-o", "a.csv.gz"), "template_sealed"),
        (("staff", "-o", "-", "--format", "csv"), "no_standard_output"),
        (("staff", "teams", "-o", "a.csv"), "one_file_per_entity"),
        (("teams", "--tenant", "1", "-o", "a.csv"), "no_tenancy"),
    ],
)
def test_what_is_no_template_is_refused(shop: Shop, words: tuple[str, ...], code: str) -> None:
    assert refused(shop, *words)["code"] == code


def test_a_template_replaces_nothing_unless_it_is_told_to(shop: Shop) -> None:
    file = template(shop, "staff.json")
    file.write_text("mine", encoding="utf-8")
    code, told = shop.run("template", "people", "-o", str(file))
    assert (code, told["error"]["code"]) == (6, "target_exists")
    assert file.read_text(encoding="utf-8") == "mine"
    template(shop, "staff.json", "--overwrite")
    assert MARK in file.read_text(encoding="utf-8")


def test_an_empty_cell_is_an_error_where_a_row_exists_that_has_a_value(shop: Shop) -> None:
    """It may be that somebody wanted to clear it, which cannot be."""
    plan = shop.plan(shop.file("id,status\n1,\n"), "staff", "--mode", "upsert")
    assert plan["counts"]["failed"] == 1


def test_rows_without_a_number_are_new_also_among_those_that_are_changed(shop: Shop) -> None:
    plan = shop.plan(shop.file("id,email,name\n1,a@example.com,A\n,b@example.com,B\n"), "staff", "--mode", "upsert")
    assert (plan["counts"]["updated"], plan["counts"]["created"]) == (1, 1)


def test_a_json_template_of_several_entities_comes_in_as_one(shop: Shop) -> None:
    file = shop.folder / "new.json"
    assert shop.run("template", "people", "teams", "-o", str(file))[0] == 0
    document = json.loads(file.read_text(encoding="utf-8"))
    document["entities"]["teams"].append({"id": 3, "name": "Green"})
    document["entities"]["staff"].append({"team": "Green", "email": "a@example.com", "name": "A"})
    file.write_text(json.dumps(document), encoding="utf-8")
    code, receipt = shop.run("import", str(file), "--yes")
    assert code == 0, receipt
    assert shop.rows("SELECT team_id, name FROM people WHERE id > 1") == [(3, "A")]
