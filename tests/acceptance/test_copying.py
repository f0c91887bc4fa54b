"""Rows of one database go into another as one import: the same plan, one receipt, one undo, and no file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from acceptance.market import counted
from acceptance.twins import MERGE, ORDERS, SETTINGS, Yard, copied, previewed, yard
from entrepot import Entrepot
from entrepot.cli import main
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import ChangedError, EntrepotError, InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.mirrors import Mirror
from entrepot.model.plans import ImportRequest
from entrepot.model.selection import Relatives, Selection

__all__ = ["yard"]


def test_a_preview_says_what_becomes_of_the_rows_and_its_plan_does_just_that(yard: Yard) -> None:
    before = yard.entrepot().fingerprint()
    plan = previewed(yard)
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("customers", {"created": 2, "updated": 1}),
        ("orders", {"created": 2}),
    ]
    assert {part.file.shown for part in plan.parts} == {"customers of production", "orders of production"}
    assert yard.entrepot().fingerprint() == before
    yard.run("production", "UPDATE orders SET total = 7", "DELETE FROM customers WHERE id = 2")
    receipt = yard.entrepot().apply(plan.plan_id)
    assert yard.rows("SELECT * FROM orders") == [(10, 1, 120), (11, 3, None)]
    assert yard.rows("SELECT id, name, note, loud FROM customers") == [
        (1, "Ann", "", "ANN"),
        (2, "Bob", None, "BOB"),
        (3, "Cy", 'a,"b"\nc', "CY"),
        (9, "Test", None, "TEST"),
    ]
    yard.entrepot().undo(receipt.job)
    assert yard.entrepot().fingerprint() == before


def test_a_plan_does_not_hold_once_the_rows_there_have_changed(yard: Yard) -> None:
    plan = previewed(yard)
    yard.run("staging", "UPDATE customers SET note = 'new' WHERE id = 2")
    with pytest.raises(ChangedError) as drifted:
        yard.entrepot().apply(plan.plan_id)
    assert drifted.value.code == "plan_drifted"
    assert yard.rows("SELECT count(*) FROM orders") == [(0,)]


def test_a_second_copy_changes_nothing(yard: Yard) -> None:
    copied(yard)
    assert counted(copied(yard).counts) == {"unchanged": 5}


def test_merging_keeps_what_the_source_does_not_have(yard: Yard) -> None:
    copied(yard, request=MERGE)
    assert yard.rows("SELECT id, name, note FROM customers WHERE id IN (2, 9)") == [
        (2, "Bob", "kept"),
        (9, "Test", None),
    ]


def test_the_rows_are_those_that_are_selected_and_what_they_refer_to(yard: Yard) -> None:
    chosen = Selection(entities=("orders",), where={"orders": "total > 100"}, related=Relatives.PARENTS)
    assert counted(copied(yard, selection=chosen).counts) == {"created": 2}
    assert yard.rows("SELECT id FROM customers ORDER BY id") == [(1,), (2,), (9,)]


def test_one_table_alone_is_an_import_like_any_other(yard: Yard) -> None:
    receipt = yard.entrepot().copy("customers", source="production")
    assert isinstance(receipt, ImportReceipt)
    assert (receipt.file.database, counted(receipt.counts)) == ("production", {"created": 2, "updated": 1})
    yard.entrepot().undo(receipt.job)
    assert yard.rows("SELECT id, name FROM customers") == [(2, "Robert"), (9, "Test")]


def test_rows_without_what_they_refer_to_keep_all_others_out(yard: Yard) -> None:
    with pytest.raises(InputError) as refused:
        yard.entrepot().copy("orders", source="production")
    assert refused.value.code == "records_failed"
    assert {problem.code for problem in refused.value.problems} >= {"no_such_parent"}
    assert yard.rows("SELECT count(*) FROM orders") == [(0,)]
    assert {problem.place.line for problem in refused.value.problems} == {None}
    skipping = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT, errors=Errors.SKIP))
    yard.run("staging", "INSERT INTO customers (id, name) VALUES (3, 'Cy')")
    receipt = yard.entrepot().copy("orders", source="production", request=skipping)
    assert counted(receipt.counts) == {"created": 1, "failed": 1}


def test_a_field_that_the_other_database_lacks_is_named_before_anything_is_written(yard: Yard) -> None:
    yard.run("production", "ALTER TABLE customers ADD COLUMN nick text", "UPDATE customers SET nick = 'x'")
    with pytest.raises(InputError) as refused:
        copied(yard)
    assert refused.value.code == "field_not_there"
    assert "customers.nick" in refused.value.message
    assert yard.kept() == []
    ignoring = ImportRequest(entity="", mode=Mode.UPSERT, mapping=MappingRequest(ignored=("nick",)))
    assert counted(copied(yard, request=BundleRequest(each=ignoring)).counts) == {"created": 4, "updated": 1}
    with pytest.raises(InputError) as unknown:
        copied(yard, request=BundleRequest(each=ImportRequest(entity="", mapping=MappingRequest(ignored=("nik",)))))
    assert unknown.value.code == "unknown_field"


def test_a_field_that_a_new_row_needs_and_the_source_lacks_is_named(yard: Yard) -> None:
    yard.run("staging", "DELETE FROM customers", "ALTER TABLE customers ADD COLUMN level text NOT NULL DEFAULT 'low'")
    yard.run("staging", "DROP TABLE orders", ORDERS.replace("total integer", "total integer, kind text NOT NULL"))
    with pytest.raises(InputError) as refused:
        copied(yard)
    assert refused.value.code == "records_failed"
    assert any("kind" in problem.message for problem in refused.value.problems)
    filled = ImportRequest(
        entity="", mode=Mode.UPSERT, mapping=MappingRequest(fields={"kind": FieldMapping(constant="old")})
    )
    copied(yard, request=BundleRequest(tables={"orders": filled}, each=ImportRequest(entity="", mode=Mode.UPSERT)))
    assert yard.rows("SELECT DISTINCT kind, level FROM orders, customers") == [("old", "low")]


def test_tables_without_a_key_are_named_together(yard: Yard) -> None:
    for name in ("production", "staging"):
        yard.run(name, "CREATE TABLE logs (line text)", "CREATE TABLE notes (line text)")
    yard.run("production", "INSERT INTO logs VALUES ('a'), ('a')", "INSERT INTO notes VALUES ('b')")
    with pytest.raises(InputError, match="rows of logs, notes have no key") as refused:
        copied(yard)
    assert refused.value.code == "no_key"
    found_by = ImportRequest(entity="", mode=Mode.UPSERT, key=("line",))
    assert counted(copied(yard, "notes", "orders", "customers", request=keyed(notes=found_by)).counts) == {
        "created": 5,
        "updated": 1,
    }
    added = yard.entrepot().copy("logs", source="production", request=BundleRequest(each=ImportRequest(entity="")))
    assert (counted(added.counts), yard.rows("SELECT * FROM logs")) == ({"created": 2}, [("a",), ("a",)])


def keyed(**tables: ImportRequest) -> BundleRequest:
    return BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT), tables=tables)


MIRROR = BundleRequest(each=ImportRequest(entity="", mode=Mode.MIRROR))


def test_a_mirror_deletes_what_the_source_does_not_have(yard: Yard) -> None:
    yard.run("staging", "INSERT INTO orders VALUES (90, 9, 1)")
    before = yard.entrepot().fingerprint()
    plan = previewed(yard, request=MIRROR)
    assert {table.entity: table.deleted for table in plan.leaving} == {"customers": 1, "orders": 1}
    assert plan.blocked
    whole = BundleRequest(each=replace(MIRROR.each, mirror=Mirror(most="100%", confirmed=2)))
    receipt = copied(yard, request=whole)
    assert yard.entrepot().fingerprint() == yard.entrepot("production").fingerprint()
    yard.entrepot().undo(receipt.job)
    assert yard.entrepot().fingerprint() == before


def test_a_mirror_is_of_all_rows_of_its_entities(yard: Yard) -> None:
    for some in (
        Selection(entities=("orders",), where={"orders": "total > 100"}),
        Selection(entities=("orders",), limit=1),
        Selection(entities=("orders",), related=Relatives.PARENTS),
    ):
        with pytest.raises(InputError) as refused:
            copied(yard, selection=some, request=MIRROR)
        assert (refused.value.code, yard.kept()) == ("copy_cannot_mirror", [])


TENANTS = (
    "CREATE TABLE tenants (id integer PRIMARY KEY, name text)",
    "CREATE TABLE users (id integer PRIMARY KEY, tenant_id integer REFERENCES tenants (id), name text)",
    "INSERT INTO tenants VALUES (1, 'acme'), (2, 'other')",
)
USERS = "SELECT id, tenant_id, name FROM users ORDER BY id"


def test_a_mirror_of_one_tenant_deletes_nothing_of_others(yard: Yard) -> None:
    (yard.folder / "entrepot.toml").write_text(f'{SETTINGS}[tenancy]\nroot = "tenants"\n', encoding="utf-8")
    yard.run("production", *TENANTS, "INSERT INTO users VALUES (1, 1, 'new'), (2, 2, 'theirs')")
    yard.run("staging", *TENANTS, "INSERT INTO tenants VALUES (3, 'third')")
    yard.run("staging", "INSERT INTO users VALUES (1, 1, 'old'), (5, 1, 'gone'), (6, 2, 'stays'), (7, NULL, 'nobody')")
    words = ["copy", "production", "staging", "tenants", "users", "--tenant", "acme", "--mode", "mirror", "--yes"]
    said = [*words, "--config", str(yard.folder / "entrepot.toml")]
    assert (main(said), main([*said, "--confirm-deletes", "2"])) == (2, 2)
    assert main([*said, "--confirm-deletes", "1"]) == 0
    assert yard.rows(USERS) == [(1, 1, "new"), (6, 2, "stays"), (7, None, "nobody")]
    assert yard.rows("SELECT id FROM tenants ORDER BY id") == [(1,), (2,), (3,)]


def test_an_entity_may_be_called_otherwise_there_or_stay_out(yard: Yard) -> None:
    yard.run("staging", "ALTER TABLE orders RENAME TO purchases")
    with pytest.raises(InputError) as refused:
        copied(yard)
    assert refused.value.code == "entity_not_said"
    there = BundleRequest(into={"orders": "purchases"}, each=ImportRequest(entity="", mode=Mode.UPSERT))
    assert counted(copied(yard, request=there).counts) == {"created": 4, "updated": 1}
    without = BundleRequest(into={"orders": ""}, each=ImportRequest(entity="", mode=Mode.UPSERT))
    assert counted(yard.entrepot().copy(source="production", request=without).counts) == {"unchanged": 3}


def test_what_people_call_a_field_in_files_does_not_matter(yard: Yard) -> None:
    """Of files with such columns something else may be remembered."""
    yard.run("production", "UPDATE customers SET note = name || '!'")
    file = yard.folder / "people.csv"
    file.write_text("id,name,note\n20,n,m\n", encoding="utf-8")
    swapped = {"name": FieldMapping(columns=("note",)), "note": FieldMapping(columns=("name",))}
    yard.entrepot().bring_in(file, ImportRequest(entity="customers", mapping=MappingRequest(fields=swapped)))
    copied(yard)
    assert yard.rows("SELECT name, note FROM customers WHERE id = 1") == [("Ann", "Ann!")]


@pytest.mark.parametrize("how", ["name", "link", "hard link"])
def test_a_database_is_not_copied_into_itself(yard: Yard, how: str) -> None:
    file, other = yard.folder / "staging.db", yard.folder / "other.db"
    if how == "link":
        other.symlink_to(file)
    elif how == "hard link":
        other.hardlink_to(file)
    with pytest.raises(InputError) as refused:
        yard.entrepot().copy(source="staging" if how == "name" else f"sqlite:///{other}")
    assert refused.value.code == "same_database"
    assert yard.kept() == []


def test_our_own_records_are_no_source_and_no_target(yard: Yard) -> None:
    copied(yard)
    ledger = f"sqlite:///{yard.folder / '.entrepot' / 'ledger.db'}"
    with pytest.raises(InputError) as refused:
        yard.entrepot().copy(source=ledger)
    assert refused.value.code == "protected_source"
    with pytest.raises(InputError) as refused:
        Entrepot(ledger, config=yard.folder / "entrepot.toml", environment={}).copy(source="production")
    assert refused.value.code == "protected_source"


def test_of_a_source_that_breaks_off_nothing_stays(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    from entrepot.databases.sqlite.session import SqliteSession

    def changed(_session: SqliteSession) -> None:
        raise ChangedError("schema_changed", "The schema changed.", remedy="Try again.")

    monkeypatch.setattr(SqliteSession, "check_unchanged", changed)
    with pytest.raises(EntrepotError) as ended:
        copied(yard)
    assert (ended.value.code, yard.kept()) == ("schema_changed", [])
    with closing(sqlite3.connect(yard.folder / ".entrepot" / "ledger.db")) as ledger:
        assert ledger.execute("SELECT count(*) FROM artifacts").fetchone() == (0,)


def test_a_source_that_is_not_there_is_told_and_nothing_is_made(yard: Yard) -> None:
    with pytest.raises(EntrepotError):
        yard.entrepot().copy(source="sqlite:///nowhere.db")
    assert (yard.kept(), (yard.folder / "nowhere.db").exists()) == ([], False)


def test_the_command_line_shows_it_does_it_and_takes_it_back(
    yard: Yard, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(yard.folder)
    before = yard.rows("SELECT * FROM customers")
    assert main(["copy", "production", "staging", "--dry-run", "--set", "orders:total=5"]) == 0
    assert "2 tables of production → staging" in capsys.readouterr().out
    assert main(["copy", "production", "staging", "--yes", "--set", "orders:total=5", "--json"]) == 0
    job = json.loads(capsys.readouterr().out)["job"]
    assert yard.rows("SELECT total FROM orders") == [(5,), (5,)]
    assert main(["undo", job, "--db", "staging", "--yes"]) == 0
    assert (yard.rows("SELECT * FROM customers"), yard.rows("SELECT * FROM orders")) == (before, [])


NAMES = (
    " lead",
    "trail ",
    'a"b',
    "x,y",
    "two\nlines",
    "Ünï",
    "sep=;",
    "#no",
    "null",
    "1",
    "a.b",
    "a/b",
    "Example (not imported)",
)


def test_whatever_fields_are_called_and_hold_arrives_as_it_is(yard: Yard) -> None:
    quoted = ['"' + name.replace('"', '""') + '"' for name in NAMES]
    columns = ", ".join(f"{name} text" for name in quoted)
    for name in ("production", "staging"):
        yard.run(
            name, f"CREATE TABLE odd (id integer PRIMARY KEY, {columns})", "CREATE TABLE lone (v text PRIMARY KEY)"
        )
        yard.run(name, "CREATE TABLE bare (v text UNIQUE)")
    values = ", ".join(f"'{name}'" for name in NAMES)
    yard.run("production", f"INSERT INTO odd VALUES (1, {values})", "INSERT INTO odd (id) VALUES (2)")
    for value in ("", "\\.", "NULL", "Example (not imported): 1", " x ", "#", "sep=;"):
        yard.run("production", f"INSERT INTO lone VALUES ('{value}')", f"INSERT INTO bare VALUES ('{value}')")
    yard.run("production", "INSERT INTO bare VALUES (NULL)")
    request = keyed(bare=ImportRequest(entity="", mode=Mode.CREATE))
    assert counted(copied(yard, "odd", "lone", "bare", request=request).counts) == {"created": 17}
    for table in ("odd", "lone", "bare"):
        assert yard.rows(f"SELECT * FROM {table}") == yard.rows(f"SELECT * FROM {table}", "production")
    assert counted(yard.entrepot().copy("odd", source="production").counts) == {"unchanged": 2}


def test_a_field_without_a_name_is_refused_and_not_forgotten(yard: Yard) -> None:
    for name in ("production", "staging"):
        yard.run(name, 'CREATE TABLE odd (id integer PRIMARY KEY, "" text, x text)')
    yard.run("production", "INSERT INTO odd VALUES (1, 'a', 'b')")
    with pytest.raises(InputError) as refused:
        copied(yard, "odd")
    assert refused.value.code == "blank_name"
    some = Selection(entities=("odd",), fields={"odd": ("id", "x")})
    yard.entrepot().copy(source="production", selection=some)
    assert yard.rows("SELECT * FROM odd") == [(1, None, "b")]
    file = yard.folder / "odd.csv"
    file.write_text("id,y\n2,c\n", encoding="utf-8")
    assert yard.entrepot().preview(file, ImportRequest(entity="odd")).mapping.unmapped == ("y",)
