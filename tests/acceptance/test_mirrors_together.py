"""Several tables are made equal to files at once: one preview says all that goes, one number confirms it, and one undo
brings it back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from openpyxl import Workbook

from acceptance.importing import Shop
from acceptance.test_undo import CASES, SQLITE
from contract.databases.case import EngineCase, Place
from entrepot import BundleRequest, Entrepot, Errors, ImportRequest, Mirror, Mode
from entrepot.cli import main
from entrepot.model.bundles import BundlePlan, BundleReceipt
from entrepot.model.errors import ChangedError, InputError
from terminals import on_terminal

TABLES = (
    "CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, region varchar(9))",
    """CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, code varchar(9) UNIQUE,
       FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE)""",
    """CREATE TABLE items (id integer PRIMARY KEY, order_id integer NOT NULL,
       FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)""",
    """CREATE TABLE notes (id integer PRIMARY KEY, customer_id integer,
       FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL)""",
    "INSERT INTO customers VALUES (1, 'a@x', 'eu'), (2, 'b@x', 'eu'), (3, 'c@x', 'us'), (4, 'd@x', 'us')",
    "INSERT INTO orders VALUES (10, 1, 'x'), (11, 2, 'y'), (12, 2, 'z'), (13, 3, 'w')",
    "INSERT INTO items VALUES (1, 11), (2, 12), (3, 13), (4, 10)",
    "INSERT INTO notes VALUES (1, 2), (2, 3)",
)
LOOK = tuple(f"SELECT * FROM {name} ORDER BY id" for name in ("customers", "orders", "items", "notes"))
CUSTOMERS = "id,email,region\n1,a@new,eu\n3,c@x,us\n4,d@x,us\n5,e@x,eu\n"
"""2 is not named."""
ORDERS = "id,customer_id,code\n10,1,x\n12,5,z\n14,4,w\n"
"""11 goes with its customer, 13 by itself, so that 14 can have its code; 12 goes over to another customer."""
MIRROR = BundleRequest(each=ImportRequest(entity="", mode=Mode.MIRROR))
AFTER = [
    [(1, "a@new", "eu"), (3, "c@x", "us"), (4, "d@x", "us"), (5, "e@x", "eu")],
    [(10, 1, "x"), (12, 5, "z"), (14, 4, "w")],
    [(2, 12), (4, 10)],
    [(1, None), (2, 3)],
]
ON_SQLITE = pytest.mark.parametrize("shop", [SQLITE], indirect=True)


@dataclass(frozen=True)
class Stall:
    place: Place
    folder: Path
    entrepot: Entrepot

    def state(self) -> list[list[tuple[object, ...]]]:
        return [[tuple(row) for row in self.place.rows(query)] for query in LOOK]

    def files(self, **texts: str) -> list[Path]:
        folder = self.folder / "files"
        folder.mkdir(exist_ok=True)
        for name, text in ({"customers": CUSTOMERS, "orders": ORDERS} | texts).items():
            (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        return [folder]

    def plan(self, asked: BundleRequest = MIRROR, **texts: str) -> BundlePlan:
        plan = self.entrepot.preview(self.files(**texts), asked)
        assert isinstance(plan, BundlePlan)
        return plan

    def apply(self, plan: BundlePlan) -> BundleReceipt:
        receipt = self.entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
        assert isinstance(receipt, BundleReceipt)
        return receipt


@pytest.fixture(params=CASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stall]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Stall(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def going(plan: BundlePlan) -> dict[str, tuple[int, int, int]]:
    return {table.entity: (table.deleted, table.emptied, table.held) for table in plan.leaving}


def refusals(plan: BundlePlan) -> list[tuple[str, str]]:
    return [(part.entity, one.code) for part in plan.parts if part.radius for one in part.radius.refusals]


def test_what_no_file_names_is_deleted_from_all_tables_and_comes_back(shop: Stall) -> None:
    before = shop.state()
    plan = shop.plan()
    assert going(plan) == {"customers": (1, 0, 0), "orders": (2, 0, 0), "items": (2, 0, 0), "notes": (0, 1, 0)}
    assert {part.entity: (part.radius.unnamed, part.radius.scope) for part in plan.parts if part.radius} == {
        "customers": (1, 4),
        "orders": (2, 4),
    }
    assert (plan.deletes, plan.blocked) == (5, False)
    assert shop.state() == before
    for wrong in (None, 4):
        with pytest.raises(InputError) as caught:
            shop.entrepot.apply(plan.plan_id, confirm_deletes=wrong)
        assert caught.value.code == "deletes_not_confirmed"
    assert shop.state() == before
    receipt = shop.apply(plan)
    assert shop.state() == AFTER
    again = shop.plan()
    assert (again.deletes, again.counts["unchanged"]) == (0, 7)
    shop.entrepot.apply(again.plan_id)
    undone = shop.entrepot.undo(receipt.job)
    assert (undone.left, shop.state()) == (0, before)
    shop.entrepot.undo(undone.job)
    assert shop.state() == AFTER


def test_rows_that_came_since_the_preview_are_not_deleted(shop: Stall) -> None:
    plan = shop.plan()
    shop.place.execute("INSERT INTO items VALUES (5, 11)")
    before = shop.state()
    with pytest.raises(ChangedError) as caught:
        shop.apply(plan)
    assert (caught.value.code, "deleted 2 → 3" in caught.value.message) == ("plan_drifted", False)
    assert shop.state() == before


def test_a_package_makes_its_tables_what_they_were(shop: Stall) -> None:
    before = shop.state()
    package = shop.folder / "all.zip"
    shop.entrepot.export("*", to=package)
    shop.place.execute(
        "INSERT INTO customers VALUES (7, 'z@x', 'eu')",
        "INSERT INTO orders VALUES (17, 7, 'q')",
        "INSERT INTO items VALUES (9, 17), (8, 10)",
        "UPDATE notes SET customer_id = 7",
        "DELETE FROM items WHERE id = 2",
        "DELETE FROM orders WHERE id = 12",
        "UPDATE customers SET email = 'other' WHERE id = 1",
    )
    changed = shop.state()
    plan = shop.entrepot.preview([package], MIRROR)
    assert isinstance(plan, BundlePlan)
    assert going(plan) == {"customers": (1, 0, 0), "orders": (1, 0, 0), "items": (2, 0, 0), "notes": (0, 0, 0)}
    receipt = shop.apply(plan)
    assert shop.state() == before
    shop.entrepot.undo(receipt.job)
    assert shop.state() == changed


@ON_SQLITE
def test_the_sheets_of_a_workbook_are_several_tables(shop: Stall) -> None:
    book = Workbook()
    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        sheet = book.create_sheet(name)
        for row in csv.reader(text.splitlines()):
            sheet.append([int(value) if value.isdigit() else value for value in row])
    book.remove(book.worksheets[0])
    book.save(shop.folder / "shop.xlsx")
    plan = shop.entrepot.preview([shop.folder / "shop.xlsx"], MIRROR)
    assert isinstance(plan, BundlePlan)
    shop.apply(plan)
    assert shop.state() == AFTER


@ON_SQLITE
def test_one_table_with_too_many_deletes_keeps_all_from_being_written(shop: Stall) -> None:
    before = shop.state()
    plan = shop.plan(orders="id,customer_id,code\n10,1,x\n")
    assert (plan.blocked, refusals(plan)) == (True, [("orders", "too_many_deletes")])
    with pytest.raises(InputError) as caught:
        shop.apply(plan)
    assert (caught.value.code, shop.state()) == ("too_many_deletes", before)
    alone = replace(MIRROR.each, mirror=Mirror(most="100%"))
    some = shop.plan(replace(MIRROR, tables={"orders": alone}), orders="id,customer_id,code\n10,1,x\n")
    assert not some.blocked
    empty = shop.plan(orders="id,customer_id,code\n")
    assert set(refusals(empty)) == {("orders", "mirror_of_nothing"), ("orders", "too_many_deletes")}


@ON_SQLITE
def test_what_must_be_unique_is_free_again_unless_a_row_that_stays_refers_to_what_has_it(shop: Stall) -> None:
    taking = CUSTOMERS.replace("e@x", "b@x")
    moved = shop.plan(customers=taking)
    assert ("customers", "value_taken") in [(part.entity, one.code) for part in moved.parts for one in part.findings]
    before = shop.state()
    receipt = shop.apply(shop.plan(customers=taking, orders="id,customer_id,code\n10,1,x\n13,3,w\n"))
    assert shop.state()[0][-1] == (5, "b@x", "eu")
    shop.entrepot.undo(receipt.job)
    assert shop.state() == before


@ON_SQLITE
def test_a_record_whose_parent_goes_is_a_finding(shop: Stall) -> None:
    plan = shop.plan(orders="id,customer_id,code\n10,1,x\n11,2,y\n12,9,z\n")
    assert [(part.entity, one.code, one.record) for part in plan.parts for one in part.findings] == [
        ("orders", "no_such_parent", 2),
        ("orders", "no_such_parent", 3),
    ]


@ON_SQLITE
def test_a_row_that_is_named_stays_where_its_file_does_not_say_what_it_refers_to(shop: Stall) -> None:
    plan = shop.plan(orders="id,code\n10,x\n11,y\n13,w\n")
    assert refusals(plan) == [("orders", "still_referred")]
    assert plan.blocked


@ON_SQLITE
def test_a_table_that_is_not_mirrored_loses_no_row_that_its_file_names(shop: Stall) -> None:
    """What it is to become of its rows that no file names is for the others to say."""
    asked = replace(MIRROR, tables={"orders": ImportRequest(entity="", mode=Mode.UPSERT)})
    plan = shop.plan(asked, orders="id,customer_id,code\n11,5,y\n")
    assert (plan.blocked, [code for _, code in refusals(plan)]) == (True, ["still_referred"])
    free = shop.plan(asked, orders="id,customer_id,code\n13,4,w\n")
    assert going(free) == {"customers": (1, 0, 0), "orders": (2, 0, 0), "items": (2, 0, 0), "notes": (0, 1, 0)}
    shop.apply(free)
    assert shop.state()[1] == [(10, 1, "x"), (13, 4, "w")]


@ON_SQLITE
def test_what_no_mirror_goes_with_is_refused_of_any_table(shop: Stall) -> None:
    skipping = ImportRequest(entity="", mode=Mode.UPSERT, errors=Errors.SKIP)
    for asked in (
        replace(MIRROR, each=replace(MIRROR.each, errors=Errors.SKIP)),
        replace(MIRROR, tables={"orders": skipping}),
        replace(MIRROR, also={"notes": "orders"}),
    ):
        with pytest.raises(InputError):
            shop.plan(asked)


TENANTS = """CREATE TABLE tenants (id integer PRIMARY KEY, name text);
CREATE TABLE users (id integer PRIMARY KEY, tenant_id integer REFERENCES tenants (id), email text);
CREATE TABLE posts (id integer PRIMARY KEY, tenant_id integer REFERENCES tenants (id),
    user_id integer REFERENCES users (id) ON DELETE CASCADE);
INSERT INTO tenants VALUES (1, 'acme'), (2, 'other');
INSERT INTO users VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd');
INSERT INTO posts VALUES (1, 1, 2), (2, 2, 3), (5, 1, 1);"""


def test_for_one_tenant_only_their_rows_are_made_equal_to_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop.opened(tmp_path, capsys, '[tenancy]\nroot = "tenants"\n', TENANTS)
    users = shop.file("id,email\n1,new\n", "users.csv")
    posts = shop.file("id,user_id\n6,1\n", "posts.csv")
    words = ("import", str(users), str(posts), "--mode", "mirror", "--tenant", "acme", "--max-deletes", "100%")
    code, plan = shop.run(*words, "--dry-run")
    assert (code, plan["deletes"]) == (0, 3)
    shop.rows_changed("INSERT INTO posts VALUES (3, 2, 2)")
    assert shop.run(*words, "--yes", "--confirm-deletes", "3")[0] == 2
    shop.rows_changed("DELETE FROM posts WHERE id = 3")
    assert shop.run(*words, "--yes", "--confirm-deletes", "3")[0] == 0
    assert shop.rows("SELECT id, email FROM users ORDER BY id") == [(1, "new"), (3, "c"), (4, "d")]
    assert shop.rows("SELECT id, user_id FROM posts ORDER BY id") == [(2, 3), (6, 1)]


@ON_SQLITE
def test_on_the_command_line_each_table_has_its_filter_and_somebody_types_the_sum(
    shop: Stall, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shop.folder)
    before = shop.state()
    (folder,) = shop.files(customers="id,email,region\n1,a@x,eu\n", orders="id,customer_id,code\n10,1,x\n13,3,w\n")
    words = ["import", str(folder), "--mode", "mirror", "--db", shop.place.url]
    scoped = [*words, "--where", "customers:region = 'eu'", "--max-deletes", "customers:1"]
    assert main([*scoped, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "What would be deleted  5 rows in all" in said
    assert "The file does not name 1 of 2 rows of customers where region = 'eu'." in said
    assert "The file does not name 2 of 4 rows of orders." in said
    assert "--confirm-deletes 5" in said
    assert main([*scoped, "--max-deletes", "customers:0", "--dry-run"]) == 2
    assert main([*scoped, "--yes"]) == 2
    assert shop.state() == before
    for number in ("4", "5"):
        assert shop.state() == before
        with on_terminal(*scoped, folder=shop.folder, columns=120) as terminal:
            terminal.until("[n] no:")
            terminal.type("y\n")
            terminal.until("Type 5 to do it:")
            terminal.type(f"{number}\n")
            assert terminal.ended() == 0
    assert shop.state()[:2] == [[(1, "a@x", "eu"), (3, "c@x", "us"), (4, "d@x", "us")], [(10, 1, "x"), (13, 3, "w")]]


@ON_SQLITE
def test_a_row_that_changes_and_loses_a_reference_comes_back_where_a_trigger_may_change_more(shop: Stall) -> None:
    shop.place.execute("CREATE TRIGGER touched AFTER UPDATE OF region ON customers BEGIN SELECT 1; END")
    shop.place.execute("ALTER TABLE customers ADD COLUMN boss_id integer REFERENCES customers (id) ON DELETE SET NULL")
    shop.place.execute("UPDATE customers SET boss_id = 2 WHERE id = 3")
    before = shop.state()
    receipt = shop.apply(shop.plan(customers=CUSTOMERS.replace("3,c@x,us", "3,c@x,eu")))
    assert ("c@x", "eu", None) in [row[1:] for row in shop.state()[0]]
    after = shop.state()
    undone = shop.entrepot.undo(receipt.job)
    assert (undone.left, shop.state()) == (0, before)
    shop.entrepot.undo(undone.job)
    assert shop.state() == after
