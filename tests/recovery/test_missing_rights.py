"""A right that is missing only shows when it is needed: one clear error names it, and nothing is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract.databases import sqlite_case
from contract.databases.mariadb_case import MariaPlace
from entrepot.model.drafts import Mode
from entrepot.model.errors import AccessError
from entrepot.model.plans import ImportRequest
from recovery.yard import BEFORE, SERVERS, UPSERT, Yard, a_yard

LIKE_ANYBODY = """
# without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, which let root write everywhere
import ctypes, os, sys
[ctypes.CDLL(None).prctl(24, each, 0, 0, 0) for each in (1, 2)]
os.execv(sys.executable, [sys.executable, "-m", "entrepot", *sys.argv[1:]])
"""
CREATE = ImportRequest(entity="people", mode=Mode.CREATE)


@pytest.fixture
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


@contextmanager
def somebody(yard: Yard, *rights: str) -> Iterator[str]:
    """The URL of a user who may do just this with people, and set marks."""
    marks, name = "entrepot_applied", "limited"
    if isinstance(yard.place, MariaPlace):
        name = "limited@'127.0.0.1'"
        base = yard.place.database.name
        yard.place.execute(
            f"CREATE USER {name} IDENTIFIED BY 'x'",
            f"GRANT CREATE TEMPORARY TABLES ON {base}.* TO {name}",
            f"GRANT CREATE, SELECT, INSERT ON {base}.{marks} TO {name}",
        )
        gone = (f"DROP USER {name}",)
    else:
        yard.place.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'x'", f"GRANT CREATE ON SCHEMA public TO {name}")
        gone = (f"DROP OWNED BY {name}", f"DROP ROLE {name}")
    try:
        yard.place.execute(*(f"GRANT {right} TO {name}" for right in rights))
        user, _, rest = yard.place.url.partition("://")[2].partition("@")
        yield yard.place.url.replace(f"{user}@{rest}", f"limited:x@{rest}")
    finally:
        yard.place.execute(*gone)


@pytest.mark.parametrize("yard", SERVERS, indirect=True)
def test_a_right_that_is_missing_in_the_middle_is_named_and_nothing_is_left(yard: Yard) -> None:
    yard.file.write_text("id,name\n4,Dan\n1,Anna\n", encoding="utf-8")
    with somebody(yard, "SELECT, INSERT ON people") as url:
        plan = yard.entrepot(url=url).preview(yard.file, UPSERT)
        assert (plan.counts["created"], plan.counts["updated"]) == (1, 1), "the new row is written first"
        refused(yard, url, UPSERT, "people")
    yard.file.write_text("id,name\n5,Eve\n", encoding="utf-8")
    with somebody(yard, "SELECT, UPDATE ON people") as url:
        refused(yard, url, CREATE, "people")


@pytest.mark.postgres
@pytest.mark.parametrize("yard", SERVERS[:1], indirect=True)
def test_a_parent_that_may_not_be_read_is_named_before_anything_is_written(yard: Yard) -> None:
    yard.place.execute(
        "CREATE TABLE teams (id integer PRIMARY KEY)", "ALTER TABLE people ADD team integer REFERENCES teams"
    )
    yard.file.write_text("id,name,team\n4,Dan,1\n", encoding="utf-8")
    with somebody(yard, "SELECT, INSERT, UPDATE ON people") as url:
        refused(yard, url, UPSERT, "GRANT SELECT on teams")


def refused(yard: Yard, url: str, request: ImportRequest, named: str) -> None:
    with pytest.raises(AccessError) as caught:
        yard.entrepot(url=url).bring_in(yard.file, request)
    assert caught.value.code == "permission_denied"
    assert named in caught.value.message + caught.value.remedy
    assert (yard.rows(), yard.place.connections()) == (BEFORE, 0)
    assert set(yard.statuses()) <= {"failed"}


CLOSED = {"the database": 0o444, "its folder": 0o555, "the state": 0o555}


@pytest.mark.parametrize("what", CLOSED)
@pytest.mark.parametrize("yard", [pytest.param(sqlite_case.CASE, id="sqlite")], indirect=True)
def test_what_may_not_be_written_is_named_and_stays_as_it_is(yard: Yard, what: str) -> None:
    assert isinstance(yard.place, sqlite_case.SqlitePlace)
    yard.place.execute("PRAGMA journal_mode = DELETE")
    base = yard.place.path.rename(yard.folder / "base.db") if what == "its folder" else yard.place.path
    place = sqlite_case.SqlitePlace(base)
    closed = {"the database": base, "its folder": base.parent, "the state": yard.folder / "closed"}[what]
    if what != "the database":
        closed.mkdir(exist_ok=True)
    state = yard.folder / "closed" / "state" if what == "the state" else yard.folder.parent / "state"
    closed.chmod(CLOSED[what])
    try:
        code, error = like_anybody(yard, place.url, state)
    finally:
        closed.chmod(0o755)
    assert (code, bool(error["remedy"])) == (3 if what != "the state" else 6, True), error
    assert str(closed.name if what != "its folder" else base.name) in str(error["message"])
    assert [tuple(row) for row in place.rows("SELECT id, name, age FROM people ORDER BY id")] == BEFORE
    assert not list(base.parent.glob(f"{base.name}-*"))


def like_anybody(yard: Yard, url: str, state: Path) -> tuple[int, dict[str, str]]:
    words = ["import", str(yard.file), "--into", "people", "--mode", "upsert", "--yes", "--json", "--db", url]
    done = subprocess.run(
        [sys.executable, "-c", LIKE_ANYBODY, *words],
        cwd=yard.folder,
        env={**os.environ, "ENTREPOT_STATE": str(state)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, json.loads(done.stdout)["error"]
