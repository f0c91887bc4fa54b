"""Files that name the parents of their records by an e-mail address or a name instead of an id."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acceptance.importing import Shop, counts, found, told
from entrepot.model.plans import ImportPlan

TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, first varchar(20),
    last varchar(20));
CREATE TABLE agents (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),
    agent_id integer REFERENCES agents (id), total integer);
CREATE TABLE staff (id integer PRIMARY KEY, email text UNIQUE, boss_id integer REFERENCES staff (id));
INSERT INTO customers VALUES (7, 'ada@example.org', 'Ada', 'Love'), (8, 'bob@example.org', 'Bob', 'Stone'),
    (9, 'bob@example.com', 'Bob', 'Wood');
INSERT INTO agents VALUES (1, 'North'), (2, 'South'), (3, 'South');
INSERT INTO staff VALUES (1, 'chief@example.org', NULL);
"""
SETTINGS = '[entities.customers]\nnatural_key = ["email"]\n'
ORDERS = "SELECT id, customer_id, agent_id, total FROM orders ORDER BY id"


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS, TABLES)


def mapped(plan: dict[str, Any], field: str) -> dict[str, Any]:
    return next(dict(one) for one in plan["mapping"]["mapped"] if one["field"] == field)


def parents(plan: dict[str, Any], number: int = 0) -> dict[str, int]:
    found = plan["references"][number]["parents"]
    return {name: found[name] for name in ("values", "found", "missing", "ambiguous")}


@pytest.mark.parametrize("column", ["customer", "Customer E-Mail", "customer_email", "customers.email", "customer_id"])
def test_a_column_that_tells_of_a_parent_gives_its_id(shop: Shop, column: str) -> None:
    settings = SETTINGS + 'fields.email = { label = "E-Mail" }\n'
    shop.set(settings)
    file = shop.file(f"id,{column},total\n1,bob@example.org,5\n2,ada@example.org,6\n3,bob@example.org,7\n")
    plan = shop.plan(file, "orders")
    one = mapped(plan, "customer_id")
    assert (one["columns"], one["find_by"], one["how"]) == ([column], ["email"], "reference")
    assert parents(plan) == {"values": 2, "found": 2, "missing": 0, "ambiguous": 0}
    assert [(s["value"], s["id"]) for s in plan["references"][0]["parents"]["samples"]] == [
        ("bob@example.org", "8"),
        ("ada@example.org", "7"),
    ]
    assert plan["lane"] == "mapped"
    shop.bring(file, "orders")
    assert shop.rows(ORDERS) == [(1, 8, None, 5), (2, 7, None, 6), (3, 8, None, 7)]
    assert counts(shop.plan(file, "orders", "--mode", "upsert")) == {"unchanged": 3}


def test_ids_stay_ids(shop: Shop) -> None:
    file = shop.file("id,customer_id,total\n1,7,5\n")
    (reference,) = shop.plan(file, "orders", "--clean", "total=trim")["references"]
    assert (reference["field"], reference["by"], reference["parents"]["found"]) == ("customer_id", ["id"], 1)
    bare = shop.file("id,customer,total\n1,7,5\n", "bare.csv")
    assert shop.refusal(bare, "orders")["code"] == "field_not_filled"


def test_an_id_beside_what_names_the_parent_makes_it_a_question(shop: Shop) -> None:
    plan = shop.plan(shop.file("id,customer_id,customer_email\n1,7,bob@example.org\n"), "orders")
    meant = [(s["column"], s["field"]) for s in plan["mapping"]["suggestions"]]
    assert meant == [("customer_email", "customer_id by email")]
    assert counts(plan) == {"created": 1}


def test_a_name_that_is_no_key_is_only_asked_for(shop: Shop) -> None:
    file = shop.file("id,customer_last,agent name\n1,Love,North\n")
    refused = shop.refusal(file, "orders")
    assert (refused["code"], refused["remedy"].partition("?")[0]) == (
        "field_not_filled",
        'Did you mean --map "customer_last=customer_id by last" --map "agent name=agent_id by name"',
    )


def test_ids_that_lead_nowhere_are_counted(shop: Shop) -> None:
    plan = shop.plan(shop.file("id,customer_id,agent_id\n1,7,9\n2,7,1\n3,70,\n"), "orders")
    assert [parents(plan, at) for at in (0, 1)] == [
        {"values": 2, "found": 1, "missing": 1, "ambiguous": 0},
        {"values": 2, "found": 1, "missing": 1, "ambiguous": 0},
    ]


def test_what_is_not_found_is_an_error_with_what_was_probably_meant(shop: Shop) -> None:
    file = shop.file("id,customer,total\n1,ada@exampel.org,5\n2,bob@example.org,6\n3,ada@exampel.org,\n4,,1\n")
    plan = shop.plan(file, "orders", "--errors", "skip")
    assert found(plan) == [
        (1, "customer_id", "parent_not_found", "ada@exampel.org"),
        (3, "customer_id", "parent_not_found", "ada@exampel.org"),
        (4, "customer_id", "required", None),
    ]
    assert "customer_id: there are no customers with the email ada@exampel.org." in told(plan)
    assert [(p["place"]["column"], p["place"]["line"]) for p in plan["problems"]][:2] == [
        ("customer", 2),
        ("customer", 4),
    ]
    group = plan["groups"]["groups"][0]
    assert (group["values"][0]["suggestion"], group["records"]) == ("ada@example.org", 2)
    assert counts(plan) == {"created": 1, "failed": 3}


def test_failed_records_come_back_with_the_columns_of_the_file(shop: Shop, tmp_path: Path) -> None:
    file = shop.file("id,customer,total\n1,eve@example.org,5\n2,bob@example.org,6\n")
    code, receipt = shop.run(
        *("import", file, "--into", "orders", "--yes", "--errors", "skip"),
        *("--errors-file", str(tmp_path / "failed.csv")),
    )
    assert code == 9
    rows = list(csv.DictReader((tmp_path / "failed.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["__row"], row["customer"]) for row in rows] == [("1", "eve@example.org")]
    mended = (tmp_path / "failed.csv").read_text(encoding="utf-8").replace("eve@", "ada@", 1)
    (tmp_path / "mended.csv").write_text(mended, encoding="utf-8")
    code, corrected = shop.run("import", str(tmp_path / "mended.csv"), "--corrects", receipt["job"], "--yes")
    assert (code, counts(corrected)) == (0, {"created": 1})
    assert shop.rows(ORDERS) == [(1, 7, None, 5), (2, 8, None, 6)]


def test_a_name_that_several_have_is_told_with_their_ids(shop: Shop) -> None:
    file = shop.file("id,customer_id,agent,total\n1,7,South,5\n2,7,North,6\n")
    plan = shop.plan(file, "orders", "--map", "agent=agent_id by name")
    assert found(plan) == [(1, "agent_id", "ambiguous_parent", "South (2: 2, 3)")]
    assert "agent_id: there are several agents with the name South (2: 2, 3)." in told(plan)
    assert parents(plan) == {"values": 2, "found": 1, "missing": 0, "ambiguous": 1}


def test_two_columns_must_name_the_same_parent(shop: Shop) -> None:
    file = shop.file(
        "id,customer_id,mail,total\n1,7,ada@example.org,1\n2,8,ada@example.org,2\n3,,ada@example.org,3\n4,8,,4\n"
    )
    said = ("--map", "customer_id=customer_id", "--map", "mail=customer_id by email")
    plan = shop.plan(file, "orders", *said, "--errors", "skip")
    assert found(plan) == [(2, "customer_id", "parents_disagree", "ada@example.org is 7, not 8")]
    assert plan["references"][0]["parents"]["disagreeing"] == 1
    shop.run("import", file, "--into", "orders", *said, "--errors", "skip", "--yes")
    assert shop.rows(ORDERS) == [(1, 7, None, 1), (3, 7, None, 3), (4, 8, None, 4)]


def test_an_id_says_which_of_several_is_meant(shop: Shop) -> None:
    file = shop.file("id,customer_id,agent,agent_id\n1,7,South,3\n2,7,South,1\n")
    said = ("--map", "agent=agent_id by name", "--map", "agent_id=agent_id")
    plan = shop.plan(file, "orders", *said)
    assert found(plan) == [(2, "agent_id", "parents_disagree", "South is 2, 3, not 1")]


def test_several_fields_together_name_a_parent(shop: Shop) -> None:
    file = shop.file("id,given,family\n1,Bob,Wood\n2,Bob,Love\n3,Bob,\n")
    said = ("--map", "given=customer_id by first", "--map", "family=customer_id by last", "--errors", "skip")
    plan = shop.plan(file, "orders", *said)
    assert [(record, value) for record, _, _, value in found(plan)] == [(2, "Bob, Love"), (3, "Bob")]
    shop.run("import", file, "--into", "orders", *said, "--yes")
    assert shop.rows(ORDERS) == [(1, 9, None, None)]


def test_a_natural_key_of_several_fields_is_found_by_names_of_columns(shop: Shop) -> None:
    shop.set('[entities.customers]\nnatural_key = ["first", "last"]\n')
    shop.bring(shop.file("id,customer first,customer last\n1,Bob,Wood\n"), "orders")
    assert shop.rows(ORDERS) == [(1, 9, None, None)]


def test_records_without_a_parent_may_be_left_out(shop: Shop) -> None:
    file = shop.file("id,customer,total\n1,eve@example.org,5\n2,bob@example.org,6\n")
    plan = shop.plan(file, "orders", "--missing", "customer_id=skip")
    assert (counts(plan), plan["errors"]) == ({"created": 1, "skipped": 1}, 0)
    assert plan["references"][0]["parents"]["unresolved"] == 1
    receipt = shop.bring(file, "orders", "--missing", "customer_id=skip")
    assert (receipt["records"], counts(receipt)) == (2, {"created": 1, "skipped": 1})


def test_a_reference_without_a_parent_may_stay_empty_where_it_can(shop: Shop) -> None:
    file = shop.file("id,customer,agent\n1,bob@example.org,West\n2,bob@example.org,North\n")
    by_name = ("--map", "agent=agent_id by name")
    shop.bring(file, "orders", *by_name, "--missing", "agent_id=empty")
    assert shop.rows(ORDERS) == [(1, 8, None, None), (2, 8, 1, None)]
    assert shop.refusal(file, "orders", *by_name, "--missing", "customer_id=empty")["code"] == "never_empty"
    assert shop.refusal(file, "orders", *by_name, "--missing", "agent_id=leave")["code"] == "unknown_way"


def test_case_means_nothing_if_it_is_said(shop: Shop) -> None:
    file = shop.file("id,customer,agent\n1, ADA@Example.org ,SOUTH\n2,BOB@example.org,north \n")
    assert len(found(shop.plan(file, "orders"))) == 2
    said = ("--map", "customer=customer_id by email ignore case", "--map", "agent=agent_id by name ignore case")
    plan = shop.plan(file, "orders", *said, "--errors", "skip")
    assert [(record, code, value) for record, _, code, value in found(plan)] == [
        (1, "ambiguous_parent", "SOUTH (2: 2, 3)")
    ]
    shop.run("import", file, "--into", "orders", *said, "--errors", "skip", "--yes")
    assert shop.rows(ORDERS) == [(2, 8, 1, None)]


def test_the_settings_say_by_what_a_parent_is_found(shop: Shop) -> None:
    shop.set(
        '[entities.orders]\nfields.agent_id = { find_by = "name", ignore_case = true, missing = "empty" }\n'
        'fields.customer_id = { find_by = ["first", "last"] }\n'
    )
    file = shop.file("id,customer first,customer_last,agent_id\n1,Ada,Love,north\n2,Bob,Wood,West\n")
    shop.bring(file, "orders")
    assert shop.rows(ORDERS) == [(1, 7, 1, None), (2, 9, None, None)]
    ids = shop.file("id,customer_id,agent_id\n3,7,2\n", "ids.csv")
    shop.bring(ids, "orders")
    assert shop.rows(ORDERS)[2] == (3, 7, 2, None)


@pytest.mark.parametrize(
    ("field", "said", "code"),
    [
        ("customer_id", 'find_by = "mail"', "unknown_field"),
        ("total", 'find_by = "email"', "no_reference"),
        ("customer_id", 'missing = "leave"', "unknown_way"),
    ],
)
def test_settings_that_find_nothing_are_refused(shop: Shop, field: str, said: str, code: str) -> None:
    shop.set(f"[entities.orders]\nfields.{field} = {{ {said} }}\n")
    assert shop.refusal(shop.file("id\n1\n"), "orders")["code"] == code


def test_mappings_that_find_nothing_are_refused(shop: Shop) -> None:
    file = shop.file("id,customer,customer_id\n1,x,7\n")
    assert shop.refusal(file, "orders", "--map", "customer=customer_id by mail")["code"] == "unknown_field"
    assert shop.refusal(file, "orders", "--map", "customer=total by email")["code"] == "no_reference"


def test_a_field_may_be_called_as_if_something_was_looked_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop.opened(tmp_path, capsys, "", 'CREATE TABLE bills (id integer PRIMARY KEY, "paid by card" text)')
    shop.bring(shop.file("id,how\n1,yes\n"), "bills", "--map", "how=paid by card")
    assert shop.rows("SELECT * FROM bills") == [(1, "yes")]


def test_plans_from_before_there_were_lookups_are_read(shop: Shop) -> None:
    plan = shop.plan(shop.file("id,customer_id\n1,7\n"), "orders")
    del plan["references"]
    for one in plan["mapping"]["mapped"]:
        del one["find_by"], one["ignore_case"]
    assert msgspec.convert(plan, ImportPlan).references == ()


def test_a_mapping_names_a_field_for_each_column(shop: Shop, tmp_path: Path) -> None:
    field = {"columns": ["given", "family"], "find_by": ["first"]}
    saved = {"entity": "orders", "columns": ["id", "given", "family"], "mapping": {"fields": {"customer_id": field}}}
    (tmp_path / "mapping.json").write_text(json.dumps(saved), encoding="utf-8")
    file = shop.file("id,given,family\n1,Bob,Wood\n")
    refused = shop.refusal(file, "orders", "--mapping", str(tmp_path / "mapping.json"))
    assert refused["code"] == "find_by_width"


def test_records_of_the_file_may_be_parents(shop: Shop) -> None:
    file = shop.file(
        "id,email,boss\n2,ada@example.org,chief@example.org\n3,bob@example.org,cid@example.org\n"
        "4,cid@example.org,ada@example.org\n"
    )
    plan = shop.plan(file, "staff", "--map", "boss=boss_id by email")
    assert parents(plan)["found"] == plan["references"][0]["parents"]["own"] + 1 == 3
    shop.bring(file, "staff", "--map", "boss=boss_id by email")
    assert shop.rows("SELECT id, boss_id FROM staff ORDER BY id") == [(1, None), (2, 1), (3, 4), (4, 2)]


def test_a_parent_that_gets_its_id_only_now_cannot_be_referred_to_yet(shop: Shop) -> None:
    file = shop.file("email,boss\nada@example.org,chief@example.org\nbob@example.org,ada@example.org\n")
    plan = shop.plan(file, "staff", "--map", "boss=boss_id by email")
    assert found(plan) == [(2, "boss_id", "parent_not_yet", "ada@example.org")]
    assert counts(plan) == {"created": 1, "failed": 1}


def test_a_parent_that_fails_keeps_its_children_out(shop: Shop) -> None:
    file = shop.file("id,email,boss\n2,ada@example.org,nobody@example.org\n3,bob@example.org,ada@example.org\n")
    plan = shop.plan(file, "staff", "--map", "boss=boss_id by email")
    assert [(record, code) for record, _, code, _ in found(plan)] == [(1, "parent_not_found"), (2, "parent_failed")]


@pytest.mark.parametrize(
    "meanwhile",
    ["UPDATE customers SET id = 77 WHERE id = 7", "UPDATE customers SET email = 'x' WHERE id = 7"],
    ids=["another id", "another name"],
)
def test_a_plan_does_not_hold_if_it_would_find_other_parents(shop: Shop, meanwhile: str) -> None:
    plan = shop.plan(shop.file("id,customer\n1,ada@example.org\n"), "orders")
    shop.rows_changed(meanwhile)
    code, document = shop.run("plan", "apply", plan["plan_id"])
    assert (code, document["error"]["code"]) == (5, "plan_drifted")
    assert shop.rows(ORDERS) == []


def test_it_is_taken_back_and_comes_in_by_batches_like_any_other(shop: Shop) -> None:
    file = shop.file("id,customer\n" + "".join(f"{at},ada@example.org\n" for at in range(1, 8)))
    in_batches = ("--errors", "skip", "--batch-size", "3")
    receipt = shop.bring(file, "orders", *in_batches)
    assert counts(receipt) == {"created": 7}
    assert shop.run("undo", receipt["job"], "--yes")[0] == 0
    assert shop.rows(ORDERS) == []
    staff = shop.file("email,boss\nada@example.org,chief@example.org\n", "staff.csv")
    refused = shop.run("import", staff, "--into", "staff", "--map", "boss=boss_id by email", "--yes", *in_batches)
    assert refused[1]["error"]["code"] == "no_batches"


def test_what_a_json_record_lacks_stays_and_what_stands_inside_is_found(shop: Shop) -> None:
    shop.bring(shop.file("id,customer_id,agent_id,total\n1,7,1,5\n"), "orders")
    lines = [{"id": 1, "total": 6}, {"id": 2, "customer": {"email": "bob@example.org"}, "agent": "North", "total": 1}]
    file = shop.file("".join(json.dumps(line) + "\n" for line in lines), "in.ndjson")
    said = ("--map", "customer.email=customer_id by email", "--map", "agent=agent_id by name", "--mode", "upsert")
    shop.bring(file, "orders", *said)
    assert shop.rows(ORDERS) == [(1, 7, 1, 6), (2, 8, 1, 1)]


def test_how_parents_were_found_is_remembered_and_can_be_saved(shop: Shop) -> None:
    first = shop.file("id,client\n1,ada@example.org\n")
    shop.bring(first, "orders", "--map", "client=customer_id by email ignore case", "--save-mapping", "partner")
    second = shop.file("id,client\n2,BOB@example.org\n", "second.csv")
    assert mapped(shop.plan(second, "orders"), "customer_id")["how"] == "remembered"
    shop.bring(second, "orders", "--mapping", "partner")
    assert shop.rows(ORDERS) == [(1, 7, None, None), (2, 8, None, None)]
    assert "customers" not in shop.screen("mapping", "show", "partner")


def test_cleaning_and_the_parents_own_steps_come_before_the_search(shop: Shop) -> None:
    shop.set('[entities.customers]\nnatural_key = ["email"]\nfields.email = { transform = ["trim", "lowercase"] }\n')
    shop.bring(shop.file("id,customer\n1, ADA@example.org\n"), "orders")
    replaced = '[{"name": "replace", "from": "#", "to": "@"}]'
    shop.bring(shop.file("id,customer\n2,bob#example.org\n"), "orders", "--clean", f"customer_id={replaced}")
    assert shop.rows(ORDERS) == [(1, 7, None, None), (2, 8, None, None)]


def test_the_screen_says_what_was_looked_up(shop: Shop) -> None:
    file = shop.file("id,customer\n1,ada@example.org\n2,eve@example.org\n")
    screen = shop.screen("import", file, "--into", "orders", "--dry-run", "--missing", "customer_id=skip")
    assert "customers by email        1 of 2        1        0" in screen
    assert "'ada@example.org' → 7 (Ada)" in screen or "'ada@example.org' → 7" in screen
    assert "records without a parent are left out" in screen
