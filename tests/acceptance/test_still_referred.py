"""A value to which rows of another table refer cannot be changed; the record that would is named beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import CASES, Club, code_of, counted
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.model.bundles import BundlePlan, BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest

GOODS = ((1, "a", "bolt"), (2, "b", "nut"), (3, "c", "pin"))
UPDATE = ImportRequest(entity="goods", mode=Mode.UPDATE)


@pytest.fixture(params=CASES)
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(
            "CREATE TABLE goods (id integer PRIMARY KEY, sku varchar(9) NOT NULL UNIQUE, name varchar(9))",
            "CREATE TABLE orders (id integer PRIMARY KEY, sku varchar(9), FOREIGN KEY (sku) REFERENCES goods (sku))",
            "CREATE TABLE notes (id integer PRIMARY KEY, sku varchar(9),"
            " FOREIGN KEY (sku) REFERENCES goods (sku) ON UPDATE CASCADE)",
            *(f"INSERT INTO goods VALUES {row}" for row in GOODS),
            "INSERT INTO orders VALUES (1, 'a'), (2, 'a'), (3, NULL)",
            "INSERT INTO notes VALUES (1, 'b')",
        )
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Club(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def goods(shop: Club) -> list[tuple[object, ...]]:
    return [tuple(row) for row in shop.place.rows("SELECT id, sku, name FROM goods ORDER BY id")]


def told(plan: ImportPlan) -> list[tuple[int | None, str, str]]:
    return [(it.place.record, it.code, it.message) for it in plan.problems if it.place.record]


def test_the_record_that_would_take_a_value_from_others_is_named(shop: Club) -> None:
    file = shop.file("id,sku,name\n1,x,bolts\n2,y,nuts\n3,z,pins\n")
    plan = shop.entrepot.preview(file, UPDATE)
    words = "sku cannot become x: orders.sku refers to what it is now, and would lead nowhere."
    assert told(plan) == [(1, "still_referred", words)]
    assert (counted(plan.counts), plan.errors) == ({"updated": 2, "failed": 1}, 1)
    with pytest.raises(InputError) as caught:
        shop.entrepot.apply(plan.plan_id)
    assert code_of(caught) == "records_failed"
    receipt = shop.entrepot.bring_in(file, replace(UPDATE, errors=Errors.SKIP))
    assert counted(receipt.counts) == {"updated": 2, "failed": 1}
    assert goods(shop) == [GOODS[0], (2, "y", "nuts"), (3, "z", "pins")]
    assert [row[0] for row in shop.place.rows("SELECT sku FROM notes")] == ["y"]


def test_a_value_that_stays_may_be_referred_to(shop: Club) -> None:
    plan = shop.entrepot.preview(shop.file("id,sku,name\n1,a,bolts\n"), UPDATE)
    assert (told(plan), counted(plan.counts)) == ([], {"updated": 1})
    shop.entrepot.apply(plan.plan_id)
    assert goods(shop)[0] == (1, "a", "bolts")


def test_whoever_waits_for_such_a_value_fails_as_well(shop: Club) -> None:
    plan = shop.entrepot.preview(shop.file("id,sku\n1,x\n3,a\n"), UPDATE)
    assert [(record, code) for record, code, _ in told(plan)] == [(1, "still_referred"), (2, "value_taken")]
    assert counted(plan.counts) == {"failed": 2}


def test_rows_of_another_table_let_go_of_a_value_only_before(shop: Club) -> None:
    files = [shop.folder / "goods.csv", shop.folder / "orders.csv"]
    files[0].write_text("id,sku\n1,x\n", encoding="utf-8")
    files[1].write_text("id,sku\n1,b\n2,c\n", encoding="utf-8")
    asked = BundleRequest(each=replace(UPDATE, entity=""))
    plan = shop.entrepot.preview(files, asked)
    assert isinstance(plan, BundlePlan)
    assert [(part.entity, [code for _, code, _ in told(part)]) for part in plan.parts] == [
        ("goods", ["still_referred"]),
        ("orders", []),
    ]
    for file in reversed(files):
        shop.entrepot.bring_in(file, replace(UPDATE, entity=file.stem))
    assert goods(shop)[0] == (1, "x", "bolt")
    assert [row[0] for row in shop.place.rows("SELECT sku FROM orders ORDER BY id")] == ["b", "c", None]
