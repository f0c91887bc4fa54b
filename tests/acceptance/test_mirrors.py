"""A mirror makes rows equal to a file: it alone deletes, says how many before, and nothing that cannot be put back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from acceptance.importing import Shop
from acceptance.test_undo import CASES, SQLITE, fates
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, Errors, ImportPlan, ImportReceipt, ImportRequest, Mirror, Mode, OnConflict
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.model.errors import ChangedError, InputError
from entrepot.state import open_state
from terminals import on_terminal

TABLES = (
    """CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, region varchar(9),
       seen varchar(9) DEFAULT 'no')""",
    """CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, note varchar(20),
       FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE)""",
    """CREATE TABLE items (id integer PRIMARY KEY, order_id integer NOT NULL,
       FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE)""",
    """CREATE TABLE notes (id integer PRIMARY KEY, customer_id integer,
       FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE SET NULL)""",
    "INSERT INTO customers (id, email, region) VALUES (1, 'a@x', 'eu'), (2, 'b@x', 'eu'), (3, 'c@x', 'us')",
    "INSERT INTO customers (id, email, region) VALUES (4, 'd@x', NULL)",
    "INSERT INTO orders VALUES (10, 1, 'x'), (11, 2, NULL), (12, 2, '')",
    "INSERT INTO items VALUES (1, 11), (2, 12), (3, 10)",
    "INSERT INTO notes VALUES (1, 2), (2, 3)",
)
LOOK = (
    "SELECT id, email, region, seen FROM customers ORDER BY id",
    "SELECT id, customer_id, note FROM orders ORDER BY id",
    "SELECT id, order_id FROM items ORDER BY id",
    "SELECT id, customer_id FROM notes ORDER BY id",
)
FILE = "id,email,region\n1,a@new,eu\n3,c@x,us\n5,b@x,eu\n"
"""2 and 4 are not named, and 5 takes over what 2 had."""
MIRROR = ImportRequest(entity="customers", mode=Mode.MIRROR)
ON_SQLITE = pytest.mark.parametrize("shop", [SQLITE], indirect=True)


@dataclass(frozen=True)
class Market:
    place: Place
    folder: Path
    entrepot: Entrepot

    def state(self) -> list[list[tuple[object, ...]]]:
        return [[tuple(row) for row in self.place.rows(query)] for query in LOOK]

    def file(self, text: str = FILE) -> Path:
        path = self.folder / "customers.csv"
        path.write_text(text, encoding="utf-8")
        return path

    def plan(self, text: str = FILE, asked: ImportRequest = MIRROR) -> ImportPlan:
        return self.entrepot.preview(self.file(text), asked)

    def apply(self, plan: ImportPlan) -> ImportReceipt:
        receipt = self.entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
        assert isinstance(receipt, ImportReceipt)
        return receipt


@pytest.fixture(params=CASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Market(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def tables(plan: ImportPlan | ImportReceipt) -> dict[str, tuple[int, int, int]]:
    assert plan.radius is not None
    return {table.entity: (table.deleted, table.emptied, table.held) for table in plan.radius.tables}


def codes(plan: ImportPlan) -> list[str]:
    assert plan.blocked == bool(plan.failed or (plan.radius and plan.radius.refusals))
    return [problem.code for problem in plan.radius.refusals] if plan.radius else []


def test_what_a_file_does_not_name_is_deleted_with_all_that_hangs_on_it_and_comes_back(shop: Market) -> None:
    before = shop.state()
    plan = shop.plan()
    assert {name: count for name, count in plan.counts.items() if count} == {"created": 1, "updated": 1, "unchanged": 1}
    assert tables(plan) == {"customers": (2, 0, 0), "orders": (2, 0, 0), "items": (2, 0, 0), "notes": (0, 1, 0)}
    assert plan.radius is not None
    assert (plan.deletes, plan.radius.scope, plan.radius.unnamed) == (6, 4, 2)
    assert plan.radius.tables[0].first == (("2",), ("4",))
    assert shop.state() == before
    receipt = shop.apply(plan)
    assert shop.state() == [
        [(1, "a@new", "eu", "no"), (3, "c@x", "us", "no"), (5, "b@x", "eu", "no")],
        [(10, 1, "x")],
        [(3, 10)],
        [(1, None), (2, 3)],
    ]
    assert (tables(receipt), receipt.digest) == (tables(plan), plan.digest)
    after = shop.state()
    undone = shop.entrepot.undo(receipt.job)
    assert fates(undone) == {"deleted": 1, "restored": 2, "reinserted": 6}
    assert shop.state() == before
    shop.entrepot.undo(undone.job)
    assert shop.state() == after


def test_a_second_mirror_of_the_same_file_deletes_nothing_and_needs_no_number(shop: Market) -> None:
    shop.apply(shop.plan())
    plan = shop.plan()
    assert (plan.deletes, plan.counts["unchanged"]) == (0, 3)
    shop.entrepot.apply(plan.plan_id)


def test_only_the_rows_of_a_scope_are_made_equal_to_the_file(shop: Market) -> None:
    before = shop.state()
    asked = replace(MIRROR, mirror=Mirror(where="region = 'eu'"))
    plan = shop.plan("id,email,region\n2,b@new,eu\n6,f@x,eu\n", asked)
    assert tables(plan)["customers"] == (1, 0, 0)
    receipt = shop.apply(plan)
    assert [row[0] for row in shop.state()[0]] == [2, 3, 4, 6]
    shop.entrepot.undo(receipt.job)
    assert shop.state() == before


def test_records_of_another_scope_are_findings(shop: Market) -> None:
    """Those that say so, those that say nothing, and those whose row is elsewhere."""
    asked = replace(MIRROR, mirror=Mirror(where="region = 'eu'", most="100%"))
    plan = shop.plan("id,email,region\n1,a@x,eu\n7,g@x,us\n8,h@x,\n3,c@x,eu\n", asked)
    assert [(finding.record, finding.code) for finding in plan.findings] == [
        (2, "outside_scope"),
        (3, "outside_scope"),
        (4, "row_outside_scope"),
    ]
    assert plan.blocked


@ON_SQLITE
def test_a_scope_is_about_what_the_file_fills(shop: Market) -> None:
    asked = replace(MIRROR, mirror=Mirror(where="region = 'eu'"))
    with pytest.raises(InputError) as caught:
        shop.plan("id,email\n1,a@x\n", asked)
    assert caught.value.code == "nothing_fills"


@ON_SQLITE
@pytest.mark.parametrize("said", [None, 5, 7])
def test_nothing_is_deleted_unless_somebody_says_how_many_rows(shop: Market, said: int | None) -> None:
    before = shop.state()
    plan = shop.plan()
    with pytest.raises(InputError) as caught:
        shop.entrepot.apply(plan.plan_id, confirm_deletes=said)
    assert caught.value.code == "deletes_not_confirmed"
    assert "2 rows of customers, 2 rows of orders, 2 rows of items" in caught.value.message
    asked = replace(MIRROR, mirror=Mirror(confirmed=said))
    with pytest.raises(InputError) as caught:
        shop.entrepot.bring_in(shop.file(), asked)
    assert (caught.value.code, "--confirm-deletes 6" in caught.value.remedy) == ("deletes_not_confirmed", True)
    assert shop.state() == before
    shop.entrepot.bring_in(shop.file(), replace(MIRROR, mirror=Mirror(confirmed=6)))
    assert shop.state() != before


@ON_SQLITE
@pytest.mark.parametrize(
    "meanwhile",
    [
        "UPDATE customers SET seen = 'yes' WHERE id = 2",
        "DELETE FROM customers WHERE id = 4",
        "INSERT INTO customers (id, email) VALUES (9, 'i@x')",
        "INSERT INTO orders VALUES (13, 4, 'new')",
        "UPDATE items SET order_id = 12 WHERE id = 1",
        "UPDATE notes SET customer_id = 3 WHERE id = 1",
    ],
)
def test_what_changes_after_the_preview_is_not_deleted(shop: Market, meanwhile: str) -> None:
    plan = shop.plan()
    shop.place.execute(meanwhile)
    before = shop.state()
    with pytest.raises(ChangedError) as caught:
        shop.apply(plan)
    assert (caught.value.code, shop.state()) == ("plan_drifted", before)


@ON_SQLITE
def test_a_file_that_is_not_whole_deletes_nothing(shop: Market) -> None:
    before = shop.state()
    assert codes(shop.plan("id,email,region\n")) == ["mirror_of_nothing", "too_many_deletes"]
    assert codes(shop.plan("id,email,region\n1,a@x,eu\n")) == ["too_many_deletes"]
    cut = shop.plan("id,email,region\n1,a@x,eu\n2,b@x,eu\n3,c@x,us\n", replace(MIRROR, declared=4))
    assert (cut.blocked, cut.damages[0].code) == (True, "count_differs")
    bad = shop.plan("id,email,region\n1,a@x,eu\n2,b@x,eu\n3,,us\n")
    assert (bad.blocked, bad.failed, bad.deletes) == (True, 1, 1)
    for plan in (cut, bad):
        with pytest.raises(InputError):
            shop.apply(plan)
    assert shop.state() == before


@ON_SQLITE
def test_all_rows_go_where_somebody_says_so_in_so_many_words(shop: Market) -> None:
    asked = replace(MIRROR, declared=0, mirror=Mirror(most="100%"))
    plan = shop.plan("id,email,region\n", asked)
    assert (codes(plan), plan.deletes) == ([], 10)
    receipt = shop.apply(plan)
    assert shop.state() == [[], [], [], [(1, None), (2, None)]]
    assert fates(shop.entrepot.undo(receipt.job)) == {"reinserted": 10, "restored": 2}


@ON_SQLITE
def test_rows_that_others_need_stay_and_refuse_it(shop: Market) -> None:
    shop.place.execute(
        "CREATE TABLE bills (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders (id))",
        "INSERT INTO bills VALUES (1, 11), (2, 10)",
    )
    plan = shop.plan()
    assert tables(plan)["bills"] == (0, 0, 1)
    assert codes(plan) == ["still_referred"]
    before = shop.state()
    with pytest.raises(InputError) as caught:
        shop.apply(plan)
    assert (caught.value.code, shop.state()) == ("still_referred", before)


@ON_SQLITE
@pytest.mark.parametrize(
    "tables_more",
    [
        """CREATE TABLE tags (customer_id integer REFERENCES customers (id) ON DELETE SET NULL, tag text,
           PRIMARY KEY (customer_id, tag))""",
        """CREATE TABLE tags (id integer PRIMARY KEY, tag text,
           customer_id integer UNIQUE REFERENCES customers (id) ON DELETE SET NULL);
           CREATE TABLE prints (id integer PRIMARY KEY, tag_of integer REFERENCES tags (customer_id));
           INSERT INTO prints VALUES (1, 2)""",
        """CREATE TABLE tags (id integer PRIMARY KEY, tag text,
           customer_id integer UNIQUE REFERENCES customers (id) ON DELETE SET NULL);
           CREATE TABLE prints (id integer PRIMARY KEY,
           tag_of integer REFERENCES tags (customer_id) ON UPDATE CASCADE);
           INSERT INTO prints VALUES (1, 2)""",
    ],
    ids=["by its key", "by others", "by others that follow"],
)
def test_a_row_does_not_lose_by_what_it_is_known(shop: Market, tables_more: str) -> None:
    shop.place.execute(*tables_more.split(";"), "INSERT INTO tags (customer_id, tag) VALUES (2, 'x'), (3, 'y')")
    plan = shop.plan()
    assert (tables(plan)["tags"], codes(plan)) == ((0, 0, 1), ["still_referred"])


@ON_SQLITE
def test_rows_that_could_not_be_put_back_refuse_it(shop: Market) -> None:
    shop.place.execute(
        "CREATE TABLE tags (customer_id integer REFERENCES customers (id) ON DELETE CASCADE, tag text)",
        "INSERT INTO tags VALUES (2, 'old')",
    )
    assert codes(shop.plan()) == ["no_way_back"]


@ON_SQLITE
def test_a_table_that_the_settings_hide_loses_no_rows_unseen(shop: Market) -> None:
    """Where the database would refuse it, it does."""
    settings = shop.folder / "entrepot.toml"
    settings.write_text("[entities.notes]\nhidden = true\n", encoding="utf-8")
    shop = replace(shop, entrepot=Entrepot(shop.place.url, config=settings, environment={}))
    assert codes(shop.plan()) == ["no_way_back"]
    shop.place.execute("DROP TABLE notes", "CREATE TABLE notes (id integer, customer_id REFERENCES customers (id))")
    shop.place.execute("INSERT INTO notes VALUES (1, 2)")
    before = shop.place.rows(LOOK[0])
    with pytest.raises(InputError) as caught:
        shop.apply(shop.plan())
    assert (caught.value.code, shop.place.rows(LOOK[0])) == ("database_refused", before)


@ON_SQLITE
def test_triggers_that_fire_when_rows_are_deleted_are_told(shop: Market) -> None:
    shop.place.execute("CREATE TRIGGER gone AFTER DELETE ON items BEGIN DELETE FROM notes; END")
    told = [problem.message for problem in shop.plan().problems if problem.code == "triggers_fire"]
    assert told == ["Triggers of people fire as in normal work: gone (after delete)."]


@ON_SQLITE
@pytest.mark.parametrize(
    "asked",
    [
        replace(MIRROR, errors=Errors.SKIP),
        replace(MIRROR, errors=Errors.SKIP, batch_size=10),
        replace(MIRROR, on_conflict=OnConflict.MERGE),
        replace(MIRROR, decisions={"1": OnConflict.SKIP}),
        replace(MIRROR, own_ids=("all",)),
    ],
    ids=["skipping", "batches", "merging", "decisions", "own ids"],
)
def test_a_bad_record_never_deletes_its_row(shop: Market, asked: ImportRequest) -> None:
    with pytest.raises(InputError) as caught:
        shop.plan(FILE, asked)
    assert caught.value.code == "no_mirror"


@ON_SQLITE
def test_records_that_are_left_out_refuse_it(shop: Market) -> None:
    """One whose parent is not there would delete its row."""
    shop.place.execute(
        "CREATE TABLE regions (id integer PRIMARY KEY, name text UNIQUE)",
        "CREATE TABLE shops (id integer PRIMARY KEY, region_id integer REFERENCES regions (id))",
        "INSERT INTO regions VALUES (1, 'eu')",
        "INSERT INTO shops VALUES (1, 1), (2, 1), (3, 1)",
    )
    (shop.folder / "shops.csv").write_text("id,region\n1,eu\n2,eu\n3,mars\n", encoding="utf-8")
    words = ["import", str(shop.folder / "shops.csv"), "--into", "shops", "--mode", "mirror", "--db", shop.place.url]
    assert main([*words, "--map", "region=region_id by name", "--missing", "region_id=skip", "--dry-run"]) == 2
    assert [tuple(row) for row in shop.place.rows("SELECT count(*) FROM shops")] == [(3,)]


@ON_SQLITE
def test_what_only_a_mirror_can_is_refused_of_other_imports(shop: Market) -> None:
    with pytest.raises(InputError) as caught:
        shop.plan(FILE, replace(MIRROR, mode=Mode.UPSERT, mirror=Mirror(where="region = 'eu'")))
    assert caught.value.code == "only_for_mirrors"


STAFF = """CREATE TABLE staff (id integer PRIMARY KEY, boss_id integer REFERENCES staff (id) ON DELETE {rule},
    name text);
INSERT INTO staff VALUES (1, NULL, 'ann'), (2, 1, 'bob'), (3, 2, 'cy'), (4, 1, 'di');"""
WHO = "SELECT id, boss_id FROM staff ORDER BY id"


def staff(tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=STAFF.format(rule=rule))


@pytest.mark.parametrize("rule", ["CASCADE", "SET NULL", "NO ACTION"])
def test_a_row_that_the_file_names_never_goes_with_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str
) -> None:
    """One that refers to a row which goes is wrong; one that refers elsewhere from now on is not."""
    shop = staff(tmp_path, capsys, rule)
    wrong = shop.plan(shop.file("id,boss_id,name\n1,,ann\n3,2,cy\n4,1,di\n"), "staff", "--mode", "mirror")
    assert [(finding["record"], finding["code"]) for finding in wrong["findings"]] == [(2, "no_such_parent")]
    moved = shop.file("id,boss_id,name\n1,,ann\n3,1,cy\n4,1,di\n")
    receipt = shop.bring(moved, "staff", "--mode", "mirror", "--confirm-deletes", "1")
    assert shop.rows(WHO) == [(1, None), (3, 1), (4, 1)]
    code, _ = shop.run("undo", receipt["job"], "--yes")
    assert (code, shop.rows(WHO)) == (0, [(1, None), (2, 1), (3, 2), (4, 1)])


LEFT = {"SET NULL": [(1, None), (3, None), (4, 1)]}
"""Where a reference that the file does not say may become empty; the others refuse it."""


@pytest.mark.parametrize("rule", ["CASCADE", "NO ACTION", "SET NULL"])
@pytest.mark.parametrize(
    "text",
    ["id,name\n1,ann\n3,cy\n4,di\n", '{"id":1}\n{"id":3}\n{"id":4,"boss_id":1}\n'],
    ids=["no column", "lacking"],
)
def test_a_row_whose_reference_the_file_does_not_say_is_not_deleted_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, text: str
) -> None:
    shop = staff(tmp_path, capsys, rule)
    file = shop.file(text, "staff.ndjson" if text.startswith("{") else "staff.csv")
    plan = shop.plan(file, "staff", "--mode", "mirror")
    assert plan["blocked"] is (rule not in LEFT)
    shop.run("plan", "apply", plan["plan_id"], "--confirm-deletes", str(plan["deletes"]))
    assert shop.rows(WHO) == LEFT.get(rule, [(1, None), (2, 1), (3, 2), (4, 1)])


TENANTS = """CREATE TABLE tenants (id integer PRIMARY KEY, name text);
CREATE TABLE users (id integer PRIMARY KEY, tenant_id integer REFERENCES tenants (id), email text);
CREATE TABLE posts (id integer PRIMARY KEY, tenant_id integer REFERENCES tenants (id),
    user_id integer REFERENCES users (id) ON DELETE CASCADE);
INSERT INTO tenants VALUES (1, 'acme'), (2, 'other');
INSERT INTO users VALUES (1, 1, 'a'), (2, 1, 'b'), (3, 2, 'c'), (4, NULL, 'd');
INSERT INTO posts VALUES (1, 1, 2), (2, 2, 3);"""


def test_an_import_for_one_tenant_deletes_and_counts_no_strangers_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop.opened(tmp_path, capsys, '[tenancy]\nroot = "tenants"\n', TENANTS)
    file, words = shop.file("id,email\n1,new\n"), ("users", "--mode", "mirror", "--tenant", "acme")
    plan = shop.plan(file, *words)
    assert (plan["deletes"], plan["radius"]["scope"], plan["blocked"]) == (2, 2, False)
    shop.rows_changed("INSERT INTO posts VALUES (3, 2, 2)")
    refused = shop.plan(file, *words)
    assert (refused["blocked"], refused["deletes"]) == (True, 2)
    assert [problem["code"] for problem in refused["radius"]["refusals"]] == ["still_referred"]
    shop.rows_changed("DELETE FROM posts WHERE id = 3")
    shop.bring(file, *words, "--confirm-deletes", "2")
    assert shop.rows("SELECT id, email FROM users ORDER BY id") == [(1, "new"), (3, "c"), (4, "d")]
    assert shop.rows("SELECT id FROM posts") == [(2,)]


@ON_SQLITE
def test_on_the_command_line(shop: Market, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop.folder)
    words = ["import", str(shop.file()), "--into", "customers", "--mode", "mirror", "--db", shop.place.url]
    assert main([*words, "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "What would be deleted  6 rows in all" in said
    assert "The file does not name 2 of 4 rows of customers." in said
    assert "--confirm-deletes 6" in said
    plan_id = said.rsplit("plan apply ", 1)[1].split()[0]
    before = shop.state()
    assert main(["plan", "apply", plan_id, "--db", shop.place.url]) == 2
    assert main(["plan", "apply", plan_id, "--confirm-deletes", "5", "--db", shop.place.url]) == 2
    assert main([*words, "--yes"]) == 2
    assert shop.state() == before
    capsys.readouterr()
    assert main(["plan", "apply", plan_id, "--confirm-deletes", "6", "--json", "--db", shop.place.url]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert (receipt["mode"], [table["deleted"] for table in receipt["radius"]["tables"]]) == ("mirror", [2, 2, 2, 0])
    assert main(["changes", receipt["job"], "-o", "keys.csv", "--db", shop.place.url]) == 0
    assert "removed,items,2" in (shop.folder / "keys.csv").read_text(encoding="utf-8")
    assert main(["undo", receipt["job"], "--yes", "--db", shop.place.url]) == 0
    assert shop.state() == before


@ON_SQLITE
def test_on_a_terminal_the_number_is_typed(shop: Market) -> None:
    before = shop.state()
    words = ("import", str(shop.file()), "--into", "customers", "--mode", "mirror", "--db", shop.place.url)
    for number, done in (("5", False), ("6", True)):
        with on_terminal(*words, folder=shop.folder, columns=120) as terminal:
            terminal.until("[n] no:")
            terminal.type("y\n")
            terminal.until("Type 6 to do it:")
            terminal.type(f"{number}\n")
            assert terminal.ended() == 0
            assert ("--confirm-deletes 6" in terminal.shown) is not done
        assert (shop.state() != before) is done


def test_rows_are_named_by_whatever_key_the_import_has(shop: Market) -> None:
    """The database says what is equal; rows are deleted, and found again, by their own key."""
    before = shop.state()
    asked = replace(MIRROR, key=("email",))
    plan = shop.plan("email,region\na@x,us\nc@x,us\nd@x,us\n", asked)
    assert (plan.key, tables(plan)["customers"], plan.counts["updated"]) == (("email",), (1, 0, 0), 2)
    receipt = shop.apply(plan)
    assert [row[:3] for row in shop.state()[0]] == [(1, "a@x", "us"), (3, "c@x", "us"), (4, "d@x", "us")]
    shop.entrepot.undo(receipt.job)
    assert shop.state() == before


def test_the_settings_say_how_many_rows_of_a_table_a_mirror_may_delete(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = Shop.opened(tmp_path, capsys, '[entities.staff]\nmax_deletes = "10%"\n', STAFF.format(rule="SET NULL"))
    file = shop.file("id,boss_id,name\n1,,ann\n2,1,bob\n3,2,cy\n")
    assert shop.plan(file, "staff", "--mode", "mirror")["radius"]["refusals"][0]["code"] == "too_many_deletes"
    assert not shop.plan(file, "staff", "--mode", "mirror", "--max-deletes", "1")["blocked"]
    shop.set('[entities.staff]\nmax_deletes = "some"\n')
    code, told = shop.run("import", file, "--into", "staff", "--mode", "mirror")
    assert (code, told["error"]["code"]) == (2, "bad_threshold")
    assert "[entities.staff] max_deletes" in told["error"]["message"]


def test_a_row_that_nothing_identifies_is_not_left_there_in_silence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite has primary keys that are NULL."""
    tables = "CREATE TABLE tags (name text PRIMARY KEY, note text); INSERT INTO tags VALUES ('a', ''), (NULL, 'x');"
    shop = Shop.opened(tmp_path, capsys, tables=tables)
    plan = shop.plan(shop.file("name,note\na,\n"), "tags", "--mode", "mirror")
    assert [problem["code"] for problem in plan["radius"]["refusals"]] == ["no_way_back"]


PLACES = (
    "CREATE TABLE places (land varchar(4), code varchar(9), name varchar(20), PRIMARY KEY (land, code))",
    """CREATE TABLE visits (land varchar(4), number integer, code varchar(9), PRIMARY KEY (land, number),
       FOREIGN KEY (land, code) REFERENCES places (land, code) ON DELETE CASCADE)""",
    "INSERT INTO places VALUES ('de', 'a,b', 'x'), ('de', 'A\"B', NULL), ('fr', 'ü ', ''), ('fr', 'NULL', 'z')",
    """INSERT INTO visits VALUES ('de', 1, 'a,b'), ('de', 2, 'A"B'), ('fr', 3, 'ü '), ('fr', 4, 'NULL'),
       ('fr', 5, NULL)""",
)
VISITS = "SELECT number, code FROM visits ORDER BY number"


def test_keys_of_several_strange_texts_lead_to_the_right_rows(shop: Market) -> None:
    shop.place.execute(*PLACES)
    before = [shop.place.rows("SELECT * FROM places ORDER BY land, code"), shop.place.rows(VISITS)]
    path = shop.folder / "places.csv"
    path.write_text('land,code,name\nde,"a,b",x\nfr,"ü ",\n', encoding="utf-8")
    plan = shop.entrepot.preview(path, replace(MIRROR, entity="places"))
    assert tables(plan) == {"places": (2, 0, 0), "visits": (2, 0, 0)}
    receipt = shop.apply(plan)
    assert [tuple(row) for row in shop.place.rows(VISITS)] == [(1, "a,b"), (3, "ü "), (5, None)]
    shop.entrepot.undo(receipt.job)
    assert [shop.place.rows("SELECT * FROM places ORDER BY land, code"), shop.place.rows(VISITS)] == before


def test_a_correction_of_a_refused_mirror_is_the_whole_mirror(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records that were good are named as well."""
    monkeypatch.chdir(tmp_path)
    shop = staff(tmp_path, capsys, "SET NULL")
    file = shop.file("id,boss_id,name\n1,,ann\n2,one,bob\n4,1,di\n", "staff.csv")
    words = ("--into", "staff", "--mode", "mirror", "--errors-file", "bad.csv", "--yes", "--confirm-deletes", "1")
    code, _ = shop.run("import", file, *words)
    assert (code, len(shop.rows(WHO))) == (2, 4)
    bad = (tmp_path / "bad.csv").read_text(encoding="utf-8")
    (tmp_path / "good.csv").write_text(bad.replace("2,one,", "2,1,"), encoding="utf-8")
    with open_state(tmp_path / ".entrepot", SystemClock()) as state:
        job = state.ledger.jobs.latest()[0].id
    code, plan = shop.run("import", "good.csv", "--corrects", job, "--dry-run")
    assert (code, plan["deletes"], plan["blocked"]) == (0, 1, False)
    code, _ = shop.run("plan", "apply", plan["plan_id"], "--confirm-deletes", "1")
    assert (code, shop.rows(WHO)) == (0, [(1, None), (2, 1), (4, 1)])


def test_a_screen_says_why_nothing_would_be_deleted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = staff(tmp_path, capsys, "SET NULL")
    shown = shop.screen("import", shop.file("id,boss_id,name\n1,,ann\n"), "--into", "staff", "--mode", "mirror")
    assert "The file does not name 3 of 4 rows of staff, and at most 50% may be deleted." in " ".join(shown.split())
    assert "Nothing would be written, and nothing deleted: see the problems above." in " ".join(shown.split())


def test_a_mirror_deletes_no_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = "CREATE TABLE pages (id integer PRIMARY KEY, slug text NOT NULL, version integer NOT NULL, body text,"
    tables += " UNIQUE (slug, version));"
    settings = '[entities.pages]\nversion = { field = "version", of = ["slug"] }\n'
    shop = Shop.opened(tmp_path, capsys, settings, tables)
    refused = shop.refusal(shop.file("id,slug,version,body\n2,a,2,new\n"), "pages", "--mode", "mirror")
    assert refused["code"] == "no_mirror"
