"""Parents that are made of what files say: previewed, written first, and taken back with what asked for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts

TABLES = """
CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, name text NOT NULL,
    kind text NOT NULL DEFAULT 'person' CHECK (kind <> 'bad'));
CREATE TABLE agents (id integer PRIMARY KEY, first text NOT NULL, last text NOT NULL);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),
    payer_id integer REFERENCES customers (id), agent_id integer REFERENCES agents (id), total integer);
CREATE TABLE invoices (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id));
INSERT INTO customers VALUES (7, 'ada@example.org', 'Ada', 'person');
"""
SETTINGS = '[entities.customers]\nmade = { name = "{email}", kind = "unknown" }\n'
CREATE = ("--map", "customer=customer_id by email", "--missing", "customer_id=create")
ORDERS = "SELECT o.id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id"
CUSTOMERS = "SELECT email, name, kind FROM customers WHERE id <> 7 ORDER BY id"


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS, TABLES)


def test_who_is_missing_is_created_once_with_what_the_settings_say(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n2,ada@example.org\n3,cy@x.org\n4,bob@x.org\n", "orders.csv")
    plan = shop.plan(file, "orders", *CREATE)
    made, asking = plan["parts"]
    assert (made["entity"], counts(made), counts(asking)) == ("customers", {"created": 2}, {"created": 4})
    assert made["request"]["made"]["first"] == [
        {"value": "bob@x.org", "file": "orders.csv", "record": 1},
        {"value": "cy@x.org", "file": "orders.csv", "record": 3},
    ]
    assert shop.rows(CUSTOMERS) == []
    receipt = shop.bring(file, "orders", *CREATE)
    assert receipt["digest"] == plan["digest"]
    assert [(part["entity"], counts(part)) for part in receipt["parts"]] == [
        ("customers", {"created": 2}),
        ("orders", {"created": 4}),
    ]
    assert shop.rows(CUSTOMERS) == [("bob@x.org", "bob@x.org", "unknown"), ("cy@x.org", "cy@x.org", "unknown")]
    assert shop.rows(ORDERS) == [(1, "bob@x.org"), (2, "ada@example.org"), (3, "cy@x.org"), (4, "bob@x.org")]


def test_a_plan_is_carried_out_as_it_was_shown_or_not_at_all(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n", "orders.csv")
    plan = shop.plan(file, "orders", *CREATE)
    shop.rows_changed("INSERT INTO customers VALUES (9, 'bob@x.org', 'Bob', 'person')")
    code, document = shop.run("plan", "apply", plan["plan_id"])
    assert (code, document["error"]["code"]) == (5, "plan_drifted")
    shop.rows_changed("DELETE FROM customers WHERE id = 9")
    code, receipt = shop.run("plan", "apply", plan["plan_id"])
    assert (code, receipt["digest"]) == (0, plan["digest"])
    assert shop.rows(ORDERS) == [(1, "bob@x.org")]


def test_an_undo_takes_parents_back_unless_somebody_refers_to_them(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n2,cy@x.org\n", "orders.csv")
    receipt = shop.bring(file, "orders", *CREATE)
    shop.rows_changed("INSERT INTO orders SELECT 50, id, NULL, NULL, 1 FROM customers WHERE email = 'cy@x.org'")
    shop.run("undo", receipt["job"], "--yes")
    assert shop.rows(CUSTOMERS) == [("cy@x.org", "cy@x.org", "unknown")]
    assert shop.rows(ORDERS) == [(50, "cy@x.org")]


def test_nothing_and_blanks_create_nobody(shop: Shop) -> None:
    file = shop.file('id,customer\n1,\n2,""\n3," "\n4,bob@x.org\n', "orders.csv")
    made, asking = shop.plan(file, "orders", *CREATE, "--errors", "skip")["parts"]
    assert (counts(made), counts(asking)) == ({"created": 1}, {"created": 1, "failed": 3})


def test_a_parent_that_fails_keeps_its_children_out(shop: Shop) -> None:
    shop.set(SETTINGS.replace('"unknown"', '"bad"'))
    file = shop.file("id,customer\n1,bob@x.org\n2,ada@example.org\n", "orders.csv")
    made, asking = shop.plan(file, "orders", *CREATE, "--errors", "skip")["parts"]
    assert (counts(made), counts(asking)) == ({"failed": 1}, {"failed": 1, "created": 1})
    assert [finding["code"] for finding in asking["findings"]] == ["parent_failed"]
    assert "refers to 'bob@x.org', record 1 of customers for orders.csv" in str(asking["problems"])


def test_parents_that_nearly_are_one_are_told(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n2,Bob@x.org\n3,cy@x.org\n", "orders.csv")
    made, _ = shop.plan(file, "orders", *CREATE)["parts"]
    assert counts(made) == {"created": 3}
    (told,) = (problem for problem in made["problems"] if problem["code"] == "made_alike")
    assert told["message"] == (
        "'bob@x.org' and 'Bob@x.org' would be different rows of customers, and differ in nothing but case or blanks."
    )
    blind = ("--map", "customer=customer_id by email ignore case", *CREATE[2:])
    made, _ = shop.plan(file, "orders", *blind)["parts"]
    assert (counts(made), "made_alike" in str(made["problems"])) == ({"created": 2}, False)


def test_a_value_that_breaks_a_rule_of_the_parent_keeps_its_children_out(shop: Shop) -> None:
    shop.set(SETTINGS + 'fields.email = { rule = "email" }\n')
    file = shop.file("id,customer\n1,bob\n2,ada@example.org\n", "orders.csv")
    made, asking = shop.plan(file, "orders", *CREATE, "--errors", "skip")["parts"]
    assert (counts(made), counts(asking)) == ({"failed": 1}, {"failed": 1, "created": 1})
    assert [finding["code"] for finding in asking["findings"]] == ["parent_failed"]


def test_what_a_new_row_needs_must_come_from_somewhere(shop: Shop) -> None:
    shop.set("")
    file = shop.file("id,customer\n1,bob@x.org\n", "orders.csv")
    refused = shop.refusal(file, "orders", *CREATE)
    assert refused["code"] == "made_without_values"
    assert "name" in refused["message"]
    known = shop.file("id,customer\n1,ada@example.org\n", "known.csv")
    assert counts(shop.plan(known, "orders", *CREATE)) == {"created": 1}


def test_two_references_and_two_files_ask_for_one_parent(shop: Shop) -> None:
    orders = shop.file("id,customer,payer\n1,bob@x.org,cy@x.org\n2,cy@x.org,bob@x.org\n", "orders.csv")
    invoices = shop.file("id,customer\n1,cy@x.org\n2,dee@x.org\n", "invoices.csv")
    settings = '[entities.orders.fields]\ncustomer_id = { find_by = "email", missing = "create" }\n'
    settings += 'payer_id = { find_by = "email", missing = "create" }\n'
    settings += '[entities.invoices.fields]\ncustomer_id = { find_by = "email", missing = "create" }\n'
    shop.set(SETTINGS + settings)
    maps = ("--map", "orders:payer=payer_id by email", "--map", "customer=customer_id by email")
    code, receipt = shop.run("import", orders, invoices, *maps, "--yes")
    assert code == 0, receipt
    assert [(part["entity"], counts(part)) for part in receipt["parts"]] == [
        ("customers", {"created": 3}),
        ("invoices", {"created": 2}),
        ("orders", {"created": 2}),
    ]
    query = "SELECT o.id, c.email, p.email FROM orders o JOIN customers c ON c.id = o.customer_id"
    assert shop.rows(f"{query} JOIN customers p ON p.id = o.payer_id ORDER BY o.id") == [
        (1, "bob@x.org", "cy@x.org"),
        (2, "cy@x.org", "bob@x.org"),
    ]


def test_several_fields_name_one_parent_together(shop: Shop) -> None:
    file = shop.file(
        "id,customer,given,family\n1,ada@example.org,Bo,Li\n2,ada@example.org,Bo,Xu\n3,ada@example.org,Bo,Li\n"
    )
    maps = ("--map", "given=agent_id by first", "--map", "family=agent_id by last", "--missing", "agent_id=create")
    shop.bring(file, "orders", *maps)
    query = "SELECT o.id, a.first, a.last FROM orders o JOIN agents a ON a.id = o.agent_id ORDER BY o.id"
    assert shop.rows(query) == [(1, "Bo", "Li"), (2, "Bo", "Xu"), (3, "Bo", "Li")]
    assert shop.rows("SELECT count(*) FROM agents") == [(2,)]


def test_where_case_means_nothing_one_parent_is_made(shop: Shop) -> None:
    file = shop.file("id,customer\n1,Bob@x.org\n2,bob@x.org \n3,ADA@example.org\n", "orders.csv")
    maps = ("--map", "customer=customer_id by email ignore case", "--missing", "customer_id=create")
    shop.bring(file, "orders", *maps)
    assert shop.rows(CUSTOMERS) == [("Bob@x.org", "Bob@x.org", "unknown")]
    assert shop.rows(ORDERS) == [(1, "Bob@x.org"), (2, "Bob@x.org"), (3, "ada@example.org")]


def test_records_that_are_left_out_ask_for_nobody(shop: Shop) -> None:
    file = shop.file("id,customer,total\n1,bob@x.org,many\n2,cy@x.org,5\n", "orders.csv")
    _, receipt = shop.run("import", file, "--into", "orders", "--yes", *CREATE, "--errors", "skip")
    assert counts(receipt) == {"created": 2, "failed": 1, "skipped": 1}
    assert shop.rows(CUSTOMERS) == [("cy@x.org", "cy@x.org", "unknown")]


def test_ids_say_nothing_of_who_should_have_them(shop: Shop) -> None:
    file = shop.file("id,customer_id\n1,8\n", "orders.csv")
    assert shop.refusal(file, "orders", "--missing", "customer_id=create")["code"] == "parents_not_named"


def test_the_screen_says_who_would_be_created_and_who_asked(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n2,cy@x.org\n", "orders.csv")
    screen = shop.screen("import", file, "--into", "orders", "--dry-run", *CREATE)
    assert "2 customers would be created for orders.csv:" in screen
    assert "'cy@x.org' (record 2 of orders.csv)" in screen


def test_records_that_are_skipped_ask_for_nobody(shop: Shop) -> None:
    """Their rows are there, and stay as they are."""
    shop.rows_changed("INSERT INTO orders VALUES (1, 7, NULL, NULL, 5)")
    file = shop.file("id,customer\n1,bob@x.org\n2,cy@x.org\n", "orders.csv")
    way = ("--mode", "create", "--on-conflict", "skip")
    made, asking = shop.plan(file, "orders", *CREATE, *way)["parts"]
    assert (counts(made), counts(asking)) == ({"created": 1, "skipped": 1}, {"created": 1, "skipped": 1})
    shop.bring(file, "orders", *CREATE, *way)
    assert shop.rows(CUSTOMERS) == [("cy@x.org", "cy@x.org", "unknown")]
    assert shop.rows(ORDERS) == [(1, "ada@example.org"), (2, "cy@x.org")]


def test_who_is_only_asked_for_by_records_that_the_database_refuses_is_not_created(shop: Shop) -> None:
    """It refuses them when all parents are written already."""
    shop.rows_changed(
        "CREATE TRIGGER t BEFORE INSERT ON orders WHEN NEW.total = 13 BEGIN SELECT RAISE(ABORT, 'unlucky'); END"
    )
    file = shop.file("id,customer,payer,total\n1,bob@x.org,cy@x.org,13\n2,cy@x.org,cy@x.org,5\n", "orders.csv")
    payer = ("--map", "payer=payer_id by email", "--missing", "payer_id=create")
    _, receipt = shop.run("import", file, "--into", "orders", "--yes", *CREATE, *payer, "--errors", "skip")
    made, asking = receipt["parts"]
    assert (counts(made), counts(asking)) == ({"created": 1, "skipped": 1}, {"created": 1, "failed": 1})
    assert shop.rows(CUSTOMERS) == [("cy@x.org", "cy@x.org", "unknown")]
    assert shop.rows(ORDERS) == [(2, "cy@x.org")]
    shop.run("undo", receipt["job"], "--yes")
    assert (shop.rows(CUSTOMERS), shop.rows(ORDERS)) == ([], [])


def test_the_screen_says_of_whom_nobody_asks_in_the_end(shop: Shop) -> None:
    file = shop.file("id,customer,total\n1,bob@x.org,many\n2,cy@x.org,5\n", "orders.csv")
    screen = shop.screen("import", file, "--into", "orders", "--dry-run", *CREATE, "--errors", "skip")
    assert "1 of these 2 customers would be created for orders.csv:" in screen
    assert "1 would not: no record that comes in refers to them." in screen
