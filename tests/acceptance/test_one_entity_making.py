"""Several files of one entity, and parents on the lines of their children, where other parents are made besides."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts

TABLES = """
CREATE TABLE regions (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL DEFAULT '?',
    region_id integer REFERENCES regions (id));
CREATE TABLE agents (id integer PRIMARY KEY, nick text NOT NULL UNIQUE);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customers (id),
    agent_id integer REFERENCES agents (id));
INSERT INTO customers VALUES (7, 'ada@x.org', 'Ada', NULL);
"""
CREATE = ("--map", "orders:customer=customer_id by email", "--missing", "orders:customer_id=create")
ORDERS = """SELECT o.id, c.email, a.nick, r.name FROM orders o JOIN customers c ON c.id = o.customer_id
    LEFT JOIN agents a ON a.id = o.agent_id LEFT JOIN regions r ON r.id = c.region_id ORDER BY o.id"""


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, "", TABLES)


def test_files_of_one_entity_ask_together_for_the_parents_that_are_made(shop: Shop) -> None:
    first = shop.file("id,customer\n1,ada@x.org\n2,bob@x.org\n", "may.csv")
    second = shop.file("customer;id\ncy@x.org;3\nbob@x.org;4\n", "june.csv")
    words = ("import", first, second, "--into", "may=orders", "--into", "june=orders", *CREATE)
    code, plan = shop.run(*words, "--dry-run")
    assert code == 0, plan
    made, asking = plan["parts"]
    assert (made["entity"], counts(made), counts(asking)) == ("customers", {"created": 2}, {"created": 4})
    assert made["request"]["made"]["first"] == [
        {"value": "cy@x.org", "file": "june.csv", "record": 1},
        {"value": "bob@x.org", "file": "june.csv", "record": 2},
    ]
    assert made["request"]["made"]["files"] == ["june.csv", "may.csv"]
    code, receipt = shop.run("plan", "apply", plan["plan_id"])
    assert (code, receipt["digest"]) == (0, plan["digest"])
    assert [row[:2] for row in shop.rows(ORDERS)] == [
        (1, "ada@x.org"),
        (2, "bob@x.org"),
        (3, "cy@x.org"),
        (4, "bob@x.org"),
    ]
    shop.run("undo", receipt["job"], "--yes")
    assert shop.rows("SELECT email FROM customers") == [("ada@x.org",)]


def test_some_parents_stand_on_the_lines_and_others_are_made(shop: Shop) -> None:
    text = (
        "id,customer,called,agent,region\n1,bob@x.org,Bob,ag,North\n2,cy@x.org,Cy,ag,South\n3,bob@x.org,Bob,bo,North\n"
    )
    words = ("import", shop.file(text, "orders.csv"), "--also", "customers", "--map", "customers:customer=email")
    words += ("--map", "customers:called=name", "--map", "customers:region=region_id by name")
    words += ("--missing", "customers:region_id=create", "--map", "orders:agent=agent_id by nick")
    words += ("--missing", "orders:agent_id=create")
    code, plan = shop.run(*words, "--dry-run")
    assert code == 0, plan
    assert {part["entity"]: counts(part) for part in plan["parts"]} == {
        "agents": {"created": 2},
        "regions": {"created": 2},
        "customers": {"created": 2},
        "orders": {"created": 3},
    }
    code, receipt = shop.run("plan", "apply", plan["plan_id"])
    assert (code, receipt["digest"]) == (0, plan["digest"])
    assert shop.rows(ORDERS) == [
        (1, "bob@x.org", "ag", "North"),
        (2, "cy@x.org", "ag", "South"),
        (3, "bob@x.org", "bo", "North"),
    ]
