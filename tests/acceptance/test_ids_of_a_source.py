"""What an id of a file means: a record of the files, what it became before, or nothing; never a stranger's row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acceptance.bazaar import Bazaar, opened
from acceptance.market import counted, told
from contract.databases import sqlite_case
from entrepot import Entrepot
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest

OLD = "old shop"
PEOPLE = "id,email,name,invited_by\n1,cy@x.org,Cy,\n2,dee@x.org,Dee,1\n"


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


def people(stall: Bazaar, text: str = PEOPLE, **said: Any) -> ImportPlan:
    """As one file alone."""
    request = ImportRequest(entity="customers", mode=Mode.UPSERT, source=OLD)
    (file,) = stall.files("customers", customers=text)
    return stall.entrepot.preview(file, replace(request, **said))


def brought(stall: Bazaar, text: str = PEOPLE, **said: Any) -> dict[str, int]:
    return counted(stall.entrepot.apply(people(stall, text, **said).plan_id).counts)


def wrong(plan: ImportPlan) -> list[tuple[int | None, str]]:
    return [(it.place.record, it.code) for it in plan.problems if it.place.record is not None]


def invited(stall: Bazaar) -> list[tuple[str, str]]:
    rows = stall.place.rows(
        "SELECT c.email, coalesce(i.email, '') FROM customers c LEFT JOIN customers i ON i.id = c.invited_by"
        " WHERE c.id > 3 ORDER BY c.email"
    )
    return [(str(one), str(other)) for one, other in rows]


def test_one_file_finds_its_rows_again_although_others_have_these_numbers(stall: Bazaar) -> None:
    assert brought(stall) == {"created": 2}
    assert invited(stall) == [("cy@x.org", ""), ("dee@x.org", "cy@x.org")]
    assert brought(stall) == {"unchanged": 2}
    assert brought(stall, PEOPLE.replace("dee@x.org", "dea@x.org")) == {"updated": 1, "unchanged": 1}
    assert brought(stall, "id,email,name,invited_by\n9,eve@x.org,Eve,2\n") == {"created": 1}
    assert ("eve@x.org", "dea@x.org") in invited(stall)


def test_an_id_that_nobody_had_is_no_row_of_the_database(stall: Bazaar) -> None:
    plan = people(stall, "id,email,name,invited_by\n7,cy@x.org,Cy,3\n")
    assert wrong(plan) == [(1, "no_such_own_id")]
    (problem,) = (it for it in plan.problems if it.code == "no_such_own_id")
    assert problem.message == (
        "invited_by refers to '3', an id of customers that neither these files nor an import of their source had."
    )


def test_sources_know_nothing_of_each_other(stall: Bazaar) -> None:
    brought(stall)
    assert wrong(people(stall, "id,email,name,invited_by\n7,eve@x.org,Eve,1\n", source="other")) == [
        (1, "no_such_own_id")
    ]
    other = PEOPLE.replace("cy@", "cyd@").replace("dee@", "dora@")
    assert brought(stall, other, source="other") == {"created": 2}
    assert invited(stall)[-1] == ("dora@x.org", "cyd@x.org")


def test_ids_without_a_source_are_forgotten(stall: Bazaar) -> None:
    assert brought(stall, source="", own_ids=("all",)) == {"created": 2}
    plan = people(stall, source="", own_ids=("all",))
    assert wrong(plan) == [(1, "value_taken"), (2, "value_taken")]


def test_what_the_ids_of_a_file_lack_is_told_by_what_the_file_says(stall: Bazaar) -> None:
    text = "id,email,name,invited_by\nt1,cy@x.org,Cy,\n,dee@x.org,Dee,\nt1,eve@x.org,Eve,\nt4,fay@x.org,Fay,t9\n"
    plan = people(stall, text)
    assert wrong(plan) == [(2, "no_own_id"), (3, "own_id_twice"), (4, "no_such_own_id")]
    assert "id 't1' stands in the file more than once." in {it.message for it in plan.problems}
    assert brought(stall, text, errors=Errors.SKIP) == {"created": 1, "failed": 3}


def test_two_ids_cannot_be_one_row_nor_one_id_two_rows(stall: Bazaar) -> None:
    text = "id,email,name\nt1,ann@x.org,A\nt2,ann@x.org,B\n"
    assert wrong(people(stall, text, key=("email",))) == [(2, "same_row")]
    stall.place.execute("UPDATE customers SET name = 'Ann'")
    assert wrong(people(stall, "id,email,name\nt1,new@x.org,Ann\n", key=("name",))) == [(1, "several_rows")]


def test_what_refers_to_a_record_that_fails_says_its_id(stall: Bazaar) -> None:
    plan = people(stall, "id,email,name,invited_by\nt1,,Cy,\nt2,dee@x.org,Dee,t1\n")
    assert wrong(plan) == [(1, "required"), (2, "parent_failed")]
    assert "refers to 't1', record 1" in next(it.message for it in plan.problems if it.code == "parent_failed")


def test_a_row_that_exists_is_told_by_its_id_where_all_are_to_be_new(stall: Bazaar) -> None:
    brought(stall)
    plan = people(stall, mode=Mode.CREATE)
    assert next(it.message for it in plan.problems if it.code == "row_exists") == "A row with id '1' exists."


def test_a_row_that_somebody_deleted_is_made_anew(stall: Bazaar) -> None:
    brought(stall)
    stall.place.execute("DELETE FROM customers WHERE email = 'dee@x.org'")
    assert brought(stall) == {"created": 1, "unchanged": 1}
    assert invited(stall) == [("cy@x.org", ""), ("dee@x.org", "cy@x.org")]


def test_an_undo_takes_what_is_known_along_and_its_undo_brings_it_back(stall: Bazaar) -> None:
    first = stall.entrepot.apply(people(stall).plan_id).job
    undo = stall.entrepot.undo(first).job
    stall.place.execute("INSERT INTO customers (email, name) VALUES ('x@x.org', 'X'), ('y@x.org', 'Y')")
    assert brought(stall, PEOPLE.replace("1,cy@x.org", "1,cyd@x.org")) == {"created": 2}
    assert [email for email, _ in invited(stall)] == ["cyd@x.org", "dee@x.org", "x@x.org", "y@x.org"]
    second = stall.entrepot.undoable()[0].id
    stall.entrepot.undo(second)
    stall.place.execute("DELETE FROM customers WHERE email IN ('x@x.org', 'y@x.org')")
    stall.entrepot.undo(undo)
    assert brought(stall) == {"unchanged": 2}


def test_a_row_whose_place_is_taken_when_its_undo_is_taken_back_is_made_anew(stall: Bazaar) -> None:
    apart = PEOPLE.replace("Dee,1", "Dee,")
    undo = stall.entrepot.undo(stall.entrepot.apply(people(stall, apart).plan_id).job).job
    stall.place.execute("INSERT INTO customers (id, email, name) VALUES (4, 'x@x.org', 'X')")
    assert stall.entrepot.undo(undo).left == 1
    assert brought(stall, apart) == {"created": 1, "unchanged": 1}
    assert [email for email, _ in invited(stall)] == ["cy@x.org", "dee@x.org", "x@x.org"]


def test_rows_that_a_mirror_deletes_are_known_again_when_it_is_taken_back(stall: Bazaar) -> None:
    """Meanwhile their numbers are those of others."""
    apart = PEOPLE.replace("Dee,1", "Dee,")
    brought(stall, apart)
    left = "id,email,name\n1,ann@x.org,Ann\n2,bob@x.org,Bob\n3,t1@x.org,T\n"
    plan = people(stall, left, source="", mode=Mode.MIRROR)
    mirror = stall.entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes).job
    stall.place.execute("INSERT INTO customers (id, email, name) VALUES (4, 'x@x.org', 'X')")
    again = stall.entrepot.apply(people(stall, apart).plan_id)
    assert counted(again.counts) == {"created": 2}
    stall.entrepot.undo(again.job)
    stall.entrepot.undo(mirror)
    assert brought(stall, apart) == {"created": 1, "unchanged": 1}
    assert [email for email, _ in invited(stall)] == ["cy@x.org", "dee@x.org", "x@x.org"]


def test_an_undo_leaves_what_is_known_of_a_row_that_stays(stall: Bazaar) -> None:
    job = stall.entrepot.apply(people(stall).plan_id).job
    stall.place.execute("UPDATE customers SET name = 'Cyd' WHERE email = 'cy@x.org'")
    stall.entrepot.undo(job)
    assert brought(stall) == {"created": 1, "updated": 1}
    assert invited(stall) == [("cy@x.org", ""), ("dee@x.org", "cy@x.org")]


def test_later_files_of_a_source_refer_to_what_it_brought_before(stall: Bazaar) -> None:
    brought(stall)
    (file,) = stall.files("orders", orders="id,customer_id,placed\n1,2,2024-05-01\n2,1,2024-05-02\n")
    receipt = stall.entrepot.bring_in(file, ImportRequest(entity="orders", mode=Mode.UPSERT, source=OLD))
    assert counted(receipt.counts) == {"created": 2}
    rows = stall.place.rows("SELECT c.email FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.id > 5")
    assert [row[0] for row in rows] == ["dee@x.org", "cy@x.org"]


def test_ids_of_what_was_taken_back_are_not_taken_for_those_of_others(stall: Bazaar) -> None:
    stall.entrepot.undo(stall.entrepot.apply(people(stall).plan_id).job)
    (file,) = stall.files("orders", orders="id,customer_id,placed\n1,2,2024-05-01\n")
    plan = stall.entrepot.preview(file, ImportRequest(entity="orders", mode=Mode.UPSERT, source=OLD))
    assert wrong(plan) == [(1, "no_such_own_id")]


def test_a_preview_says_where_ids_of_others_are_those_of_the_database(stall: Bazaar) -> None:
    """Also where the table itself can have none of its own."""
    files = stall.files("orders", "notes", orders="id,customer_id\n1,2\n", notes="order_id,position\n1,9\n")

    def warned(at: int, **said: Any) -> list[str]:
        request = ImportRequest(entity=("orders", "notes")[at], mode=Mode.UPSERT, source=OLD)
        plan = stall.entrepot.preview(files[at], replace(request, **said))
        return [it.message for it in plan.problems if it.code == "ids_of_the_database"]

    (told,) = warned(0)
    assert told == (
        "Ids in customer_id are taken for those that customers has in the database: rows of customers are not in this"
        " import, and its source brought none before."
    )
    assert warned(1) == [told.replace("customer", "order")]
    assert warned(0, source="") == warned(0, own_ids=("orders", "customers")) == []
    brought(stall)
    assert warned(0) == []


def test_ids_of_tables_that_are_not_named_are_those_of_the_database(stall: Bazaar) -> None:
    files = stall.files("customers", "orders", customers=PEOPLE, orders="id,customer_id,placed\n1,2,\n")
    each = ImportRequest(entity="", mode=Mode.UPSERT, own_ids=("orders",))
    plan = stall.preview(files, BundleRequest(each=each))
    assert {part.entity: counted(part.counts) for part in plan.parts} == {
        "customers": {"updated": 2},
        "orders": {"created": 1},
    }
    assert not [it for part in plan.parts for it in part.problems if it.code == "ids_of_the_database"]


def test_what_refers_to_ids_of_another_file_fails_with_it(stall: Bazaar) -> None:
    lost = PEOPLE.replace("dee@x.org", "")
    files = stall.files("customers", "orders", customers=lost, orders="id,customer_id\n1,2\n")
    each = ImportRequest(entity="", mode=Mode.UPSERT, source=OLD)
    plan = stall.preview(files, BundleRequest(each=each))
    assert told(plan)["orders"] == [
        (1, "parent_failed", "customer_id refers to '2', record 2 of customers.csv, which cannot be imported.")
    ]


def test_keys_that_cannot_be_made_anew_are_refused(stall: Bazaar) -> None:
    (file,) = stall.files("notes")
    with pytest.raises(InputError, match="it has no key of one field") as caught:
        stall.entrepot.preview(file, ImportRequest(entity="notes", own_ids=("notes",)))
    assert caught.value.code == "no_own_ids"


def test_what_takes_records_apart_is_refused(stall: Bazaar) -> None:
    with pytest.raises(InputError, match="ids of their own are not imported in batches") as caught:
        people(stall, batch_size=5, errors=Errors.SKIP)
    assert caught.value.code == "not_together"
    with pytest.raises(InputError, match="to make a table equal to them"):
        people(stall, mode=Mode.MIRROR)


def test_a_preview_says_that_ids_are_perhaps_the_files_own(stall: Bazaar) -> None:
    plan = people(stall, "id,email\nt1,cy@x.org\nt2,dee@x.org\n", source="")
    (problem,) = (it for it in plan.problems if it.code == "own_ids_perhaps")
    assert problem.message == "No id of the first records can be a key of customers: t1, t2."
    assert "--own-ids" in problem.remedy
    assert not [it for it in people(stall).problems if it.code == "own_ids_perhaps"]


def test_keys_that_nobody_counts_are_the_next_ones(stall: Bazaar) -> None:
    stall.place.execute(
        "CREATE TABLE rooms (id smallint NOT NULL PRIMARY KEY, name text, next_to smallint REFERENCES rooms (id))",
        "INSERT INTO rooms VALUES (40, 'hall', NULL)",
    )
    (stall.folder / "rooms.csv").write_text("id,name,next_to\na,attic,b\nb,bath,a\n", encoding="utf-8")
    stall.entrepot.bring_in(stall.folder / "rooms.csv", ImportRequest(entity="rooms", own_ids=("all",)))
    assert [tuple(row) for row in stall.place.rows("SELECT * FROM rooms ORDER BY id")] == [
        (40, "hall", None),
        (41, "attic", 42),
        (42, "bath", 41),
    ]


SHOPS = """[tenancy]
root = "shops"
"""


def test_tenants_know_nothing_of_each_others_ids(stall: Bazaar) -> None:
    stall.place.execute(
        "CREATE TABLE shops (id integer PRIMARY KEY, name text NOT NULL UNIQUE)",
        "CREATE TABLE goods (id integer PRIMARY KEY, shop_id integer NOT NULL REFERENCES shops (id),"
        " name text NOT NULL, part_of integer REFERENCES goods (id))",
        "INSERT INTO shops VALUES (1, 'one'), (2, 'two')",
    )
    settings = stall.folder / "entrepot.toml"
    settings.write_text(SHOPS, encoding="utf-8")
    entrepot = Entrepot(stall.place.url, config=settings, environment={})
    (stall.folder / "goods.csv").write_text("id,name,part_of\n1,box,\n2,lid,1\n", encoding="utf-8")

    def come(tenant: str) -> dict[str, int]:
        request = ImportRequest(entity="goods", mode=Mode.UPSERT, source=OLD, tenant=tenant)
        return counted(entrepot.bring_in(stall.folder / "goods.csv", request).counts)

    assert [come("one"), come("two")] == [{"created": 2}] * 2
    assert [come("1"), come("two")] == [{"unchanged": 2}] * 2
    (stall.folder / "goods.csv").write_text("id,name,part_of\n1,crate,\n3,lid,2\n", encoding="utf-8")
    assert come("two") == {"created": 1, "updated": 1}
    assert [tuple(row) for row in stall.place.rows("SELECT shop_id, name, part_of FROM goods ORDER BY id")] == [
        (1, "box", None),
        (1, "lid", 1),
        (2, "crate", None),
        (2, "lid", 3),
        (2, "lid", 4),
    ]
    stall.place.execute("UPDATE goods SET shop_id = 1 WHERE name = 'crate'")
    assert come("two") == {"created": 1, "unchanged": 1}
