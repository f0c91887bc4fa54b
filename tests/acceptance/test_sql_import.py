"""A dump is brought in as people do it: one of its tables, or all of them; nothing of it is run."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from acceptance.importing import Shop, counts, found, told

DUMP = """PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT, age INTEGER);
INSERT INTO users VALUES(1,'it''s; (a)',30);
INSERT INTO users VALUES(2,replace('two\\nlines','\\n',char(10)),NULL);
CREATE TABLE bookings(id INTEGER PRIMARY KEY, user_id INTEGER, price REAL);
INSERT INTO bookings VALUES(7,2,1.5);
CREATE TRIGGER t AFTER INSERT ON users BEGIN INSERT INTO users VALUES (3,'x',1); END;
COMMIT;
"""
USERS, BOOKINGS = "SELECT id, name, age FROM users ORDER BY id", "SELECT id, user_id, price FROM bookings"
TWO_USERS = [(1, "it's; (a)", 30), (2, "two\nlines", None)]


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


def test_one_table_of_a_compressed_dump_comes_in(shop: Shop) -> None:
    file = shop.folder / "dump.sql.gz"
    file.write_bytes(gzip.compress(DUMP.encode(), mtime=0))
    plan = shop.plan(str(file), "users", "--list", "users")
    assert counts(plan) == {"created": 2}
    assert any("CREATE TRIGGER (1, line 8)" in message for message in told(plan))
    shop.bring(str(file), "users", "--list", "users")
    assert (shop.rows(USERS), shop.rows(BOOKINGS)) == (TWO_USERS, [])


def test_all_tables_of_a_dump_come_in_as_one_import(shop: Shop) -> None:
    code, receipt = shop.run("import", shop.file(DUMP, "dump.sql"), "--yes")
    assert code == 0, receipt
    assert (shop.rows(USERS), shop.rows(BOOKINGS)) == (TWO_USERS, [(7, 2, 1.5)])


def test_an_expression_is_a_finding_with_its_place_and_keeps_nothing_else_out(shop: Shop) -> None:
    file = shop.file("INSERT INTO users (id, name) VALUES\n (1, 'a'),\n (2, upper('b')),\n (3, 'c');\n", "users.sql")
    plan = shop.plan(file, "users", "--errors", "skip")
    assert found(plan) == [(2, None, "no_literal", "upper('b')")]
    (problem,) = [one for one in plan["problems"] if one["code"] == "no_literal"]
    assert (problem["place"]["line"], problem["place"]["column"]) == (3, "name")
    _, receipt = shop.run("import", file, "--into", "users", "--yes", "--errors", "skip")
    assert counts(receipt) == {"created": 2, "failed": 1}
    assert shop.rows("SELECT id, name FROM users ORDER BY id") == [(1, "a"), (3, "c")]


def test_a_dump_that_would_do_more_than_bring_rows_is_refused_and_nothing_is_done(shop: Shop) -> None:
    file = shop.file("INSERT INTO users (id) VALUES (1);\nCOPY users FROM PROGRAM 'touch here';\n", "users.sql")
    refusal = shop.refusal(file, "users")
    assert (refusal["code"], "line 2" in refusal["message"]) == ("refused_statement", True)
    assert shop.rows(USERS) == []
    assert not (shop.folder / "here").exists()


def test_several_tables_for_one_entity_are_asked_for(shop: Shop) -> None:
    refusal = shop.refusal(shop.file(DUMP, "dump.sql"), "users")
    assert refusal["code"] == "several_tables"
    assert "users (2 records), bookings (1 record)" in refusal["message"]
