"""A ledger on a server: in a schema of its own, never misread, and clear about what is wrong with the server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import inspect, text

from contract.ledger.pinned import PinnedClock
from entrepot.ledger import server_connect
from entrepot.ledger.columns import METADATA
from entrepot.ledger.identities import Scope
from entrepot.ledger.migrating import Step, known_steps, migrate
from entrepot.ledger.opening import Ledger, open_server_ledger, server_place
from entrepot.model.errors import (
    AccessError,
    DamagedError,
    EntrepotError,
    InputError,
    StorageError,
    UnavailableError,
)
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres
CLOCK = PinnedClock()


@pytest.fixture
def ledger(postgres_database: PostgresDatabase) -> Iterator[Ledger]:
    with open_server_ledger(postgres_database.url, CLOCK) as opened:
        yield opened


def refusal(url: str, kind: type[EntrepotError]) -> str:
    with pytest.raises(kind) as caught, open_server_ledger(url, CLOCK) as ledger:
        ledger.jobs.begin("import", owner="x", database="d")
    assert caught.value.remedy
    assert "s3cret" not in caught.value.message
    return caught.value.code


def test_what_the_steps_make_is_what_the_program_reads_and_writes(ledger: Ledger) -> None:
    with ledger.records.reading() as connection:
        found = inspect(connection)
        names = found.get_table_names("entrepot")
        made = {table: {column["name"] for column in found.get_columns(table, "entrepot")} for table in names}
    made.pop("ledger_steps")
    assert made == {table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables}


def test_texts_sort_by_their_characters_whatever_the_language_of_the_database(
    postgres_database: PostgresDatabase, ledger: Ledger
) -> None:
    query = (
        "SELECT DISTINCT collation_name FROM information_schema.columns"
        " WHERE table_schema = 'entrepot' AND data_type = 'text'"
    )
    assert ledger.jobs.latest() == ()
    assert postgres_database.rows(query) == [("C",)]


def test_opened_again_everything_is_there(postgres_database: PostgresDatabase) -> None:
    assert server_place(postgres_database.url)[1] is False
    assert postgres_database.value("SELECT to_regnamespace('entrepot')::text") is None
    with open_server_ledger(postgres_database.url, CLOCK) as ledger:
        job = ledger.jobs.begin("import", owner="x", database="d")
    with open_server_ledger(postgres_database.url, CLOCK) as ledger:
        assert ledger.jobs.latest() == (job,)
        ledger.check()
    place, exists = server_place(postgres_database.url)
    assert exists
    assert "s3cret" not in place
    assert postgres_database.name in place


def test_a_schema_of_somebody_else_is_refused_and_left_as_it_is(postgres_database: PostgresDatabase) -> None:
    postgres_database.execute("CREATE SCHEMA entrepot", "CREATE TABLE entrepot.crates (id int)")
    assert refusal(postgres_database.url, InputError) == "not_a_ledger"
    assert postgres_database.rows(
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'entrepot'::regnamespace"
    ) == [("crates",)]


def test_an_older_program_refuses_a_newer_ledger(postgres_database: PostgresDatabase) -> None:
    more = Step(number=known_steps()[-1].number + 1, name="more", statements=("CREATE TABLE more (a TEXT)",))
    with open_server_ledger(postgres_database.url, CLOCK) as ledger:
        migrate(ledger.records, (*known_steps(), more))
    assert refusal(postgres_database.url, InputError) == "newer_ledger"


def test_tables_of_strangers_answer_for_none_of_ours(postgres_database: PostgresDatabase, ledger: Ledger) -> None:
    postgres_database.execute("CREATE TABLE public.jobs (id text)", "INSERT INTO public.jobs VALUES ('imp_1')")
    assert ledger.jobs.latest() == ()
    with ledger.records.reading() as connection:
        assert connection.execute(text("SELECT current_schemas(false)")).scalar_one() == ["entrepot"]


def test_a_user_with_a_schema_needs_no_other_right(
    postgres_database: PostgresDatabase, postgres_server: PostgresServer
) -> None:
    name = f"keeper_{postgres_database.name}"
    postgres_database.execute(f"CREATE ROLE {name} LOGIN PASSWORD 's3cret'")
    url = postgres_server.url(postgres_database.name, name, "s3cret")
    try:
        assert refusal(url, AccessError) == "ledger_refused"
        postgres_database.execute(f"CREATE SCHEMA entrepot AUTHORIZATION {name}")
        with open_server_ledger(url, CLOCK) as ledger:
            ledger.jobs.begin("import", owner="x", database="d")
        postgres_database.execute("REVOKE ALL ON entrepot.jobs FROM PUBLIC", f"REVOKE ALL ON entrepot.jobs FROM {name}")
        assert refusal(url, AccessError) == "ledger_refused"
    finally:
        postgres_database.execute(f"DROP OWNED BY {name} CASCADE", f"DROP ROLE {name}")


@pytest.mark.parametrize(
    ("right", "wrong", "kind", "code"),
    [
        ("s3cret-of-the-tests", "s3cret", AccessError, "ledger_refused"),
        ("/test_", "/nothing_", InputError, "unknown_database"),
        ("PORT", "1", UnavailableError, "ledger_unreachable"),
        ("@", "%%@", InputError, "bad_url"),
    ],
    ids=["password", "database", "port", "address"],
)
def test_what_is_wrong_with_the_address_is_said_without_the_password(
    postgres_database: PostgresDatabase, right: str, wrong: str, kind: type[EntrepotError], code: str
) -> None:
    url = postgres_database.url
    right = str(urlsplit(url).port) if right == "PORT" else right
    assert refusal(url.replace(right, wrong), kind) == code


def test_whoever_holds_it_too_long_is_reported(
    postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(server_connect.SESSION, "lock_timeout", "50ms")
    with open_server_ledger(postgres_database.url, CLOCK) as ledger:
        job = ledger.jobs.begin("import", owner="x", database="d")
        with (
            ledger.records.writing() as connection,
            pytest.raises(UnavailableError) as caught,
        ):
            connection.execute(text("SELECT * FROM jobs FOR UPDATE"))
            ledger.jobs.take_over(job, "y")
        assert caught.value.code == "ledger_busy"
        ledger.jobs.take_over(job, "y")


def test_a_session_that_was_ended_between_two_transactions_is_not_missed(
    postgres_database: PostgresDatabase, ledger: Ledger
) -> None:
    ledger.jobs.begin("import", owner="x", database="d")
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'entrepot ledger%'"
    assert postgres_database.rows(ended)
    assert len(ledger.jobs.latest()) == 1


def test_a_session_that_is_ended_in_a_transaction_leaves_nothing_of_it(
    postgres_database: PostgresDatabase, ledger: Ledger
) -> None:
    with pytest.raises(UnavailableError) as caught, ledger.records.writing() as connection:
        connection.execute(text("DELETE FROM jobs"))
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        postgres_database.execute(f"SELECT pg_terminate_backend({pid})")
        connection.execute(text("SELECT 1"))
    assert caught.value.code == "ledger_unreachable"
    assert ledger.jobs.latest() == ()


def test_a_schema_that_was_dropped_meanwhile_is_reported(postgres_database: PostgresDatabase, ledger: Ledger) -> None:
    postgres_database.execute("DROP SCHEMA entrepot CASCADE")
    with pytest.raises(StorageError) as caught:
        ledger.jobs.latest()
    assert caught.value.code == "state_gone"


LONG = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(400))
"""So mixed that no index packs it."""


@pytest.mark.parametrize("own", ["a\0b", LONG], ids=["NUL", "thousands of characters"])
def test_an_id_that_it_cannot_keep_is_refused_in_words(ledger: Ledger, own: str) -> None:
    job = ledger.jobs.begin("import", owner="x", database="d")
    scope = Scope(database="d", source="crm", tenant="", entity="users")
    with pytest.raises(InputError) as caught:
        ledger.identities.remember(job, scope, [(own, "1")], frozenset())
    assert caught.value.code == "not_to_be_kept"


def test_a_damaged_secret_is_told(postgres_database: PostgresDatabase, ledger: Ledger) -> None:
    assert ledger.home.known_secret() is None
    assert len(ledger.home.made_secret()) == 32
    postgres_database.execute("UPDATE entrepot.installation SET value = 'zz'")
    with pytest.raises(DamagedError) as caught:
        ledger.home.known_secret()
    assert caught.value.code == "damaged_key"


def test_a_commit_is_on_the_disk_whatever_the_server_usually_does(ledger: Ledger) -> None:
    with ledger.records.writing() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
