"""A job that changed several tables is taken back by one transaction: children go before their parents, and whatever
stays keeps what it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from acceptance.bundled import as_left, as_one, brought_in
from acceptance.test_undo import CASES, SQLITE, Club, fates
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.cli import main
from entrepot.importing.undoing import refused
from entrepot.model.drafts import Mode
from entrepot.model.errors import ChangedError, PartialError
from entrepot.model.mirrors import Mirror
from entrepot.model.plans import ImportRequest
from entrepot.model.undo_plans import UndoPlan, UndoReceipt

TABLES = (
    "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, city varchar(20))",
    """CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, note varchar(20),
       FOREIGN KEY (customer_id) REFERENCES customers (id))""",
    """CREATE TABLE items (id integer PRIMARY KEY, order_id integer NOT NULL, product varchar(20),
       FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)""",
    "INSERT INTO customers VALUES (1, 'ann@x', 'Ulm'), (2, 'bob@x', NULL)",
    "INSERT INTO orders VALUES (1, 1, 'old'), (2, 2, NULL)",
    "INSERT INTO items VALUES (1, 1, 'tea')",
)
CUSTOMERS = "id,email,city\n1,ann@new,Bonn\n3,cy@x,\n4,di@x,\n"
ORDERS = "id,customer_id,note\n2,3,moved\n3,3,\n4,4,\n5,1,\n"
ITEMS = "id,order_id,product\n1,3,tea\n2,3,jam\n3,4,rye\n4,5,oat\n"
LOOK = {
    "customers": "SELECT id, email, city FROM customers ORDER BY id",
    "orders": "SELECT id, customer_id, note FROM orders ORDER BY id",
    "items": "SELECT id, order_id, product FROM items ORDER BY id",
}
Told = dict[str, dict[str, int]]
ON_SQLITE = pytest.mark.parametrize("shop", [SQLITE], indirect=True)


@pytest.fixture(params=CASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def state(shop: Club) -> list[list[tuple[object, ...]]]:
    return [shop.rows(query) for query in LOOK.values()]


def ids(shop: Club, table: str) -> list[object]:
    return [row[0] for row in shop.rows(LOOK[table])]


def foreseen(shop: Club, job: str) -> UndoReceipt:
    """The preview says what will be."""
    plan = shop.entrepot.undo_plan(job)
    receipt = shop.entrepot.undo(job, agreed=plan.digest)
    assert (receipt.parts, receipt.kept) == (plan.parts, plan.kept)
    return receipt


def each(told: UndoPlan | UndoReceipt) -> Told:
    assert sum(fates(told).values()) == sum(sum(fates(part).values()) for part in told.parts)
    return {part.entity: fates(part) for part in told.parts if fates(part)}


def kept(told: UndoPlan | UndoReceipt) -> set[tuple[str, str | None, str, str]]:
    return {(row.entity, row.key[0], str(row.fate), row.reason) for row in told.kept}


def everything(shop: Club) -> str:
    return brought_in(shop, customers=CUSTOMERS, orders=ORDERS, items=ITEMS)


WHOLE = {
    "customers": {"deleted": 2, "restored": 1},
    "orders": {"deleted": 3, "restored": 1},
    "items": {"deleted": 3, "restored": 1},
}


def test_a_job_over_several_tables_is_taken_back_whole_and_so_is_its_undo(
    shop: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All at once: no row is looked for alone."""
    monkeypatch.setattr(refused, "MOST", 0)
    first = state(shop)
    job = everything(shop)
    second = state(shop)
    undone = foreseen(shop, job)
    assert each(undone) == WHOLE
    assert fates(undone) == {"deleted": 8, "restored": 3}
    assert undone.entity == "customers, orders, items"
    assert state(shop) == first
    back = foreseen(shop, undone.job)
    assert fates(back) == {"reinserted": 8, "restored": 3}
    assert state(shop) == second
    assert each(foreseen(shop, back.job)) == WHOLE
    assert state(shop) == first


@ON_SQLITE
def test_a_row_that_stays_keeps_what_it_refers_to_in_other_tables(shop: Club) -> None:
    """A new one, one that referred to something else before, and one of a table that the job did not touch."""
    shop.place.execute(
        "CREATE TABLE notes (id integer PRIMARY KEY, order_id integer, FOREIGN KEY (order_id) REFERENCES orders (id))"
    )
    job = everything(shop)
    shop.place.execute(
        "UPDATE items SET product = 'rice' WHERE id = 3",
        "UPDATE orders SET note = 'seen' WHERE id = 2",
        "INSERT INTO notes VALUES (1, 5)",
    )
    assert shop.entrepot.undo_plan(job).blocked_by == {"notes": 1, "orders": 2, "items": 1}
    undone = foreseen(shop, job)
    assert each(undone) == {
        "customers": {"restored": 1, "blocked": 2},
        "orders": {"deleted": 1, "edited": 1, "blocked": 2},
        "items": {"deleted": 2, "restored": 1, "edited": 1},
    }
    assert kept(undone) == {
        ("items", "3", "edited", ""),
        ("orders", "2", "edited", ""),
        ("orders", "4", "blocked", "items"),
        ("orders", "5", "blocked", "notes"),
        ("customers", "3", "blocked", "orders"),
        ("customers", "4", "blocked", "orders"),
    }
    assert [ids(shop, table) for table in LOOK] == [["1", "2", "3", "4"], ["1", "2", "4", "5"], ["1", "3"]]


@ON_SQLITE
def test_rows_come_back_only_with_their_parents_of_other_tables(shop: Club) -> None:
    first = foreseen(shop, everything(shop))
    shop.place.execute("INSERT INTO customers VALUES (9, 'di@x', NULL)")
    back = foreseen(shop, first.job)
    assert each(back) == {
        "customers": {"reinserted": 1, "restored": 1, "taken": 1},
        "orders": {"reinserted": 2, "restored": 1, "parentless": 1},
        "items": {"reinserted": 2, "restored": 1, "parentless": 1},
    }
    assert kept(back) == {
        ("customers", "4", "taken", "email"),
        ("orders", "4", "parentless", "customers"),
        ("items", "3", "parentless", "orders"),
    }
    shop.place.execute("DELETE FROM customers WHERE id = 9")
    assert fates(foreseen(shop, first.job)) == {"reinserted": 3, "already": 8}


@ON_SQLITE
def test_what_rows_referred_to_instead_comes_back_before_they_do(shop: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    """A job that replaced a parent: one came, one went, and the children moved."""
    monkeypatch.setattr(refused, "MOST", 0)
    shop.place.execute("DELETE FROM items", "DELETE FROM orders WHERE id = 1")
    came = shop.bring_in("id,email\n7,gil@x\n", entity="customers")
    first = state(shop)
    new = shop.bring_in("id,email\n8,hal@x\n", entity="customers")
    moved = shop.bring_in("id,customer_id\n2,8\n", entity="orders")
    went = shop.entrepot.undo(came.job)
    job = as_one(shop.folder, new, moved)
    fixed = shop.entrepot.undo(went.job)
    assert fates(fixed) == {"reinserted": 1}
    assert fates(foreseen(shop, job)) == {"deleted": 1, "restored": 1}
    assert state(shop) == first


TEAMS = (
    "CREATE TABLE teams (id integer PRIMARY KEY, captain_id integer, name varchar(9))",
    """CREATE TABLE players (id integer PRIMARY KEY, team_id integer NOT NULL, friend_id integer,
       FOREIGN KEY (team_id) REFERENCES teams (id), FOREIGN KEY (friend_id) REFERENCES players (id))""",
)
CAPTAINS = "ALTER TABLE teams ADD CONSTRAINT captains FOREIGN KEY (captain_id) REFERENCES players (id)"
CIRCLE = (TEAMS[0].replace(", name", " REFERENCES players (id), name"), TEAMS[1])
PLAYING = "SELECT t.id, t.captain_id, p.id, p.friend_id FROM teams t JOIN players p ON p.team_id = t.id ORDER BY p.id"


def test_references_in_a_circle_are_cut_and_tied_again(
    shop: Club, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST", 0)
    engine = request.node.callspec.id
    shop.place.execute(*(CIRCLE if engine == "sqlite" else (*TEAMS, CAPTAINS)))
    shop.place.execute("INSERT INTO teams VALUES (9, NULL, 'old')", "INSERT INTO players VALUES (9, 9, NULL)")
    first = shop.rows(PLAYING)
    teams = shop.bring_in("id,name\n1,red\n2,blue\n", entity="teams")
    players = shop.bring_in("id,team_id\n1,1\n2,1\n3,2\n", entity="players")
    job = as_one(shop.folder, teams, players)
    shop.place.execute("UPDATE teams SET captain_id = id WHERE id < 9")
    shop.place.execute("UPDATE players SET friend_id = 3 - id WHERE id < 3")
    assert fates(shop.entrepot.undo_plan(job)) == {"edited": 4, "deleted": 1}, "what others wrote is theirs"
    as_left(shop, job, "teams", ("id", "captain_id", "name"))
    as_left(shop, job, "players", ("id", "team_id", "friend_id"))
    second = shop.rows(PLAYING)
    undone = foreseen(shop, job)
    assert each(undone) == {"teams": {"deleted": 2}, "players": {"deleted": 3}}
    assert shop.rows(PLAYING) == first
    back = foreseen(shop, undone.job)
    assert fates(back) == {"reinserted": 5}
    assert shop.rows(PLAYING) == second
    foreseen(shop, back.job)
    assert shop.rows(PLAYING) == first


CLUBS = "CREATE TABLE clubs (id integer PRIMARY KEY, code varchar(9) {code} UNIQUE)"
MEMBERS = """CREATE TABLE members (id integer PRIMARY KEY, club_id integer {club_id},
    FOREIGN KEY (club_id) REFERENCES clubs (id) {action})"""
WAITING = {
    "code": {"code": "", "club_id": "NOT NULL", "action": "ON DELETE CASCADE"},
    "reference": {"code": "NOT NULL", "club_id": "", "action": ""},
}


@pytest.mark.parametrize("empty", WAITING)
def test_rows_that_wait_for_each_other_are_taken_back_all_of_them(
    shop: Club, monkeypatch: pytest.MonkeyPatch, empty: str
) -> None:
    """A club comes back when its code is free, who has it goes when nobody refers to it, and who does needs the first:
    the code or the reference is empty for a while, whichever can be."""
    monkeypatch.setattr(refused, "MOST", 0)
    shop.place.execute(*(table.format(**WAITING[empty]) for table in (CLUBS, MEMBERS)))
    shop.place.execute("INSERT INTO clubs VALUES (7, 'x'), (8, 'y'), (9, 'z')", "INSERT INTO members VALUES (1, 7)")
    moved = shop.bring_in("id,club_id\n1,8\n", entity="members")
    shop.place.execute("UPDATE members SET club_id = 9", "DELETE FROM clubs WHERE id = 8")
    mirror = ImportRequest(entity="clubs", mode=Mode.MIRROR, mirror=Mirror(most="100%", confirmed=1))
    clubs = shop.folder / "clubs.csv"
    clubs.write_text("id,code\n8,x\n9,z\n", encoding="utf-8")
    replaced = shop.entrepot.bring_in(clubs, mirror)
    shop.place.execute("UPDATE members SET club_id = 8")
    undone = foreseen(shop, as_one(shop.folder, moved, replaced))
    assert fates(undone) == {"deleted": 1, "restored": 1, "reinserted": 1}
    together = "SELECT c.id, c.code, m.id FROM clubs c JOIN members m ON m.club_id = c.id"
    assert shop.rows(together) == [("7", "x", "1")]
    assert fates(foreseen(shop, undone.job)) == {"deleted": 1, "restored": 1, "reinserted": 1}
    assert shop.rows(together) == [("8", "x", "1")]


GUARD = "CREATE TRIGGER stays BEFORE DELETE ON items WHEN OLD.id = 3 BEGIN SELECT RAISE(ABORT, 'mine'); END"


@ON_SQLITE
def test_what_the_database_refuses_keeps_its_parents_in_other_tables(shop: Club) -> None:
    job = everything(shop)
    shop.place.execute(GUARD)
    plan = shop.entrepot.undo_plan(job)
    shop.place.execute("UPDATE items SET product = 'rice' WHERE id = 2")
    before = state(shop)
    with pytest.raises(ChangedError) as caught:
        shop.entrepot.undo(job, agreed=plan.digest)
    assert (caught.value.code, state(shop)) == ("plan_drifted", before), "of one table only, and nothing happens"
    shop.place.execute("UPDATE items SET product = 'jam' WHERE id = 2")
    undone = shop.entrepot.undo(job, agreed=plan.digest)
    assert each(undone) == {
        "customers": {"deleted": 1, "restored": 1, "blocked": 1},
        "orders": {"deleted": 2, "restored": 1, "blocked": 1},
        "items": {"deleted": 2, "restored": 1, "refused": 1},
    }
    assert (ids(shop, "customers"), ids(shop, "orders"), ids(shop, "items")) == (
        ["1", "2", "4"],
        ["1", "2", "4"],
        ["1", "3"],
    )


@ON_SQLITE
def test_on_the_command_line(shop: Club, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.folder)
    job, words = everything(shop), ["--db", shop.place.url]
    shop.place.execute("UPDATE items SET product = 'rice' WHERE id = 3")
    assert main(["undo", *words]) == 0
    assert "customers, orders, items" in capsys.readouterr().out
    assert main(["undo", job, "--dry-run", *words]) == 0
    said = capsys.readouterr().out
    assert "customers     1  that were created are deleted again\n                1  get their old" in said
    assert "items '3' was changed since" in said
    assert "orders '4' is referred to by items" in said
    assert "id 2  orders" in said
    assert main(["changes", job, "-o", "changed.csv", *words]) == 0
    lines = (shop.folder / "changed.csv").read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["change,entity,id", "created,customers,3", "created,customers,4", "updated,customers,1"]
    assert lines[-2:] == ["created,items,4", "updated,items,1"]
    capsys.readouterr()
    assert main(["undo", job, "--yes", "--json", *words]) == PartialError.exit_code
    told = json.loads(capsys.readouterr().out)
    assert [(part["entity"], part["deleted"], part["edited"]) for part in told["parts"]] == [
        ("customers", 1, 0),
        ("orders", 2, 0),
        ("items", 2, 1),
    ]
    assert (told["deleted"], told["restored"], told["edited"], told["blocked"]) == (5, 3, 1, 2)


def test_receipts_of_undos_of_one_table_are_read_as_ever() -> None:
    """As they were kept before there were several."""
    counts = dict.fromkeys(("deleted", "restored", "reinserted", "already", "edited", "gone", "blocked"), 1)
    words = ("job", "undoes", "tool", "created_at", "engine", "database", "snapshot", "entity", "digest")
    kept_row = {"part": "created", "key": ["1"], "fate": "edited", "reason": ""}
    old = {**counts, **dict.fromkeys(words, ""), "seconds": 1.0, "kept": [kept_row]}
    assert msgspec.convert(old, UndoReceipt).parts == ()
