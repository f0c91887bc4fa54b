"""What a server or its administrator sets short: an import lives with it, or ends with one clear error and no trace."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.databases import mariadb_case
from contract.databases.mariadb_case import MariaPlace
from entrepot.model.drafts import Mode
from entrepot.model.errors import EntrepotError, UnavailableError
from entrepot.model.plans import ImportRequest
from entrepot.model.types import Kind
from recovery.yard import AFTER, BEFORE, CASES, SERVERS, UPSERT, Watching, Yard, a_yard

POSTGRES = {
    "statement_timeout": "'100ms'",
    "idle_in_transaction_session_timeout": "'100ms'",
    "idle_session_timeout": "'1s'",
}
MARIADB = {
    "max_statement_time": "0.5",
    "wait_timeout": "1",
    "idle_transaction_timeout": "1",
    "idle_write_transaction_timeout": "1",
    "idle_readonly_transaction_timeout": "1",
}
LONGER = 1.5
"""Seconds, more than any of these."""
MEGABYTE = 1 << 20


@pytest.fixture
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


@contextmanager
def limited(yard: Yard, limits: dict[str, str]) -> Iterator[None]:
    """For every session that begins in the block."""
    place = yard.place
    if not isinstance(place, MariaPlace):
        base = place.url.rpartition("/")[2]
        place.execute(*(f"ALTER DATABASE {base} SET {name} = {value}" for name, value in limits.items()))
        yield
        return
    before = [(name, place.rows(f"SELECT @@GLOBAL.{name}")[0][0]) for name in limits]
    place.execute(*(f"SET GLOBAL {name} = {value}" for name, value in limits.items()))
    try:
        yield
    finally:
        place.execute(*(f"SET GLOBAL {name} = {value}" for name, value in before))


@pytest.mark.parametrize("yard", SERVERS, indirect=True)
def test_short_times_of_the_server_do_not_end_an_import(yard: Yard) -> None:
    def linger() -> None:
        time.sleep(LONGER)

    with limited(yard, MARIADB if isinstance(yard.place, MariaPlace) else POSTGRES):
        yard.entrepot(Watching(Comparing=linger, Committing=linger)).bring_in(yard.file, UPSERT)
    assert (yard.rows(), yard.statuses()) == (AFTER, ["completed"])


SESSIONS = {
    "postgres": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}


@pytest.mark.parametrize("yard", SERVERS, indirect=True)
def test_a_session_that_somebody_ends_leaves_nothing(yard: Yard) -> None:
    def end() -> None:
        for row in yard.place.rows(SESSIONS[yard.case.name]):
            if yard.case.name == "mysql":
                yard.place.execute(f"KILL {row[0]}")

    with pytest.raises(UnavailableError) as caught:
        yard.entrepot(Watching(Comparing=end)).bring_in(yard.file, UPSERT)
    assert (caught.value.code, bool(caught.value.remedy)) == ("connection_lost", True)
    assert (yard.rows(), yard.statuses(), yard.marks(), yard.place.connections()) == (BEFORE, ["failed"], [], 0)


@pytest.mark.mariadb
@pytest.mark.parametrize("infile", ["ON", "OFF"])
@pytest.mark.parametrize("yard", [mariadb_case.CASE], indirect=True)
def test_a_value_beyond_the_packet_of_the_server_comes_in_whole_or_not_at_all(yard: Yard, infile: str) -> None:
    yard.place.execute("CREATE TABLE papers (id integer PRIMARY KEY, body longtext)")
    request = ImportRequest(entity="papers", mode=Mode.UPSERT)
    yard.file.write_text(f"id,body\n1,{'a' * 3 * MEGABYTE}\n2,b\n", encoding="utf-8")
    with limited(yard, {"max_allowed_packet": str(MEGABYTE), "local_infile": infile}):
        try:
            yard.entrepot().bring_in(yard.file, request)
        except EntrepotError as error:
            assert (error.code, "max_allowed_packet" in error.remedy) == ("row_too_large", True)
    stored = [tuple(row) for row in yard.place.rows("SELECT id, length(body) FROM papers ORDER BY id")]
    assert stored in ([(1, 3 * MEGABYTE), (2, 1)], [])
    assert yard.place.connections() == 0


@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_a_value_of_ten_megabytes_comes_in_and_goes_out(yard: Yard) -> None:
    yard.place.execute(f"CREATE TABLE papers (id integer PRIMARY KEY, body {yard.case.types[Kind.TEXT]})")
    yard.file.write_text(f"id,body\n1,{'a' * 10 * MEGABYTE}\n2,b\n", encoding="utf-8")
    yard.entrepot().bring_in(yard.file, ImportRequest(entity="papers"))
    again = yard.entrepot().export("papers", to=yard.folder / "out.csv").path
    assert again.read_bytes() == yard.file.read_bytes()
