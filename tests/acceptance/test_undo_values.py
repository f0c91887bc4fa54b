"""An undo knows rows again whatever the database made of their values, and gives back what it changed by itself."""

from __future__ import annotations

import csv

import pytest

from acceptance.test_undo import CASES, TRIGGERS, Club, club, fates
from contract.databases import mariadb_case, postgres_case, sqlite_case
from entrepot.model.drafts import Mode
from entrepot.model.mirrors import Mirror
from entrepot.model.plans import ImportRequest

__all__ = ["club"]

MARIADB = pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb)
RESPELLED = {
    "sqlite": (("integer", "+1"), ("real", "1e2"), ("boolean", "true"), ("char(5)", "ab"), ("decimal(8,2)", "1.50")),
    "postgres": (
        ("real", "0.123456789"),
        ("inet", "10.0.0.1/32"),
        ("tsvector", "b a"),
        ("macaddr", "08-00-2B-01-02-03"),
        ("interval", "P1D"),
        ("double precision[]", "[1e2, 0.10]"),
        ("jsonb", '{"b":1.50,"a":[]}'),
        ("timestamptz", "2024-01-02 10:00:00.5+02"),
        ("uuid", "0F8FAD5B-D9CB-469F-A165-70867728950E"),
    ),
    "mariadb": (
        ("char(5)", "ab "),
        ("char(3)", "ab "),
        ("float", "0.123456789"),
        ("binary(4)", r"\x6162"),
        ("set('p','q','r')", "r,p"),
        ("inet6", "2001:DB8::1"),
        ("uuid", "0F8FAD5B-D9CB-169F-A165-70867728950E"),
        ("timestamp(3) NULL", "2024-01-02 10:00:00.5+02"),
    ),
}


def test_values_that_a_type_keeps_otherwise_are_no_edit(club: Club, request: pytest.FixtureRequest) -> None:
    given = RESPELLED[request.node.callspec.id]
    fields = ", ".join(f"c{at} {native}" for at, (native, _) in enumerate(given))
    club.place.execute(f"CREATE TABLE odd (id integer PRIMARY KEY, {fields})", "INSERT INTO odd (id) VALUES (2)")
    first = club.fingerprint()
    lines = [
        ["id", *(f"c{at}" for at in range(len(given)))],
        *([key, *(text for _, text in given)] for key in ("1", "2")),
    ]
    with (club.folder / "odd.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    receipt = club.bring_in((club.folder / "odd.csv").read_text(encoding="utf-8"), entity="odd")
    undone = club.entrepot.undo(receipt.job)
    assert fates(undone) == {"deleted": 1, "restored": 1}
    assert club.fingerprint() == first
    back = club.entrepot.undo(undone.job)
    assert fates(back) == {"reinserted": 1, "restored": 1}
    assert fates(club.entrepot.undo_plan(back.job)) == {"deleted": 1, "restored": 1}


@pytest.mark.parametrize("club", [MARIADB], indirect=True)
def test_moments_that_the_database_keeps_itself_come_back(club: Club) -> None:
    moment = "timestamp(6) NOT NULL DEFAULT '2020-01-01' ON UPDATE current_timestamp(6)"
    club.place.execute(f"CREATE TABLE kept (id integer PRIMARY KEY, name varchar(9), at {moment})")
    club.place.execute("INSERT INTO kept (id, name) VALUES (1, 'ann'), (2, 'bob')")
    first = club.fingerprint()
    receipt = club.bring_in("id,name\n1,anna\n2,bob\n", entity="kept")
    assert fates(club.entrepot.undo(receipt.job)) == {"restored": 1}
    assert club.fingerprint() == first


COUNTING = {
    "sqlite": ("CREATE TRIGGER counts AFTER UPDATE OF name ON counted BEGIN UPDATE counted SET n = 7; END",),
    "postgres": (
        "CREATE FUNCTION counts() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.n := 7; RETURN NEW; END$$",
        "CREATE TRIGGER counts BEFORE UPDATE OF name ON counted FOR EACH ROW EXECUTE FUNCTION counts()",
    ),
    "mariadb": ("CREATE TRIGGER counts BEFORE UPDATE ON counted FOR EACH ROW SET NEW.n = 7",),
}


def test_what_a_trigger_wrote_into_other_fields_is_known(club: Club, request: pytest.FixtureRequest) -> None:
    """It writes there again when the row is restored, but what stood there is in the journal."""
    club.place.execute(
        "CREATE TABLE counted (id integer PRIMARY KEY, name varchar(9), n integer)",
        "INSERT INTO counted VALUES (1, 'ann', 0)",
        *COUNTING[request.node.callspec.id],
    )
    receipt = club.bring_in("id,name\n1,anna\n", entity="counted")
    (difference,) = club.entrepot.undo_plan(receipt.job).differences
    assert (difference.before, difference.after) == (("anna", "7"), ("ann", "0"))


def test_what_triggers_made_of_an_undo_is_no_edit_either(club: Club, request: pytest.FixtureRequest) -> None:
    club.place.execute(
        "CREATE TABLE stamped (id integer PRIMARY KEY, name varchar(40), seen varchar(5))",
        "INSERT INTO stamped VALUES (1, 'ann', NULL)",
        *TRIGGERS[request.node.callspec.id],
    )
    receipt = club.bring_in("id,name\n1,anna\n2,bob\n", entity="stamped")
    undone = club.entrepot.undo(receipt.job)
    back = club.entrepot.undo(undone.job)
    assert fates(back) == {"reinserted": 1, "restored": 1}
    assert fates(club.entrepot.undo_plan(back.job)) == {"deleted": 1, "restored": 1}


POSTGRES = pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres)


@pytest.mark.parametrize("club", [POSTGRES], indirect=True)
def test_documents_that_are_only_written_otherwise_are_no_edit(club: Club) -> None:
    club.place.execute("CREATE TABLE papers (id integer PRIMARY KEY, body jsonb)")
    lines = "".join(f'{{"id": {number}, "body": {{"b":1.50,"a":[{number}]}}}}\n' for number in range(1_500))
    (club.folder / "papers.ndjson").write_text(lines, encoding="utf-8")
    receipt = club.entrepot.bring_in(club.folder / "papers.ndjson", ImportRequest(entity="papers"))
    club.place.execute("UPDATE papers SET body = '{}' WHERE id = 7")
    assert fates(club.entrepot.undo_plan(receipt.job)) == {"deleted": 1_499, "edited": 1}


ANY_CASE = {"sqlite": "varchar(9) COLLATE NOCASE", "mariadb": "varchar(9) COLLATE utf8mb4_general_ci"}


@pytest.mark.parametrize("club", [pytest.param(sqlite_case.CASE, id="sqlite"), MARIADB], indirect=True)
def test_a_row_whose_key_is_written_otherwise_by_now_is_not_gone(club: Club, request: pytest.FixtureRequest) -> None:
    club.place.execute(f"CREATE TABLE codes (code {ANY_CASE[request.node.callspec.id]} PRIMARY KEY, n integer)")
    receipt = club.bring_in("code,n\nabc,1\ndef,2\n", entity="codes")
    club.place.execute("UPDATE codes SET code = 'ABC' WHERE code = 'abc'")
    assert fates(club.entrepot.undo(receipt.job)) == {"deleted": 1, "edited": 1}
    assert club.rows("SELECT code FROM codes") == [("ABC",)]


BLIND = "CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
CODE = {"sqlite": "varchar(9)", "postgres": "varchar(9) COLLATE blind", "mariadb": ANY_CASE["mariadb"]}
"""Of rows that refer to others; what SQLite compares by is the parent's affair."""


def spelled_twice(club: Club, engine: str) -> None:
    if engine == "postgres":
        club.place.execute(BLIND)
    own = ANY_CASE.get(engine, CODE[engine])
    club.place.execute(f"CREATE TABLE codes (code {own} PRIMARY KEY, n integer)")
    refers = "FOREIGN KEY (code) REFERENCES codes (code) ON DELETE CASCADE"
    club.place.execute(f"CREATE TABLE uses (id integer PRIMARY KEY, code {CODE[engine]}, {refers})")


@pytest.mark.parametrize("club", CASES, indirect=True)
def test_a_row_that_spells_otherwise_what_it_refers_to_is_in_the_way(
    club: Club, request: pytest.FixtureRequest
) -> None:
    spelled_twice(club, request.node.callspec.id)
    receipt = club.bring_in("code,n\nABC,1\nDEF,2\n", entity="codes")
    club.place.execute("INSERT INTO uses VALUES (1, 'abc')")
    assert fates(club.entrepot.undo(receipt.job)) == {"blocked": 1, "deleted": 1}
    assert club.rows("SELECT id, code FROM uses") == [("1", "abc")]


@pytest.mark.parametrize("club", CASES, indirect=True)
def test_a_row_comes_back_with_the_one_whose_key_it_spells_otherwise(
    club: Club, request: pytest.FixtureRequest
) -> None:
    spelled_twice(club, request.node.callspec.id)
    club.place.execute("INSERT INTO codes VALUES ('ABC', 1), ('DEF', 2), ('GHI', 3)")
    club.place.execute("INSERT INTO uses VALUES (1, 'abc'), (2, 'Abc'), (3, 'def')")
    before = club.rows("SELECT id, code FROM uses ORDER BY id")
    file = club.folder / "codes.csv"
    file.write_text("code,n\nGHI,3\n", encoding="utf-8")
    gone = Mirror(most="100%", confirmed=5)
    receipt = club.entrepot.bring_in(file, ImportRequest(entity="codes", mode=Mode.MIRROR, mirror=gone))
    club.place.execute("INSERT INTO codes VALUES ('Def', 4)")
    undone = club.entrepot.undo(receipt.job)
    assert fates(undone) == {"reinserted": 4, "edited": 1}
    assert club.rows("SELECT id, code FROM uses ORDER BY id") == before
