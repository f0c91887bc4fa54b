"""The errors files of an import of several tables, corrected and given back together or one after the other."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.market import SKIPPING, UPSERT, WHOLE, Market, counted, opened, told
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot import Entrepot
from entrepot.bystanders import SystemClock
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.plans import ImportRequest
from entrepot.state import open_state

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
WRONG = {"customers": "id,code,name\n1,ann,Ann\n2,bob,\n", "products": "sku,price\ntea,2.50\ngouda,much\n"}
FEWER = {"customers": 1, "products": 1, "orders": 1, "order_lines": 1}
LEFT = {"customers.failed.csv", "order lines.failed.csv", "orders.failed.csv", "products.failed.csv"}


@pytest.fixture
def market(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Market]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def correcting(job: str, **into: str) -> BundleRequest:
    return BundleRequest(into=into, each=ImportRequest(entity="", corrects=job))


def errors_of(market: Market, job: str) -> dict[str, Path]:
    """By the first words of their names."""
    folder = market.folder / f"errors of {job}"
    folder.mkdir()
    market.entrepot.errors_file(job, to=folder)
    return {path.name.partition(".")[0]: path for path in sorted(folder.iterdir())}


def mend(files: dict[str, Path]) -> None:
    for name, wrong, right in (("customers", "2,bob,,", "2,bob,Bob,"), ("products", "gouda,much", "gouda,9.90")):
        if name in files:
            text = files[name].read_text(encoding="utf-8")
            assert wrong in text
            files[name].write_text(text.replace(wrong, right), encoding="utf-8")


def test_what_was_left_out_comes_in_together_and_is_taken_back(each: Market) -> None:
    job = each.bring_in(each.files(**WRONG), SKIPPING).job
    assert each.counts() == FEWER
    files = errors_of(each, job)
    assert {path.name for path in files.values()} == LEFT
    mend(files)
    plan = each.preview(list(files.values()), correcting(job))
    assert (counted(plan.counts), told(plan)) == ({"created": 5}, {})
    receipt = each.entrepot.apply(plan.plan_id)
    assert each.counts() == WHOLE
    again = each.bring_in(list(files.values()), correcting(job))
    assert (counted(again.counts), each.counts()) == ({"skipped": 5}, WHOLE)
    assert each.entrepot.undo(receipt.job).left == 0
    assert each.counts() == FEWER


def test_tables_are_corrected_one_after_the_other(market: Market) -> None:
    """What others refer to comes first; whatever refers to records that failed and are not there is not taken."""
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = errors_of(market, job)
    lines = files.pop("order lines")
    mend(files)
    with pytest.raises(InputError) as caught:
        market.preview([lines], correcting(job))
    assert caught.value.code == "parents_not_given"
    first = market.entrepot.bring_in([files["customers"]], correcting(job))
    assert (counted(first.counts), market.counts()["customers"]) == ({"created": 1}, 2)
    second = market.entrepot.bring_in([files["orders"], files["products"]], correcting(first.job))
    assert (counted(second.counts), market.counts()) == ({"created": 2}, {**WHOLE, "order_lines": 1})
    third = market.entrepot.bring_in([lines], correcting(job))
    assert (counted(third.counts), market.counts()) == ({"created": 2}, WHOLE)


def test_what_is_not_given_back_is_nobodys_parent(market: Market) -> None:
    """Nor what stood in the original."""
    files = market.files(
        customers="id,code,name\n2,bob,\n3,cy,\n4,dee,Dee\n",
        orders="id,customer_code,placed\n11,bob,\n12,cy,\n13,dee,\n",
    )
    job = market.bring_in(files[1:2] + files[3:], SKIPPING).job
    given = errors_of(market, job)
    lines = given["customers"].read_text(encoding="utf-8").splitlines(keepends=True)
    given["customers"].write_text(lines[0] + lines[1].replace("2,bob,,", "2,bob,Bob,"), encoding="utf-8")
    plan = market.preview(list(given.values()), correcting(job))
    assert counted(plan.counts) == {"created": 2, "failed": 1}
    assert {name: [(record, code) for record, code, _ in found] for name, found in told(plan).items()} == {
        "orders": [(2, "parent_failed")]
    }
    market.entrepot.apply(plan.plan_id)
    assert market.place.rows("SELECT id FROM orders ORDER BY id") == [(11,), (13,)]


@pytest.mark.parametrize("key", ["id", "code"])
def test_a_record_that_failed_is_not_taken_for_a_row_with_its_id(
    request: pytest.FixtureRequest, tmp_path: Path, key: str
) -> None:
    """As in the import itself, also where its line was taken out of the file that is given back."""
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(
            "CREATE TABLE people (id integer PRIMARY KEY, code varchar(9) NOT NULL UNIQUE, name varchar(9) NOT NULL)",
            "CREATE TABLE pets (id integer PRIMARY KEY, owner_id integer NOT NULL REFERENCES people (id))",
            "INSERT INTO people VALUES (7, 'zoe', 'Zoe')",
        )
        shop = Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
        files = [tmp_path / "people.csv", tmp_path / "pets.csv"]
        files[0].write_text("id,code,name\n7,ann,Ann\n8,bob,\n", encoding="utf-8")
        files[1].write_text("id,owner_id\n1,7\n2,8\n", encoding="utf-8")
        each = ImportRequest(entity="", mode=Mode.CREATE, errors=Errors.SKIP)
        if key == "code":
            people = replace(each, mode=Mode.UPSERT, key=("code",))
            asked = BundleRequest(each=each, tables={"people": people})
        else:
            asked = BundleRequest(each=each)
        job = shop.bring_in(files, asked).job
        assert place.rows("SELECT count(*) FROM pets") == [(0,)]
        folder = tmp_path / "errors"
        folder.mkdir()
        shop.errors_file(job, to=folder)
        given = sorted(folder.iterdir())
        people_file = given[0].read_text(encoding="utf-8").splitlines(keepends=True)
        with pytest.raises(InputError) as caught:
            shop.bring_in([given[1]], correcting(job))
        assert caught.value.code == "parents_not_given"
        given[0].write_text(people_file[0] + people_file[2].replace("8,bob,,", "8,bob,Bob,"), encoding="utf-8")
        assert counted(shop.bring_in(given, correcting(job)).counts) == {"created": 2, "failed": 1}
        assert place.rows("SELECT id, owner_id FROM pets") == [(2, 8)]


def test_what_fails_again_can_be_corrected_again(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = errors_of(market, job)
    again = market.bring_in(list(files.values()), correcting(job))
    assert (counted(again.counts), market.counts()) == ({"failed": 5}, FEWER)
    files = errors_of(market, again.job)
    assert {path.name for path in files.values()} == LEFT
    mend(files)
    assert counted(market.bring_in(list(files.values()), correcting(again.job)).counts) == {"created": 5}
    assert market.counts() == WHOLE


def test_of_an_import_that_was_refused_everything_comes_in(market: Market) -> None:
    """Also the tables that nothing is given back of."""
    before = market.counts()
    with pytest.raises(InputError) as refused:
        market.bring_in(market.files(**WRONG), UPSERT)
    assert refused.value.code == "records_failed"
    with open_state(market.folder / ".entrepot", SystemClock()) as state:
        job = state.ledger.jobs.latest()[0].id
    files = errors_of(market, job)
    assert market.counts() == before
    mend(files)
    with pytest.raises(InputError) as refused:
        market.bring_in([files["customers"]], correcting(job))
    assert refused.value.code == "records_failed"
    receipt = market.bring_in([files["customers"], files["products"]], correcting(job))
    assert (len(receipt.parts), market.counts()) == (4, WHOLE)


def test_a_file_of_another_name_is_said_to_be_of_a_table(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = errors_of(market, job)
    mend(files)
    other = files["customers"].rename(market.folder / "mended.csv")
    with pytest.raises(InputError) as caught:
        market.bring_in([other], correcting(job))
    assert (caught.value.code, "--into mended.csv=ENTITY" in caught.value.remedy) == ("unclear_correction", True)
    twice = BundleRequest(into={"mended.csv": "orders"}, each=ImportRequest(entity="", corrects=job))
    with pytest.raises(InputError) as caught:
        market.bring_in([files["orders"], other], twice)
    assert caught.value.code == "unclear_correction"
    said = BundleRequest(into={"mended.csv": "customers"}, each=ImportRequest(entity="", corrects=job))
    assert counted(market.bring_in([other], said).counts) == {"created": 1}


def test_nothing_else_is_said_about_a_correction(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = list(errors_of(market, job).values())
    asked = correcting(job)
    for more in (replace(asked, each=replace(asked.each, prove=True)), replace(asked, tables={"orders": asked.each})):
        with pytest.raises(InputError) as caught:
            market.bring_in(files, more)
        assert caught.value.code == "corrects_alone"


def test_what_was_taken_back_cannot_be_corrected(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = list(errors_of(market, job).values())
    market.entrepot.undo(job)
    with pytest.raises(InputError) as caught:
        market.bring_in(files, correcting(job))
    assert caught.value.code == "import_undone"


def test_of_two_corrections_that_were_planned_one_comes_in(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = errors_of(market, job)
    mend(files)
    plans = [market.entrepot.preview([files["customers"]], correcting(job)) for _ in range(2)]
    assert all(isinstance(plan, BundlePlan) for plan in plans)
    market.entrepot.apply(plans[0].plan_id)
    with pytest.raises((ChangedError, InputError)):
        market.entrepot.apply(plans[1].plan_id)
    assert market.counts()["customers"] == 2


def test_one_file_is_given_back_like_several(market: Market) -> None:
    job = market.bring_in(market.files(**WRONG), SKIPPING).job
    files = errors_of(market, job)
    mend(files)
    request = ImportRequest(entity="", corrects=job)
    with pytest.raises(InputError) as caught:
        market.entrepot.bring_in(files["customers"], request)
    assert caught.value.code == "not_together"
    receipt = market.entrepot.bring_in([files["customers"]], request)
    assert isinstance(receipt, BundleReceipt)
    assert market.counts()["customers"] == 2


def test_rows_that_were_copied_are_corrected_where_they_came_from(market: Market, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with closing(sqlite3.connect(tmp_path / "source" / "old.db")) as connection:
        connection.executescript(
            "CREATE TABLE customers (id integer PRIMARY KEY, code varchar(10), name varchar(40));"
            "CREATE TABLE products (sku varchar(10) PRIMARY KEY, price decimal(8,2));"
            "INSERT INTO customers VALUES (5, 'eve', NULL); INSERT INTO products VALUES ('cup', 1)"
        )
    copied = market.entrepot.copy(source=f"sqlite:///{tmp_path}/source/old.db", request=SKIPPING)
    assert counted(copied.counts) == {"created": 1, "failed": 1}
    with pytest.raises(InputError) as caught:
        market.bring_in(list(errors_of(market, copied.job).values()), correcting(copied.job))
    assert caught.value.code == "not_together"
