"""What every engine says about the same schema."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.reading import create, opened, query_of, texts
from contract.formats.samples import EVIL_NAMES
from entrepot.model.catalog import EntityKind
from entrepot.model.errors import ChangedError
from entrepot.model.ports import Engine
from entrepot.model.types import Kind

NAMES = (*EVIL_NAMES, "a\0b", "x" * 63, "x" * 64, "x" * 65, "é" * 32, "PRAGMA", "a.b", "entrepot_rows")


@pytest.fixture
def family(case: EngineCase, place: Place) -> None:
    """A composite key, a key to it, a key to itself, a unique key, a default."""
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE house (street {case.key_text} NOT NULL, door {number} NOT NULL, PRIMARY KEY (street, door))",
        f"CREATE TABLE person (id {number} NOT NULL PRIMARY KEY, street {case.key_text}, door {number}, boss {number}, "
        f"email {case.key_text} NOT NULL, rank_ {number} DEFAULT 7 NOT NULL, "
        "CONSTRAINT person_email UNIQUE (email), "
        "CONSTRAINT person_house FOREIGN KEY (street, door) REFERENCES house (street, door) ON DELETE SET NULL, "
        "CONSTRAINT person_boss FOREIGN KEY (boss) REFERENCES person (id) ON DELETE CASCADE)",
        "CREATE INDEX person_rank ON person (rank_, email)",
        "CREATE VIEW bosses AS SELECT id, email FROM person WHERE boss IS NULL",
    )


@pytest.mark.usefixtures("family")
def test_keys_come_with_their_fields_in_order(engine: Engine) -> None:
    catalog = engine.introspect()
    assert catalog.entity("house").primary_key == ("street", "door")
    assert catalog.entity("person").primary_key == ("id",)
    assert [(key.name, key.fields) for key in catalog.entity("person").keys] == [("person_email", ("email",))]
    assert ("person_rank", ("rank_", "email")) in [(i.name, i.fields) for i in catalog.entity("person").indexes]


@pytest.mark.usefixtures("family")
def test_relations_are_composite_and_to_oneself(engine: Engine) -> None:
    found = {relation.name: relation for relation in engine.introspect().entity("person").relations}
    house, boss = found["person_house"], found["person_boss"]
    assert (house.fields, house.parent, house.parent_fields) == (("street", "door"), "house", ("street", "door"))
    assert (boss.fields, boss.parent, boss.parent_fields) == (("boss",), "person", ("id",))
    assert (house.on_delete, boss.on_delete) == ("SET NULL", "CASCADE")


@pytest.mark.usefixtures("family")
def test_fields_say_whether_they_may_be_null_and_what_they_default_to(engine: Engine) -> None:
    person = engine.introspect().entity("person")
    assert [field.name for field in person.fields] == ["id", "street", "door", "boss", "email", "rank_"]
    assert [field.name for field in person.fields if not field.nullable] == ["id", "email", "rank_"]
    assert "7" in (person.field("rank_").default or "")
    assert person.field("boss").type.kind is Kind.INTEGER
    assert person.field("email").type.kind is Kind.TEXT


@pytest.mark.usefixtures("family")
def test_a_view_is_an_entity_of_its_own_kind(engine: Engine) -> None:
    catalog = engine.introspect()
    assert catalog.entity("bosses").kind is EntityKind.VIEW
    assert [field.name for field in catalog.entity("bosses").fields] == ["id", "email"]
    assert catalog.entity("person").kind is EntityKind.TABLE


@pytest.mark.usefixtures("family")
def test_two_looks_at_one_schema_are_equal(engine: Engine) -> None:
    assert engine.introspect() == engine.introspect()


@pytest.mark.usefixtures("family")
def test_a_schema_that_is_no_longer_the_catalogs_is_refused(engine: Engine, place: Place, tmp_path: Path) -> None:
    catalog = engine.introspect()
    place.execute("ALTER TABLE house ADD COLUMN colour integer")
    with (
        pytest.raises(ChangedError) as refused,
        engine.snapshot(catalog, [catalog.entity("house"), catalog.entity("person")], tmp_path),
    ):
        pass
    assert "house" in refused.value.message
    assert refused.value.remedy
    assert place.connections() == 0


def test_the_catalog_names_its_engine_and_an_empty_database_has_nothing(engine: Engine, case: EngineCase) -> None:
    catalog = engine.introspect()
    assert catalog.engine == case.name == engine.name
    assert catalog.entities == ()


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_an_evil_name_stays_a_name(case: EngineCase, place: Place, engine: Engine, tmp_path: Path, name: str) -> None:
    """FAULTS 41. As a table, as a field, and in a condition; the bystander must survive."""
    if name in case.refused_names:
        pytest.skip("the engine itself has no such names")
    create(case, place, "bystander", {}, [()])
    create(case, place, name, {name: case.types[Kind.TEXT]}, [(case.string("kept"),)])
    with opened(engine, tmp_path, name) as (catalog, session):
        assert texts(session, query_of(catalog.entity(name))) == [("1", "kept")]
        session.create_rowset(name, catalog.entity(name))
        assert session.add_to_rowset(name, query_of(catalog.entity(name))) == 1
    assert len(place.rows("SELECT * FROM bystander")) == 1
