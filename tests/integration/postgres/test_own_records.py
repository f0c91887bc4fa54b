"""Our own records in the database of an application are neither read nor written as if they were its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.plans import ImportRequest
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres


@pytest.fixture
def shop(postgres_database: PostgresDatabase, tmp_path: Path, forked_workbench: None) -> Entrepot:
    """One whose records are beside its data."""
    postgres_database.execute(
        "CREATE TABLE people (id int PRIMARY KEY, name text)", "INSERT INTO people VALUES (1, 'A')"
    )
    (tmp_path / "entrepot.toml").write_text('[state]\nurl = "env:LEDGER"\n', encoding="utf-8")
    shop = opened(postgres_database.url, postgres_database, tmp_path)
    (tmp_path / "people.csv").write_text("id,name\n2,B\n", encoding="utf-8")
    shop.bring_in(tmp_path / "people.csv", ImportRequest(entity="people"))
    return shop


def opened(db: str, ledger: PostgresDatabase, home: Path) -> Entrepot:
    return Entrepot(db, config=home / "entrepot.toml", environment={"LEDGER": ledger.url})


def test_no_catalog_and_no_export_has_them(shop: Entrepot, tmp_path: Path) -> None:
    catalog = shop.catalog()
    assert [entity.name for entity in catalog.entities] == ["people"]
    assert not [line for line in catalog.not_carried if "entrepot" in line or "ledger" in line]
    outcome = shop.export(to=tmp_path / "all", options=ExportOptions(format="csv"))
    assert [entity.entity for entity in outcome.receipt.entities] == ["people"]


@pytest.mark.parametrize("name", ["entrepot.jobs", "jobs", "entrepot.installation"])
def test_nobody_chooses_them_by_name(shop: Entrepot, tmp_path: Path, name: str) -> None:
    with pytest.raises(EntrepotError) as caught:
        shop.export(name, to=tmp_path / "out.csv")
    assert caught.value.code == "unknown_entity"
    with pytest.raises(EntrepotError) as caught:
        shop.bring_in(tmp_path / "people.csv", ImportRequest(entity=name))
    assert caught.value.code == "unknown_entity"


@pytest.mark.parametrize("address", ["?options=-csearch_path%3Dentrepot", "?options=-csearch_path%3Dentrepot,public"])
def test_an_address_that_means_their_schema_is_refused(
    shop: Entrepot, postgres_database: PostgresDatabase, tmp_path: Path, address: str
) -> None:
    assert shop.undoable()
    theirs = opened(postgres_database.url + address, postgres_database, tmp_path)
    with pytest.raises(InputError) as caught:
        theirs.catalog()
    assert caught.value.code == "protected_source"
    with pytest.raises(InputError) as caught:
        theirs.bring_in(tmp_path / "people.csv", ImportRequest(entity="jobs"))
    assert caught.value.code == "protected_source"


def test_by_any_other_name_of_the_server_they_are_the_same(
    shop: Entrepot, postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    assert shop.undoable()
    aliased = Entrepot(postgres_database.url.replace("127.0.0.1", "localhost"), environment={})
    assert [entity.name for entity in aliased.catalog().entities] == ["people"]


def test_a_schema_of_an_application_that_has_the_same_name_is_its_own(
    postgres_database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    postgres_database.execute("CREATE SCHEMA entrepot", "CREATE TABLE entrepot.crates (id int PRIMARY KEY)")
    assert postgres_server.port
    found = Entrepot(postgres_database.url, environment={}).catalog()
    assert [entity.name for entity in found.entities] == ["entrepot.crates"]
