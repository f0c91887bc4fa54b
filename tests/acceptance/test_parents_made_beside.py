"""Parents that are made beside what else an import has: tenants, other files, keys that are said, ids of the files."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts
from entrepot import Entrepot, FieldMapping, ImportRequest, MappingRequest, Missing
from entrepot.importing.bundles import apply as applying
from entrepot.model.bundles import BundleReceipt
from entrepot.model.errors import InputError

TABLES = """
CREATE TABLE tenants (id integer PRIMARY KEY, slug text NOT NULL UNIQUE);
CREATE TABLE customers (id integer PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants (id),
    email varchar(80) NOT NULL, UNIQUE (tenant_id, email));
CREATE TABLE orders (id integer PRIMARY KEY, tenant_id integer NOT NULL REFERENCES tenants (id),
    customer_id integer REFERENCES customers (id), country_code char(2) REFERENCES countries (code));
CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE TABLE staff (id integer PRIMARY KEY, email text UNIQUE, boss_id integer REFERENCES staff (id));
INSERT INTO tenants VALUES (1, 'north'), (2, 'south');
INSERT INTO customers VALUES (7, 2, 'bob@x.org');
INSERT INTO countries VALUES ('FR', 'France');
"""
SETTINGS = '[tenancy]\nroot = "tenants"\n'
CREATE = ("--map", "customer=customer_id by email", "--missing", "customer_id=create")
COUNTRY = ("--map", "country=country_code by name", "--missing", "country_code=create")
ORDERS = "SELECT o.id, c.id, c.tenant_id, c.email FROM orders o JOIN customers c ON c.id = o.customer_id ORDER BY o.id"


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS, TABLES)


def test_a_parent_is_created_for_the_tenant_although_a_stranger_has_its_name(shop: Shop) -> None:
    file = shop.file("id,customer\n1,bob@x.org\n2,bob@x.org\n", "orders.csv")
    receipt = shop.bring(file, "orders", *CREATE, "--tenant", "north")
    assert [(part["entity"], part["tenant"], counts(part)) for part in receipt["parts"]] == [
        ("customers", "north", {"created": 1}),
        ("orders", "north", {"created": 2}),
    ]
    assert shop.rows(ORDERS) == [(1, 8, 1, "bob@x.org"), (2, 8, 1, "bob@x.org")]


def test_without_a_tenant_nobody_knows_whose_parent_it_would_be(shop: Shop) -> None:
    file = shop.file("id,tenant_id,customer\n1,1,cy@x.org\n", "orders.csv")
    refused = shop.refusal(file, "orders", *CREATE)
    assert (refused["code"], "tenant_id" in refused["message"]) == ("made_without_values", True)


def test_what_belongs_to_nobody_is_not_made_by_a_tenant(shop: Shop) -> None:
    shop.set(SETTINGS + '[entities.countries]\nmade = { code = "XX" }\n')
    file = shop.file("id,country\n1,Peru\n", "orders.csv")
    assert shop.refusal(file, "orders", *COUNTRY, "--tenant", "north")["code"] == "no_tenant_path"
    assert shop.rows("SELECT count(*) FROM countries") == [(1,)]


def test_a_key_that_the_settings_say_is_never_that_of_another_row(shop: Shop) -> None:
    shop.set(SETTINGS + '[entities.countries]\nmade = { code = "FR" }\n')
    file = shop.file("id,tenant_id,country\n1,1,Peru\n2,1,France\n", "orders.csv")
    made, asking = shop.plan(file, "orders", *COUNTRY, "--errors", "skip")["parts"]
    assert (counts(made), counts(asking)) == ({"failed": 1}, {"failed": 2})
    shop.set(SETTINGS + '[entities.countries]\nmade = { code = "PE" }\n')
    shop.bring(file, "orders", *COUNTRY)
    assert shop.rows("SELECT id, country_code FROM orders ORDER BY id") == [(1, "PE"), (2, "FR")]


def test_who_comes_in_by_a_file_beside_is_not_made(shop: Shop) -> None:
    shop.set('[entities.orders.fields]\ncustomer_id = { find_by = "email", missing = "create" }\n')
    orders = shop.file("id,tenant_id,customer\n1,1,cy@x.org\n2,1,dee@x.org\n", "orders.csv")
    customers = shop.file("id,tenant_id,email\n20,1,cy@x.org\n", "customers.csv")
    code, plan = shop.run("import", orders, customers, "--dry-run", "--map", "orders:customer=customer_id by email")
    assert (code, [(part["entity"], counts(part)) for part in plan["parts"]]) == (
        2,
        [("customers", {"created": 1}), ("orders", {"created": 1, "failed": 1})],
    )


def test_rows_of_the_table_itself_are_not_made(shop: Shop) -> None:
    file = shop.file("id,email,boss\n1,ann@x.org,eve@x.org\n", "staff.csv")
    plan = shop.plan(file, "staff", "--map", "boss=boss_id by email", "--missing", "boss_id=create")
    assert [finding["code"] for finding in plan["findings"]] == ["parent_not_found"]


def request() -> ImportRequest:
    found = FieldMapping(columns=("customer",), find_by=("email",), missing=Missing.CREATE)
    return ImportRequest(entity="orders", mapping=MappingRequest(fields={"customer_id": found}), tenant="north")


def entrepot(shop: Shop) -> Entrepot:
    return Entrepot(config=shop.folder / "entrepot.toml", environment={})


def test_whoever_wants_the_plan_of_one_table_gets_no_other_and_nothing_stays(shop: Shop) -> None:
    file = shop.file("id,customer\n1,cy@x.org\n", "orders.csv")
    for ask in (entrepot(shop).preview, entrepot(shop).bring_in):
        with pytest.raises(InputError) as refused:
            ask(file, request())
        assert refused.value.code == "parents_to_make"
    assert shop.rows("SELECT count(*) FROM orders") == [(0,)]
    artifacts = shop.folder / ".entrepot" / "artifacts"
    assert not [path for path in artifacts.rglob("*") if path.is_file()]
    known = shop.file("id,customer\n", "none.csv")
    assert entrepot(shop).preview(known, request()).counts["created"] == 0


def test_who_is_added_meanwhile_is_referred_to_and_not_created(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """After it was gathered who is missing, and before that is looked at again."""
    opened = applying.members_of

    def meanwhile(*given: object) -> object:
        shop.rows_changed("INSERT INTO customers VALUES (30, 1, 'cy@x.org')")
        return opened(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(applying, "members_of", meanwhile)
    file = shop.file("id,customer\n1,cy@x.org\n2,dee@x.org\n", "orders.csv")
    receipt = entrepot(shop).bring_in([file], request())
    assert isinstance(receipt, BundleReceipt)
    assert {name: count for name, count in receipt.parts[0].counts.items() if count} == {"created": 1, "skipped": 1}
    assert [row[1:] for row in shop.rows(ORDERS)] == [(30, 1, "cy@x.org"), (31, 1, "dee@x.org")]


def test_other_tables_of_the_import_come_in_as_ever(shop: Shop) -> None:
    shop.set("[entities.customers]\nmade = { tenant_id = 1 }\n")
    orders = shop.file("id,tenant_id,customer\n1,1,cy@x.org\n", "orders.csv")
    staff = shop.file("id,email\n1,ann@x.org\n", "staff.csv")
    maps = ("--map", "orders:customer=customer_id by email", "--missing", "orders:customer_id=create")
    code, plan = shop.run("import", orders, staff, "--dry-run", *maps)
    assert (code, [(part["entity"], counts(part)) for part in plan["parts"]]) == (
        0,
        [("customers", {"created": 1}), ("orders", {"created": 1}), ("staff", {"created": 1})],
    )


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ('email = "{"', "bad_template"),
        ('email = "{email:>9}"', "bad_template"),
        ("email = []", "bad_template"),
        ('name = "x"', "unknown_field"),
        ('email = "{mail}"', "unknown_field"),
    ],
)
def test_templates_that_mean_nothing_are_refused(shop: Shop, made: str, code: str) -> None:
    shop.set(f"[entities.customers.made]\n{made}\n")
    assert shop.refusal(shop.file("id,customer\n"), "orders")["code"] == code


def test_what_cannot_be_told_together_is_refused(shop: Shop) -> None:
    shop.set('[entities.customers]\nmade = { tenant_id = "{id}" }\n')
    file = shop.file("id,tenant_id,customer\n1,1,cy@x.org\n", "orders.csv")
    assert shop.refusal(file, "orders", *CREATE)["code"] == "made_of_nothing"
    shop.set("[entities.customers]\nmade = { tenant_id = 1 }\n")
    code, error = shop.run(
        "import", file, "--into", "orders", "--dry-run", *CREATE, "--batch-size", "1", "--errors", "skip"
    )
    assert (code, error["error"]["code"]) == (2, "not_together")


COMPOSITE = """
CREATE TABLE zones (id integer PRIMARY KEY, tenant_id integer, name text NOT NULL, UNIQUE (tenant_id, id));
CREATE TABLE places (id integer PRIMARY KEY, tenant_id integer DEFAULT 1, zone_id integer,
    FOREIGN KEY (tenant_id, zone_id) REFERENCES zones (tenant_id, id));
"""
ZONE = ("--map", "zone=zone_id by name", "--missing", "zone_id=create")


@pytest.mark.parametrize("errors", ["all_or_nothing", "skip"])
def test_a_reference_that_is_filled_in_part_makes_parents_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], errors: str
) -> None:
    """With the NULL, it refers to nothing that the database would look at; where the database fills it, it does."""
    shop = Shop.opened(tmp_path, capsys, "[entities.zones]\nmade = { tenant_id = 1 }\n", COMPOSITE)
    shop.bring(shop.file("id,zone\n1,north\n2,\n", "places.csv"), "places", *ZONE, "--errors", errors)
    file = shop.file("id,tenant_id,zone\n3,,south\n4,1,south\n5,1,east\n", "places.csv")
    shop.bring(file, "places", *ZONE, "--errors", errors)
    query = "SELECT p.id, p.tenant_id, z.name FROM places p LEFT JOIN zones z ON z.id = p.zone_id ORDER BY p.id"
    assert shop.rows(query) == [(1, 1, "north"), (2, 1, None), (3, None, "south"), (4, 1, "south"), (5, 1, "east")]
    assert shop.rows("SELECT count(*) FROM zones") == [(3,)]
