"""Which triggers and rules of PostgreSQL fire when we change rows, and rows that a policy hides."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.changing import changing, lines
from entrepot import Entrepot
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.model.errors import AccessError
from entrepot.model.plans import ImportRequest
from entrepot.model.triggers import Event, Timing, Trigger
from integration.postgres.changed import run
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres

NOTICE = (
    "CREATE TABLE seen (what text)",
    """CREATE FUNCTION notice() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
       INSERT INTO public.seen VALUES (TG_NAME); RETURN NEW; END$$""",
)


def made(name: str, table: str = "item", timing: str = "AFTER INSERT", level: str = "ROW") -> str:
    return f"CREATE TRIGGER {name} {timing} ON {table} FOR EACH {level} EXECUTE FUNCTION notice()"


def triggers_of(engine: PostgresEngine, entity: str = "item") -> dict[str, Trigger]:
    return {trigger.name: trigger for trigger in engine.introspect().entity(entity).triggers}


def insert_one(engine: PostgresEngine, work: Path) -> None:
    with changing(engine, work) as (catalog, target):
        assert target.insert(catalog.entity("item"), ["id"], lines(target, [("1",)])) == 1
        target.commit()


def test_the_triggers_that_are_told_are_those_that_fire(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Neither those that are disabled, nor those of replicas, nor those that see to a foreign key."""
    engine = run(
        postgres_database,
        *NOTICE,
        "CREATE TABLE parent (id int PRIMARY KEY)",
        "CREATE TABLE item (id int PRIMARY KEY, p int REFERENCES parent)",
        *(made(name) for name in ("usual", "disabled", "replica_only", "always")),
        made("of_the_statement", timing="BEFORE INSERT OR UPDATE OR DELETE", level="STATEMENT"),
        made("emptied", timing="BEFORE TRUNCATE", level="STATEMENT"),
        "ALTER TABLE item DISABLE TRIGGER disabled",
        "ALTER TABLE item ENABLE REPLICA TRIGGER replica_only",
        "ALTER TABLE item ENABLE ALWAYS TRIGGER always",
    )
    found = triggers_of(engine)
    assert sorted(found) == ["always", "of_the_statement", "usual"]
    assert found["of_the_statement"] == Trigger(
        name="of_the_statement", timing=Timing.BEFORE, events=(Event.INSERT, Event.UPDATE, Event.DELETE)
    )
    insert_one(engine, tmp_path)
    seen = {str(name) for (name,) in postgres_database.rows("SELECT what FROM seen")}
    assert seen == set(found)


def test_partitions_fire_their_own_triggers_once(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    engine = run(
        postgres_database,
        *NOTICE,
        "CREATE TABLE item (id int) PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF item FOR VALUES FROM (0) TO (10)",
        "CREATE TABLE high PARTITION OF item FOR VALUES FROM (10) TO (20)",
        made("common"),
        made("own", table="low"),
        made("never", table="low", level="STATEMENT"),
    )
    assert sorted(triggers_of(engine)) == ["common", "own"]
    insert_one(engine, tmp_path)
    assert sorted(postgres_database.rows("SELECT what FROM seen")) == [("common",), ("own",)]


def test_rules_are_told_and_followed(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """COPY would not know them."""
    engine = run(
        postgres_database,
        *NOTICE,
        "CREATE TABLE item (id int PRIMARY KEY)",
        "CREATE RULE told AS ON INSERT TO item DO ALSO INSERT INTO seen VALUES ('rule ' || NEW.id)",
        "CREATE RULE never AS ON DELETE TO item DO INSTEAD NOTHING",
        "CREATE RULE off AS ON INSERT TO item DO ALSO NOTHING",
        "ALTER TABLE item DISABLE RULE off",
    )
    assert triggers_of(engine) == {
        "told": Trigger(name="told", timing=Timing.AFTER, events=(Event.INSERT,), rule=True),
        "never": Trigger(name="never", timing=Timing.INSTEAD, events=(Event.DELETE,), rule=True),
    }
    insert_one(engine, tmp_path)
    assert postgres_database.rows("SELECT what FROM seen") == [("rule 1",)]


def test_an_import_into_a_table_that_hides_rows_is_refused(
    postgres_server: PostgresServer, postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    """A row that a policy hides would be taken for missing, and a new one might be refused: no plan could be true."""
    name = f"clerk_{postgres_database.name}"
    run(
        postgres_database,
        "CREATE TABLE item (id int PRIMARY KEY, owner text)",
        "INSERT INTO item VALUES (1, 'somebody')",
        "ALTER TABLE item ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own ON item USING (owner = current_user)",
        f"CREATE ROLE {name} LOGIN PASSWORD 'secret'",
        f"GRANT SELECT, INSERT, UPDATE ON item TO {name}",
    )
    file, settings = tmp_path / "item.csv", tmp_path / "entrepot.toml"
    file.write_text("id,owner\n1,me\n2,me\n", encoding="utf-8")
    settings.write_text("", encoding="utf-8")
    entrepot = Entrepot(postgres_server.url(postgres_database.name, name, "secret"), config=settings, environment={})
    for act in (entrepot.preview, entrepot.bring_in):
        with pytest.raises(AccessError) as caught:
            act(file, ImportRequest(entity="item"))
        assert caught.value.code == "row_level_security"
        assert "'item'" in caught.value.message
    assert postgres_database.rows("SELECT id, owner FROM item") == [(1, "somebody")]
