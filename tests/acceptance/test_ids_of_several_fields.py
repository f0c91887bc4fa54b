"""Ids of the files' own that are texts, stand in several columns, or are a part of keys of several fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.bazaar import KEYS, Bazaar, asked, opened
from acceptance.market import counted
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TEXTS = {
    "categories": "id,name,parent_id\ntmp-3,dairy,A/2\nA/2,food,\nné 1,cheese,tmp-3\n",
    "products": "id,sku,category_id\np.1,gouda,né 1\n'2,brie,né 1\np3,tea,A/2\n",
    "customers": "id,email,name,invited_by,favourite_id\nC-1,cy@x.org,Cy,007,O/12\n007,ann@x.org,Anna,,\n"
    "7,dee@x.org,Dee,C-1,\n",
    "orders": "id,customer_id,placed\nO/11,C-1,2024-05-01\nO/12,007,2024-05-02\n",
    "order_lines": "id,order_id,product_sku,number\nl,O/11,gouda,1\nL,O/12,tea,2\n1,O/12,brie,3\n",
    "notes": "order_id,position,words\nO/11,1,soon\nO/12,1,late\n",
}
"""The same as the bazaar's files, with other ids: some that only case, a zero or a quote tells apart."""
REMARKS = """CREATE TABLE remarks (id {key}, order_id integer NOT NULL, position integer NOT NULL, said varchar(40),
    FOREIGN KEY (order_id, position) REFERENCES notes (order_id, position))"""
SAID = "SELECT r.said, n.words FROM remarks r JOIN notes n ON n.order_id = r.order_id AND n.position = r.position"


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def bazaar(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.place.execute(REMARKS.format(key=KEYS[case.name]))
        yield found


def test_six_files_with_texts_for_ids_are_linked_found_again_and_updated(bazaar: Bazaar) -> None:
    files, request = bazaar.files(**TEXTS), asked()
    receipt = bazaar.bring_in(files, request)
    assert {part.entity: counted(part.counts) for part in receipt.parts} == {
        "categories": {"created": 3},
        "products": {"created": 2, "updated": 1},
        "customers": {"created": 2, "updated": 1},
        "orders": {"created": 2},
        "order_lines": {"created": 3},
        "notes": {"created": 2},
    }
    there = bazaar.all_rows()
    people, goods, bought, _ = there
    assert ("cy@x.org", "Cy", "ann@x.org", "2024-05-02") in people
    assert ("dee@x.org", "Dee", "cy@x.org", "None") in people
    assert goods[:2] == [("brie", "cheese", "dairy"), ("gouda", "cheese", "dairy")]
    assert [row[2:] for row in bought] == [("gouda", "1"), ("tea", "2"), ("brie", "3"), ("tea", "99")]
    assert counted(bazaar.bring_in(files, request).counts) == {"unchanged": 16}
    assert bazaar.all_rows() == there
    edited = TEXTS["order_lines"].replace("L,O/12,tea,2", "L,O/11,tea,2")
    again = bazaar.bring_in(bazaar.files(**{**TEXTS, "order_lines": edited}), request)
    assert counted(again.counts) == {"updated": 1, "unchanged": 15}


def test_what_refers_to_a_key_of_several_fields_follows_the_parts_of_it(bazaar: Bazaar) -> None:
    """Also where the database has a row with just the ids that the file has: it is another one."""
    files = bazaar.files(
        "customers",
        "orders",
        "notes",
        customers="id,email,name\n1,cy@x.org,Cy\n",
        orders="id,customer_id,placed\n1,1,2024-05-01\n",
        notes="order_id,position,words\n1,1,soon\n",
    )
    files.append(bazaar.folder / "remarks.csv")
    files[-1].write_text("id,order_id,position,said\nx,1,1,hurry\n", encoding="utf-8")
    request = asked()
    request = replace(request, tables={"customers": request.tables["customers"]})
    assert counted(bazaar.bring_in(files, request).counts) == {"created": 4}
    assert [tuple(row) for row in bazaar.place.rows(SAID)] == [("hurry", "soon")]
    assert counted(bazaar.bring_in(files, request).counts) == {"unchanged": 4}
    files[-1].write_text("id,order_id,position,said\nx,1,1,hurry\ny,1,1,never mind\n", encoding="utf-8")
    alone = ImportRequest(entity="remarks", mode=Mode.UPSERT, source="old shop")
    receipt = bazaar.entrepot.bring_in(files[-1], alone)
    assert counted(receipt.counts) == {"created": 1, "unchanged": 1}
    assert sorted(tuple(row) for row in bazaar.place.rows(SAID)) == [("hurry", "soon"), ("never mind", "soon")]


def test_an_id_may_stand_in_several_columns(bazaar: Bazaar) -> None:
    files = bazaar.files(
        "customers",
        "orders",
        customers="branch,number,email,name\nA,17,cy@x.org,Cy\nB,17,dee@x.org,Dee\n",
        orders="id,customer_branch,customer_number,placed\no1,B,17,2024-05-01\no2,A,17,2024-05-02\n",
    )
    each = ImportRequest(entity="", mode=Mode.UPSERT, source="branches")
    own = FieldMapping(columns=("branch", "number"), separator="/")
    buyer = FieldMapping(columns=("customer_branch", "customer_number"), separator="/")
    request = BundleRequest(
        each=each,
        tables={
            "customers": replace(each, mapping=MappingRequest(fields={"id": own})),
            "orders": replace(each, mapping=MappingRequest(fields={"customer_id": buyer})),
        },
    )
    assert counted(bazaar.bring_in(files, request).counts) == {"created": 4}
    rows = bazaar.place.rows("SELECT o.placed, c.email FROM orders o JOIN customers c ON c.id = o.customer_id")
    bought = sorted((str(placed), str(email)) for placed, email in rows if str(placed) != "None")
    assert bought == [("2024-05-01", "dee@x.org"), ("2024-05-02", "cy@x.org")]
    assert counted(bazaar.bring_in(files, request).counts) == {"unchanged": 4}
