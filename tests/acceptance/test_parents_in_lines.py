"""One table whose columns feed two entities: orders, and the customer of each on its line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.bazaar import Bazaar, opened
from acceptance.market import counted, told
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot.cli import main
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.mirrors import Mirror
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.rules import Step

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
EACH = ImportRequest(entity="")
SKIPPING = replace(EACH, errors=Errors.SKIP)
ORDERS = """placed,customer_email,customer_name
2024-05-01,cy@x.org,Cy
2024-05-02,ann@x.org,Anna
2024-05-03,cy@x.org,Cy
2024-05-04,dee@x.org,Dee
"""
BOUGHT = """SELECT o.placed, c.email, c.name FROM orders o JOIN customers c ON c.id = o.customer_id
    WHERE o.placed IS NOT NULL ORDER BY o.placed"""
PLACED = "SELECT count(*) FROM orders"


@pytest.fixture(params=CASES)
def bazaar(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bazaar]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        yield found


def columns(email: str = "customer_email", name: str = "customer_name") -> MappingRequest:
    return MappingRequest(fields={"email": FieldMapping(columns=(email,)), "name": FieldMapping(columns=(name,))})


def also(each: ImportRequest = EACH, mapping: MappingRequest | None = None, **others: ImportRequest) -> BundleRequest:
    parents = replace(others.pop("parents", each), mapping=mapping or columns())
    return BundleRequest(also={"customers": ""}, each=each, tables={"customers": parents, **others})


def bought(bazaar: Bazaar) -> list[tuple[str, ...]]:
    return [tuple(map(str, row)) for row in bazaar.place.rows(BOUGHT)]


def test_parents_on_the_lines_of_their_children_are_found_or_made_once(bazaar: Bazaar) -> None:
    before = bazaar.counts()
    (file,) = bazaar.files("orders", orders=ORDERS)
    plan = bazaar.preview([file], also())
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("customers", {"created": 2, "skipped": 1}),
        ("orders", {"created": 4}),
    ]
    assert plan.parts[1].mapping.unmapped == ()
    receipt = bazaar.entrepot.apply(plan.plan_id)
    assert receipt.digest == plan.digest
    assert receipt.counts == plan.counts
    assert bought(bazaar) == [
        ("2024-05-01", "cy@x.org", "Cy"),
        ("2024-05-02", "ann@x.org", "Ann"),
        ("2024-05-03", "cy@x.org", "Cy"),
        ("2024-05-04", "dee@x.org", "Dee"),
    ]
    bazaar.entrepot.undo(receipt.job)
    assert bazaar.counts() == before


def test_parents_that_are_there_are_updated_where_the_import_updates(bazaar: Bazaar) -> None:
    head = "id,placed,customer_email,customer_name\n"
    (file,) = bazaar.files("orders", orders=f"{head}1,2024-05-01,cy@x.org,Cy\n")
    own = replace(EACH, mode=Mode.UPSERT)
    receipt = bazaar.bring_in([file], also(own))
    assert counted(receipt.parts[0].counts) == {"created": 1}
    file.write_text(f"{head}1,2024-05-01,ann@x.org,Anna\n", encoding="utf-8")
    assert counted(bazaar.bring_in([file], also(own)).counts) == {"updated": 2}
    assert bought(bazaar) == [("2024-05-01", "ann@x.org", "Anna")]
    assert counted(bazaar.bring_in([file], also(own)).counts) == {"unchanged": 2}


def test_lines_that_say_different_things_of_one_parent_are_told_with_both(bazaar: Bazaar) -> None:
    (file,) = bazaar.files("orders", orders=ORDERS.replace("03,cy@x.org,Cy", "03,cy@x.org,Zy"))
    plan = bazaar.preview([file], also())
    differing = [it for it in plan.parts[0].problems if it.code == "parents_differ"]
    assert [(it.place.line, it.place.column, it.message) for it in differing] == [
        (2, "customer_name", "name is 'Cy', and record 3 has 'Zy', of one and the same record."),
        (4, "customer_name", "name is 'Zy', and record 1 has 'Cy', of one and the same record."),
    ]
    assert [(record, code) for record, code, _ in told(plan)["orders"]] == [(1, "parent_failed"), (3, "parent_failed")]
    with pytest.raises(InputError) as caught:
        bazaar.bring_in([file], also())
    assert caught.value.code == "records_failed"
    bazaar.bring_in([file], also(SKIPPING))
    assert [row[1] for row in bought(bazaar)] == ["ann@x.org", "dee@x.org"]


def test_a_line_that_names_no_parent_has_none_and_one_that_half_names_it_fails(stall: Bazaar) -> None:
    stall.place.execute("CREATE TABLE gifts (id integer PRIMARY KEY, note text, giver_id integer REFERENCES customers)")
    file = stall.folder / "gifts.csv"
    file.write_text("note,who,called\nshoe,,\nhat,,Zoe\nsock,eve@x.org,Eve\n", encoding="utf-8")
    plan = stall.preview([file], also(SKIPPING, columns("who", "called")))
    codes = [it.code for it in plan.parts[0].problems if it.place.record]
    assert codes == ["no_own_id", "no_parent_key"]
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("customers", {"created": 1, "failed": 1}),
        ("gifts", {"created": 3}),
    ]


def test_parents_that_are_referred_to_by_what_the_file_has_need_no_other_key(stall: Bazaar) -> None:
    stall.place.execute(
        "CREATE TABLE towns (code text PRIMARY KEY, name text NOT NULL)",
        "CREATE TABLE visits (id integer PRIMARY KEY, town text NOT NULL REFERENCES towns (code), day date)",
    )
    file = stall.folder / "visits.csv"
    file.write_text("day,town,town_name\n2024-01-01,OS,Oslo\n2024-01-02,OS,Oslo\n2024-01-03,RE,\n", encoding="utf-8")
    fields = {"code": FieldMapping(columns=("town",)), "name": FieldMapping(columns=("town_name",))}
    tables = {"towns": replace(SKIPPING, mapping=MappingRequest(fields=fields))}
    receipt = stall.bring_in([file], BundleRequest(also={"towns": "visits"}, each=SKIPPING, tables=tables))
    assert [counted(part.counts) for part in receipt.parts] == [
        {"created": 1, "failed": 1},
        {"created": 2, "failed": 1},
    ]
    assert stall.place.rows("SELECT day, town, name FROM visits JOIN towns ON code = town ORDER BY day") == [
        ("2024-01-01", "OS", "Oslo"),
        ("2024-01-02", "OS", "Oslo"),
    ]


def test_two_files_have_their_parents_in_common(stall: Bazaar) -> None:
    files = stall.files("orders", orders=ORDERS)
    files.append(stall.folder / "more.csv")
    files[1].write_text("customer_name;customer_email;placed\nCy;cy@x.org;2025-01-01\n", encoding="utf-8")
    plan = stall.preview(files, replace(also(), into={"more": "orders"}))
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("customers", {"created": 2, "skipped": 1}),
        ("orders", {"created": 5}),
    ]
    stall.entrepot.apply(plan.plan_id)
    assert bought(stall)[-1] == ("2025-01-01", "cy@x.org", "Cy")


def test_where_the_columns_went_is_no_example_for_a_file_that_comes_without_its_parents(stall: Bazaar) -> None:
    (file,) = stall.files("orders", orders=ORDERS.replace("customer_name", "remark"))
    stall.bring_in([file], also(mapping=columns(name="remark")))
    plan = stall.entrepot.preview([file], BundleRequest(each=EACH))
    assert isinstance(plan, ImportPlan)
    assert [(one.field, one.columns, one.find_by) for one in plan.mapping.mapped] == [
        ("customer_id", ("customer_email",), ("email",)),
        ("placed", ("placed",), ()),
    ]
    assert plan.mapping.unmapped == ("remark",)


def test_lines_are_of_one_parent_by_what_becomes_of_their_values(stall: Bazaar) -> None:
    """With steps, which hold for what refers to it as well."""
    text = ORDERS.replace("03,cy@x.org,Cy", "03, CY@x.org,Cy").replace("02,ann", "02,Ann")
    (file,) = stall.files("orders", orders=text)
    fields = {**columns().fields}
    fields["email"] = replace(fields["email"], steps=(Step(name="trim"), Step(name="lowercase")))
    plan = stall.preview([file], also(mapping=MappingRequest(fields=fields)))
    assert [(part.entity, counted(part.counts)) for part in plan.parts] == [
        ("customers", {"created": 2, "skipped": 1}),
        ("orders", {"created": 4}),
    ]
    stall.entrepot.apply(plan.plan_id)
    assert [row[1] for row in bought(stall)] == ["cy@x.org", "ann@x.org", "cy@x.org", "dee@x.org"]


def test_parents_may_be_objects_within_the_records_of_json(stall: Bazaar) -> None:
    file = stall.folder / "orders.json"
    cy, ann = {"email": "cy@x.org", "name": "Cy"}, {"name": "Ann", "email": "ann@x.org"}
    orders = [
        {"placed": f"2024-05-0{day}", "by": by} for day, by in enumerate((cy, ann, dict(reversed(cy.items()))), 1)
    ]
    file.write_text(json.dumps(orders), encoding="utf-8")
    receipt = stall.bring_in([file], also(mapping=columns("by.email", "by.name")))
    assert [counted(part.counts) for part in receipt.parts] == [{"created": 1, "skipped": 1}, {"created": 3}]
    assert [row[1:] for row in bought(stall)] == [("cy@x.org", "Cy"), ("ann@x.org", "Ann"), ("cy@x.org", "Cy")]


def test_an_empty_text_of_json_is_another_value_than_none(stall: Bazaar) -> None:
    """Whichever line came first, the other one would be lost."""
    for first, second in (("", None), (None, "")):
        file = stall.folder / "orders.json"
        said = [{"email": "cy@x.org", "name": name} for name in (first, second)]
        file.write_text(json.dumps([{"placed": "2024-05-01", "by": by} for by in said]), encoding="utf-8")
        plan = stall.preview([file], also(SKIPPING, columns("by.email", "by.name")))
        messages = [it.message for it in plan.parts[0].problems if it.code == "parents_differ"]
        words = {"": "''", None: "nothing"}
        assert messages == [
            f"name is {words[one]}, and record {other} has {words[two]}, of one and the same record."
            for one, two, other in ((first, second, 2), (second, first, 1))
        ]


def test_the_command_line_says_it(
    stall: Bazaar, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = stall.files("orders", orders=ORDERS)
    monkeypatch.chdir(stall.folder)
    words = ["import", str(file.rename(file.with_name("may.csv"))), "--into", "orders", "--db", stall.place.url]
    words += ["--also", "customers", "--map", "customers:customer_email=email", "--yes"]
    assert main([*words, "--map", "customers:customer_name=name"]) == 0
    assert "customers" in capsys.readouterr().out
    assert len(bought(stall)) == 4


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (BundleRequest(also={"customers": ""}), "no_columns_of_parents"),
        (also(mapping=MappingRequest(fields={"name": FieldMapping(columns=("customer_name",))})), "no_key_of_parents"),
        (replace(also(), also={"customers": "people"}), "unknown_table"),
        (
            BundleRequest(also={"products": ""}, tables={"products": replace(EACH, mapping=columns("x", "y"))}),
            "unknown_field",
        ),
        (
            BundleRequest(
                also={"products": ""},
                tables={
                    "products": replace(EACH, mapping=MappingRequest(fields={"sku": FieldMapping(columns=("a",))}))
                },
            ),
            "no_way_to_parents",
        ),
    ],
    ids=["no columns", "no key", "no such table", "no such field", "no reference"],
)
def test_what_cannot_be_asked_is_refused(stall: Bazaar, asked: BundleRequest, code: str) -> None:
    with pytest.raises(InputError) as caught:
        stall.entrepot.preview(stall.files("orders", orders=ORDERS), asked)
    assert caught.value.code == code


def test_a_table_with_parents_on_its_lines_becomes_equal_to_its_file_in_two_steps(stall: Bazaar) -> None:
    """The parents of rows that the file does not name would be deleted with them."""
    lines = "id,placed,customer_email,customer_name\n1,2024-05-01,cy@x.org,Cy\n2,2024-05-02,bob@x.org,B\n"
    files = stall.files("orders", orders=lines)
    mirror = replace(EACH, mode=Mode.MIRROR, mirror=Mirror(most="100%", confirmed=3))
    with pytest.raises(InputError) as caught:
        stall.entrepot.preview(files, also(mirror))
    assert caught.value.code == "no_mirror"
    assert "--mode upsert" in caught.value.remedy
    stall.bring_in(files, also(replace(EACH, mode=Mode.UPSERT)))
    by_email = {"customer_id": FieldMapping(columns=("customer_email",), find_by=("email",))}
    by_name = replace(mirror, mapping=MappingRequest(fields=by_email))
    receipt = stall.entrepot.bring_in(files, BundleRequest(each=by_name))
    assert counted(receipt.counts) == {"unchanged": 2}
    assert stall.place.rows("SELECT id FROM orders") == [(1,), (2,)]
    assert stall.counts()["customers"] == 4
