"""One snapshot: consistent, complete or an error, stoppable, nothing left open. FAULTS 28-30, 32, 38, 42."""

from __future__ import annotations

import json
import threading
import time
import tracemalloc
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from contract.databases.case import Specimen
from contract.databases.postgres_case import SPECIMENS
from entrepot.databases.postgres.connect import PINNED
from entrepot.databases.postgres.engine import PostgresEngine
from entrepot.model.errors import AccessError, CancelledError, ChangedError, InputError, UnavailableError
from entrepot.model.predicates import Compare, InRowSet, Operator, Related, Value
from entrepot.model.selection import Order, Query
from entrepot.model.types import Kind, LogicalType
from integration.postgres.reading import csv_rows, everything_of, forwarded, json_lines, read, rendered, snapshot
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres

WHO = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'entrepot' AND datname = current_database()"
NUMBERS = "CREATE TABLE numbers AS SELECT i AS id, repeat('x', 200) AS text FROM generate_series(1, {rows}) AS i"


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.native)
def test_every_type_has_its_text_form_in_both_lanes(
    postgres_database: PostgresDatabase, tmp_path: Path, specimen: Specimen
) -> None:
    postgres_database.execute(f"CREATE TABLE t (id serial PRIMARY KEY, v {specimen.native})")
    for expression, _ in specimen.values:
        postgres_database.execute(f"INSERT INTO t (v) VALUES ({expression})")
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        assert query.columns[1].type.kind is specimen.kind
        native = read(session, query, forwarded(query))
        assert native == read(session, query, rendered(query))
        lines = [json.loads(line) for line in read(session, query, json_lines(query)).splitlines()]
        texts = [batch.column("v").to_pylist() for batch in session.batches(query)]
    wanted = [text for _, text in specimen.values]
    assert texts == [wanted]
    assert [row[1] for row in csv_rows(native)] == [text or "" for text in wanted]
    assert [line["v"] is None for line in lines] == [text is None for text in wanted]


def test_null_and_empty_text_stay_apart(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute("CREATE TABLE t AS SELECT * FROM (VALUES (1, ''), (2, NULL), (3, 'NULL')) AS v (a, b)")
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        for template in (forwarded(query), rendered(query)):
            assert read(session, query, template) == b'1,""\n2,\n3,NULL\n'


def test_rows_are_counted_and_cut_into_whole_chunks(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute(NUMBERS.format(rows=25))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        for template in (forwarded(query), rendered(query), json_lines(query)):
            chunks = list(session.render(query, template, rows_per_chunk=10))
            assert [chunk.rows for chunk in chunks] == [10, 10, 5]
            assert all(chunk.data.endswith(b"\n") and chunk.data.count(b"\n") == chunk.rows for chunk in chunks)
        assert session.count(query) == 25


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20])
def test_no_row_is_lost_or_invented_at_a_chunks_border(
    postgres_database: PostgresDatabase, tmp_path: Path, rows: int
) -> None:
    postgres_database.execute(NUMBERS.format(rows=rows))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        for template in (forwarded(query), rendered(query)):
            chunks = list(session.render(query, template, rows_per_chunk=10))
            assert sum(chunk.rows for chunk in chunks) == rows
            assert len(csv_rows(b"".join(chunk.data for chunk in chunks))) == rows


def test_the_lane_is_told_before_it_is_taken(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute(NUMBERS.format(rows=1))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        assert session.lane(query, forwarded(query)) == "forwarded"
        assert session.lane(query, json_lines(query)) == "rendered"


def test_writers_do_not_move_what_is_read(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """FAULTS 28: the second table is read after a transfer that the first one was read before."""
    for name in ("left_account", "right_account"):
        postgres_database.execute(f"CREATE TABLE {name} AS SELECT 100 AS money")
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        queries = [everything_of(catalog.entity(name)) for name in ("left_account", "right_account")]
        before = read(session, queries[0], forwarded(queries[0]))
        postgres_database.execute("UPDATE left_account SET money = 0")
        postgres_database.execute("UPDATE right_account SET money = 200")
        after = read(session, queries[1], forwarded(queries[1]))
    assert int(before) + int(after) == 200


def test_inherited_rows_come_once(sakila: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(sakila.url, tmp_path) as (session, catalog):
        names = [e.name for e in catalog.entities if e.name.startswith("payment")]
        assert sum(session.count(everything_of(catalog.entity(name))) for name in names) == 16_049


def test_a_schema_that_changed_since_it_was_read_is_an_error(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    """FAULTS 30."""
    postgres_database.execute("CREATE TABLE t (id int PRIMARY KEY, name text)")
    engine = PostgresEngine(postgres_database.url)
    catalog = engine.introspect()
    for change in ("ADD COLUMN more int", "DROP COLUMN more, ALTER COLUMN name TYPE varchar(9)", "RENAME TO u"):
        postgres_database.execute(f"ALTER TABLE t {change}")
        with pytest.raises(ChangedError, match="'t'"), engine.snapshot(catalog, catalog.entities, tmp_path):
            pass


def test_ddl_waits_until_the_snapshot_is_over(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """FAULTS 30: without the lock, TRUNCATE would make the table empty even for older snapshots."""
    postgres_database.execute(NUMBERS.format(rows=3))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        with pytest.raises(psycopg.errors.LockNotAvailable):
            postgres_database.execute("SET lock_timeout = '50ms'; TRUNCATE numbers")
        session.check_unchanged()
        assert session.count(everything_of(catalog.entity("numbers"))) == 3
    postgres_database.execute("SET lock_timeout = '5s'; TRUNCATE numbers")


def test_a_table_locked_by_somebody_else_is_waited_for_only_so_long(
    postgres_database: PostgresDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PINNED, "lock_timeout", "50ms")
    postgres_database.execute("CREATE TABLE t (id int)")
    with psycopg.connect(postgres_database.url) as other:
        other.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(UnavailableError) as error, snapshot(postgres_database.url, tmp_path):
            pass
    assert error.value.code == "locked"


@pytest.fixture
def reader(postgres_server: PostgresServer, postgres_database: PostgresDatabase) -> str:
    """The URL of a user with rights on what the superuser grants, and no more."""
    name = f"reader_{postgres_database.name}"
    postgres_database.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret of the reader'")
    return postgres_server.url(postgres_database.name, name, "secret%20of%20the%20reader")


def test_rows_hidden_by_row_level_security_are_an_error(
    postgres_database: PostgresDatabase, reader: str, tmp_path: Path
) -> None:
    """FAULTS 32: a part of the rows must never look like all of them."""
    postgres_database.execute("CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); GRANT SELECT ON t TO public")
    postgres_database.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    postgres_database.execute("CREATE POLICY odd ON t USING (id % 2 = 1)")
    with pytest.raises(AccessError) as error, snapshot(reader, tmp_path):
        pass
    assert error.value.code == "row_level_security"
    assert "'t'" in error.value.message
    assert "BYPASSRLS" in error.value.remedy


def test_a_view_over_rows_that_are_hidden_is_an_error_too(
    postgres_database: PostgresDatabase, reader: str, tmp_path: Path
) -> None:
    postgres_database.execute("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY")
    postgres_database.execute("CREATE VIEW v WITH (security_invoker) AS SELECT * FROM t")
    postgres_database.execute("GRANT SELECT ON t, v TO public")
    with snapshot(reader, tmp_path, "v") as (session, catalog):
        query = everything_of(catalog.entity("v"))
        with pytest.raises(AccessError) as error:
            read(session, query, forwarded(query))
    assert error.value.code == "row_level_security"


def test_a_missing_right_names_the_table(postgres_database: PostgresDatabase, reader: str, tmp_path: Path) -> None:
    postgres_database.execute("CREATE TABLE open_one (id int); GRANT SELECT ON open_one TO public")
    postgres_database.execute("CREATE TABLE closed_one (id int)")
    with pytest.raises(AccessError) as error, snapshot(reader, tmp_path):
        pass
    assert error.value.code == "permission_denied"
    assert "closed_one" in error.value.message
    with snapshot(reader, tmp_path, "open_one") as (session, catalog):
        assert session.count(everything_of(catalog.entity("open_one"))) == 0


def test_a_read_can_be_stopped_from_another_thread(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute(
        "CREATE VIEW slow AS SELECT i, pg_sleep(0.01) IS NULL AS slept FROM generate_series(1, 9999) i"
    )
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("slow"))
        threading.Timer(0.3, session.cancel).start()
        start = time.monotonic()
        with pytest.raises(CancelledError):
            read(session, query, forwarded(query))
        assert time.monotonic() - start < 2
        with pytest.raises(CancelledError):
            session.count(query)


def test_a_session_that_is_ended_in_the_middle_fails_as_a_whole(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    """FAULTS 29."""
    postgres_database.execute(NUMBERS.format(rows=200_000))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        with pytest.raises(UnavailableError) as error:
            for chunk in session.render(query, forwarded(query)):
                assert chunk.rows
                postgres_database.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'entrepot'"
                )
    assert error.value.code == "connection_lost"


def test_a_reader_that_leaves_early_can_go_on_with_the_snapshot(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    postgres_database.execute(NUMBERS.format(rows=50_000))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        for template in (forwarded(query), rendered(query)):
            chunks = session.render(query, template)
            assert next(chunks).rows
            assert isinstance(chunks, Generator)
            chunks.close()
            assert session.count(query) == 50_000


def test_nothing_stays_open(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute(NUMBERS.format(rows=10))
    with snapshot(postgres_database.url, tmp_path) as (session, _):
        assert postgres_database.value(WHO) == 1
        assert session.identity
    deadline = time.monotonic() + 5
    while postgres_database.value(WHO) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert postgres_database.value(WHO) == 0


def test_reading_cannot_write(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute("CREATE TABLE log (id int)")
    postgres_database.execute(
        "CREATE FUNCTION leave_a_trace() RETURNS int LANGUAGE sql AS 'INSERT INTO public.log VALUES (1) RETURNING id'"
    )
    postgres_database.execute("CREATE VIEW nosy AS SELECT leave_a_trace() AS id")
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("nosy"))
        with pytest.raises(InputError, match="read-only"):
            read(session, query, forwarded(query))


def test_row_sets_collect_keys_and_choose_rows(sakila: PostgresDatabase, tmp_path: Path) -> None:
    with snapshot(sakila.url, tmp_path, "film_actor", "actor", "film") as (session, catalog):
        film, film_actor = catalog.entity("film"), catalog.entity("film_actor")
        number = LogicalType(kind=Kind.INTEGER)
        first = Query(entity=film, columns=(), where=Compare("film_id", Operator.LTE, Value("2", number)))
        session.create_rowset("films", film)
        assert session.add_to_rowset("films", first) == 2
        assert session.add_to_rowset("films", replace(first, where=None)) == 998
        session.create_rowset("cast", film_actor)
        of_first = Related(("film_id",), "film", ("film_id",), first.where)
        added = session.add_to_rowset("cast", Query(entity=film_actor, columns=(), where=of_first))
        chosen = replace(everything_of(film_actor), where=InRowSet("cast"), order=Order.KEY)
        assert session.count(chosen) == added == 14
        assert len(csv_rows(read(session, chosen, forwarded(chosen)))) == 14


def test_a_row_set_needs_a_key(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute("CREATE TABLE keyless (id int)")
    with (
        snapshot(postgres_database.url, tmp_path) as (session, catalog),
        pytest.raises(InputError, match="no primary key"),
    ):
        session.create_rowset("rows", catalog.entity("keyless"))


def test_memory_does_not_grow_with_the_rows(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    postgres_database.execute(NUMBERS.format(rows=100_000))
    with snapshot(postgres_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        for template in (forwarded(query), rendered(query)):
            tracemalloc.start()
            try:
                assert sum(chunk.rows for chunk in session.render(query, template)) == 100_000
                assert tracemalloc.get_traced_memory()[1] < 4_000_000
            finally:
                tracemalloc.stop()
