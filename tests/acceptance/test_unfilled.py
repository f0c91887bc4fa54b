"""What a new row needs and nothing fills, keys that may be missing, and files without records: told by the preview."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import CASES, Club, code_of, counted, table
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.cli.paper import Paper
from entrepot.cli.preview import screen
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest

ROWS = "SELECT id, sku, name, status FROM goods ORDER BY id"
OLD = (1, "a1", "bolt", "old")
UPSERT = ImportRequest(entity="goods", mode=Mode.UPSERT)


@pytest.fixture(params=CASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(
            f"CREATE TABLE goods (id {case.counter}, sku varchar(9) UNIQUE, name varchar(9) NOT NULL,"
            " status varchar(9) NOT NULL, note varchar(9))",
            "INSERT INTO goods (sku, name, status) VALUES ('a1', 'bolt', 'old')",
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def rows(shop: Club) -> list[tuple[object, ...]]:
    return [tuple(row) for row in shop.place.rows(ROWS)]


def told(plan: ImportPlan) -> list[tuple[int | None, str]]:
    return [(problem.place.record, problem.code) for problem in plan.problems if problem.place.record]


def test_a_record_that_would_become_a_row_without_what_that_needs_fails_by_upsert(shop: Club) -> None:
    file = shop.file("id,sku\n1,a2\n2,b1\n3,b2\n")
    plan = shop.entrepot.preview(file, UPSERT)
    assert counted(plan.counts) == {"updated": 1, "failed": 2}
    assert (plan.errors, told(plan)) == (2, [(2, "not_given"), (3, "not_given")])
    assert plan.problems[0].message == "Nothing in the file fills name, status, which a new row needs."
    assert [(group.code, group.records) for group in plan.groups.groups] == [("not_given", 2)]
    with pytest.raises(InputError) as caught:
        shop.entrepot.apply(plan.plan_id)
    assert code_of(caught) == "records_failed"
    assert rows(shop) == [OLD]


def test_records_that_meet_a_row_come_in_and_the_others_are_skipped_with_the_reason(shop: Club) -> None:
    file, errors = shop.file("id,sku\n1,a2\n2,b1\n"), shop.folder / "failed.csv"
    receipt = shop.entrepot.bring_in(file, replace(UPSERT, errors=Errors.SKIP), errors_to=errors)
    assert counted(receipt.counts) == {"updated": 1, "failed": 1}
    assert rows(shop) == [(1, "a2", "bolt", "old")]
    assert table(errors)[1][:2] == ["2", "b1"]
    assert table(errors)[1][-1].startswith("Nothing in the file fills name, status, which a new row needs. Map")


def test_where_all_records_meet_a_row_nothing_is_missing(shop: Club) -> None:
    for mode in (Mode.UPDATE, Mode.UPSERT):
        plan = shop.entrepot.preview(shop.file(f"id,sku\n1,{mode}\n"), replace(UPSERT, mode=mode))
        assert (counted(plan.counts), told(plan)) == ({"updated": 1}, [])
        assert ("Nothing fills name, status" in "\n".join(screen(plan, Paper()))) is (mode is Mode.UPSERT)
        assert shop.entrepot.apply(plan.plan_id).counts == plan.counts
    assert rows(shop) == [(1, "upsert", "bolt", "old")]


def test_what_a_record_lacks_is_told_beside_what_no_record_has(shop: Club) -> None:
    records = ({"id": 1, "sku": "c1"}, {"sku": "c2"}, {"id": 3, "name": "nut"})
    file = shop.file("".join(json.dumps(record) + "\n" for record in records), "goods.ndjson")
    plan = shop.entrepot.preview(file, UPSERT)
    assert counted(plan.counts) == {"updated": 1, "failed": 2}
    assert sorted(told(plan)) == [(2, "not_given"), (2, "not_given"), (3, "not_given")]
    assert plan.errors == 3
    shop.entrepot.bring_in(file, replace(UPSERT, errors=Errors.SKIP))
    assert rows(shop) == [(1, "c1", "bolt", "old")]


def test_into_an_empty_table_no_record_can_become_a_row(shop: Club) -> None:
    shop.place.execute("DELETE FROM goods")
    plan = shop.entrepot.preview(shop.file("id,sku\n1,a2\n2,b1\n"), UPSERT)
    assert (counted(plan.counts), plan.errors) == ({"failed": 2}, 2)


def test_a_unique_key_that_may_be_missing_finds_rows_and_makes_none_without_it(shop: Club) -> None:
    file = shop.file("sku,name,status\na1,nut,new\nb1,pin,new\n,rod,new\n")
    plan = shop.entrepot.preview(file, UPSERT)
    assert (plan.key, told(plan)) == (("sku",), [(3, "no_key")])
    assert counted(plan.counts) == {"created": 1, "updated": 1, "failed": 1}
    shop.entrepot.bring_in(file, replace(UPSERT, errors=Errors.SKIP))
    assert [row[1:] for row in rows(shop)] == [("a1", "nut", "new"), ("b1", "pin", "new")]
    plan = shop.entrepot.preview(file, replace(UPSERT, key=("sku",)))
    assert counted(plan.counts) == {"created": 1, "unchanged": 2}
    created = ImportRequest(entity="goods")
    assert shop.entrepot.preview(shop.file("sku,name,status\n,a,b\n"), created).counts["created"] == 1


def test_a_file_with_names_alone_is_told_by_preview_and_receipt(shop: Club) -> None:
    file = shop.file("id,sku,name,status\n")
    plan = shop.entrepot.preview(file, UPSERT)
    assert [problem.code for problem in plan.problems] == ["no_records"]
    receipt = shop.entrepot.apply(plan.plan_id)
    assert "no_records" in {problem.code for problem in receipt.warnings}
