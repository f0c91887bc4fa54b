"""Files with ids of their own, into tables that have rows already: right links, and the same rows the next time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.bazaar import Bazaar, asked, opened
from acceptance.market import counted
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportRequest

SQLITE = pytest.param(sqlite_case.CASE, id="sqlite")
CASES = (
    SQLITE,
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
NONE = "None"


@pytest.fixture(params=CASES)
def bazaar(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def test_six_files_with_ids_of_their_own_get_right_links_and_the_next_imports_find_their_rows(bazaar: Bazaar) -> None:
    files, request = bazaar.files(), asked()
    plan = bazaar.preview(files, request)
    before = bazaar.counts()
    assert {part.entity: counted(part.counts) for part in plan.parts} == {
        "categories": {"created": 3},
        "products": {"created": 2, "updated": 1},
        "customers": {"created": 2, "updated": 1},
        "orders": {"created": 2},
        "order_lines": {"created": 3},
        "notes": {"created": 2},
    }
    receipt = bazaar.entrepot.apply(plan.plan_id)
    assert (receipt.counts, receipt.digest) == (plan.counts, plan.digest)
    people, goods, bought, noted = bazaar.all_rows()
    assert people == [
        ("ann@x.org", "Anna", NONE, NONE),
        ("bob@x.org", "Bob", NONE, NONE),
        ("cy@x.org", "Cy", "ann@x.org", "2024-05-02"),
        ("dee@x.org", "Dee", "cy@x.org", NONE),
        ("t1@x.org", "T", NONE, NONE),
    ]
    assert goods == [
        ("brie", "cheese", "dairy"),
        ("gouda", "cheese", "dairy"),
        ("salt", "older", NONE),
        ("tea", "food", NONE),
    ]
    assert bought == [
        ("cy@x.org", "2024-05-01", "gouda", "1"),
        ("ann@x.org", "2024-05-02", "tea", "2"),
        ("ann@x.org", "2024-05-02", "brie", "3"),
        ("ann@x.org", NONE, "tea", "99"),
    ]
    assert noted == [("2024-05-02", "1", "late"), (NONE, "1", "old"), ("2024-05-01", "1", "soon")]
    there = bazaar.all_rows()
    assert counted(bazaar.bring_in(files, request).counts) == {"unchanged": 16}
    assert bazaar.all_rows() == there
    edited = bazaar.files(
        customers="id,email,name,invited_by,favourite_id\n1,cyrus@x.org,Cy,2,11\n2,ann@x.org,Anna,,\n3,dee@x.org,Dee,1,\n",
        order_lines="id,order_id,product_sku,number\n1,11,gouda,1\n2,11,tea,2\n3,12,brie,3\n4,12,tea,4\n",
    )
    assert {part.entity: counted(part.counts) for part in bazaar.bring_in(edited, request).parts} == {
        "categories": {"unchanged": 3},
        "products": {"unchanged": 3},
        "customers": {"updated": 1, "unchanged": 2},
        "orders": {"unchanged": 2},
        "order_lines": {"created": 1, "updated": 1, "unchanged": 2},
        "notes": {"unchanged": 2},
    }
    assert ("cyrus@x.org", "Cy", "ann@x.org", "2024-05-01") in bazaar.all_rows()[0]
    assert bazaar.counts() == {name: before[name] + more for name, more in NEW.items()}


NEW = {"categories": 3, "products": 2, "customers": 2, "orders": 2, "order_lines": 4, "notes": 2}


@pytest.mark.postgres
@pytest.mark.parametrize("bazaar", CASES[:1], indirect=True)
def test_blanks_around_an_id_mean_nothing(bazaar: Bazaar) -> None:
    text = 'id,name,parent_id\n" 1",food,\n2,dairy,1 \n"3 ",cheese, 2\n'
    files = bazaar.files("categories", "products", categories=text, products='id,sku,category_id\n1,brie," 3"\n')
    bazaar.bring_in(files, BundleRequest(each=asked().each))
    query = (
        "SELECT name, (SELECT name FROM categories AS up WHERE up.id = c.parent_id) FROM categories AS c ORDER BY id"
    )
    assert [tuple(row) for row in bazaar.place.rows(query)][2:] == [
        ("food", None),
        ("dairy", "food"),
        ("cheese", "dairy"),
    ]


def test_uuids_are_made_and_found_again(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with opened(postgres_case.CASE, request, tmp_path) as bazaar:
        bazaar.place.execute("CREATE TABLE rooms (id uuid PRIMARY KEY, name text, next_to uuid REFERENCES rooms (id))")
        file = tmp_path / "rooms.csv"
        file.write_text("id,name,next_to\na,attic,b\nb,bath,\n", encoding="utf-8")
        rooms = ImportRequest(entity="rooms", mode=Mode.UPSERT, source="plan")
        for counts in ({"created": 2}, {"unchanged": 2}):
            assert counted(bazaar.entrepot.bring_in(file, rooms).counts) == counts
        rows = bazaar.place.rows("SELECT r.name, n.name, r.id FROM rooms r LEFT JOIN rooms n ON n.id = r.next_to")
        assert sorted((str(one), str(other)) for one, other, _ in rows) == [("attic", "bath"), ("bath", "None")]
        assert not any(str(key).startswith("ffffffff") for _, _, key in rows)
