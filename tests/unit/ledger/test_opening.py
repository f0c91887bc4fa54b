"""A ledger is private, durable, brought to the present shape, and never misread by an older program."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import inspect

from contract.ledger.pinned import PinnedClock
from entrepot.bystanders import SystemClock
from entrepot.ledger import folder
from entrepot.ledger.columns import METADATA
from entrepot.ledger.folder import FolderHome
from entrepot.ledger.locking import locked
from entrepot.ledger.migrating import Step, known_steps, migrate
from entrepot.ledger.opening import FILE, LOCK, open_ledger
from entrepot.ledger.records import Records
from entrepot.model.errors import DamagedError, EntrepotError, InputError, StorageError, UnavailableError

CLOCK = PinnedClock()


def refusal(folder: Path, kind: type[EntrepotError], patience: float = 5) -> str:
    with pytest.raises(kind) as caught, open_ledger(folder, CLOCK, patience=patience) as ledger:
        ledger.jobs.latest()
    assert caught.value.remedy
    return caught.value.code


def test_what_the_steps_make_is_what_the_program_reads_and_writes(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger, ledger.records.reading() as connection:
        found = inspect(connection)
        made = {table: {column["name"] for column in found.get_columns(table)} for table in found.get_table_names()}
    steps = made.pop("ledger_steps")
    assert steps == {"number", "name", "applied_at"}
    assert made == {table.name: {column.name for column in table.columns} for table in METADATA.sorted_tables}


def test_its_files_are_for_its_owner_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger:
        ledger.jobs.begin("import", owner="x", database="d")
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys((FILE, f"{FILE}-wal", f"{FILE}-shm", LOCK), 0o600)


def test_commits_reach_the_disk_and_references_are_checked(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger, ledger.records.reading() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert found == ["wal", 2, 1]
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() > 1000


def test_opened_again_everything_is_there(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger:
        job = ledger.jobs.begin("import", owner="x", database="d")
    with open_ledger(tmp_path, CLOCK) as ledger:
        assert ledger.jobs.latest() == (job,)
        ledger.check()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, LOCK]


def test_a_step_is_applied_once_and_the_next_one_later(tmp_path: Path) -> None:
    more = Step(number=known_steps()[-1].number + 1, name="more", statements=("CREATE TABLE more (a TEXT)",))
    with open_ledger(tmp_path, CLOCK) as ledger:
        for _ in range(2):
            migrate(ledger.records, (*known_steps(), more))
        with ledger.records.reading() as connection:
            assert inspect(connection).has_table("more")
    assert refusal(tmp_path, InputError) == "newer_ledger"


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    statements = ("CREATE TABLE more (a TEXT)", "INSERT INTO nothing VALUES (1)")
    more = Step(number=known_steps()[-1].number + 1, name="more", statements=statements)
    with open_ledger(tmp_path, CLOCK) as ledger:
        with pytest.raises(Exception, match="nothing"):
            migrate(ledger.records, (*known_steps(), more))
        with ledger.records.reading() as connection:
            assert not inspect(connection).has_table("more")
    with open_ledger(tmp_path, CLOCK) as ledger:
        assert ledger.jobs.latest() == ()


def test_drafts_of_a_ledger_from_before_there_were_bundles_are_alone(tmp_path: Path) -> None:
    home = FolderHome(tmp_path)
    records = Records(home, CLOCK, os.urandom)
    migrate(records, known_steps()[:2])
    with records.writing() as connection:
        connection.exec_driver_sql(
            "INSERT INTO artifacts VALUES ('a', 'draft', 'in.csv', 'text/csv', 1, '0', NULL,"
            " '2026-01-01T00:00:00.000000Z', NULL)"
        )
        connection.exec_driver_sql(
            "INSERT INTO drafts VALUES ('d', 'a', 'in.csv', 1, '0', '{}', NULL, '2026-01-01T00:00:00.000000Z')"
        )
    home.engine.dispose()
    with open_ledger(tmp_path, CLOCK) as ledger:
        (draft,) = ledger.drafts.of_bundle("d")
        assert (draft, draft.bundle) == (ledger.drafts.get("d"), None)


def test_whoever_knows_of_no_jobs_that_are_held_is_not_to_work_on_this_ledger(tmp_path: Path) -> None:
    """They would take those, too."""
    before = tuple(step for step in known_steps() if step.name != "held")
    with open_ledger(tmp_path, CLOCK) as ledger, pytest.raises(InputError) as caught:
        migrate(ledger.records, before)
    assert caught.value.code == "newer_ledger"


def test_each_step_has_a_number_of_its_own() -> None:
    numbers = [step.number for step in known_steps()]
    assert numbers == sorted(set(numbers))


def test_a_step_that_came_from_elsewhere_with_a_lower_number_is_applied_too(tmp_path: Path) -> None:
    """Two people who write steps at once do not know which of them will be ready first."""
    late, early = (Step(number=n, name="more", statements=(f"CREATE TABLE more_{n} (a TEXT)",)) for n in (902, 901))
    with open_ledger(tmp_path, CLOCK) as ledger:
        migrate(ledger.records, (*known_steps(), late))
        migrate(ledger.records, (*known_steps(), early, late))
        with ledger.records.reading() as connection:
            assert {"more_901", "more_902"} <= set(inspect(connection).get_table_names())


def test_a_file_that_is_no_ledger_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"precious" * 1000)
    assert refusal(tmp_path, DamagedError) == "ledger_damaged"
    assert (tmp_path / FILE).read_bytes() == b"precious" * 1000


def test_a_database_of_somebody_else_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as theirs:
        theirs.execute("CREATE TABLE accounts (id INTEGER)")
    before = (tmp_path / FILE).read_bytes()
    assert refusal(tmp_path, InputError) == "not_a_ledger"
    assert (tmp_path / FILE).read_bytes() == before


def test_a_damaged_page_is_found(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger:
        for _ in range(500):
            ledger.jobs.begin("import", owner="x", database="d", phase="p" * 100)
    with (tmp_path / FILE).open("r+b") as file:
        file.seek(-9000, 2)
        file.write(b"\xff" * 9000)
    with pytest.raises(DamagedError) as caught, open_ledger(tmp_path, CLOCK) as ledger:
        ledger.check()
    assert caught.value.code == "ledger_damaged"


def test_a_program_that_holds_it_too_long_is_reported(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK):
        pass
    with locked(tmp_path / LOCK):
        assert refusal(tmp_path, UnavailableError, patience=0.1) == "ledger_busy"


def test_a_foreign_program_that_writes_to_it_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SETTINGS", ("PRAGMA busy_timeout = 50",))
    with open_ledger(tmp_path, CLOCK) as ledger, closing(sqlite3.connect(tmp_path / FILE)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(UnavailableError) as caught:
            ledger.jobs.begin("import", owner="x", database="d")
    assert caught.value.code == "ledger_busy"


def test_a_full_disk_is_reported_and_nothing_half_stays(tmp_path: Path) -> None:
    with open_ledger(tmp_path, CLOCK) as ledger:
        with ledger.records.reading() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageError) as caught:
            ledger.jobs.begin("import", owner="x", database="d", phase="p" * 100_000)
        assert ledger.jobs.latest() == ()
    assert caught.value.code == "insufficient_storage"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EntrepotError) as caught, open_ledger(tmp_path / "none", CLOCK):
        pass
    assert str(tmp_path / "none") in caught.value.message


@pytest.mark.parametrize(("version", "warned"), [((3, 51, 2), True), ((3, 51, 3), False), ((3, 53, 0), False)])
def test_an_old_sqlite_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], warned: bool
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    with open_ledger(tmp_path, CLOCK) as ledger:
        assert [problem.code for problem in ledger.warnings] == (["old_sqlite"] if warned else [])


def test_what_others_write_is_seen_although_it_was_opened_twice_here(tmp_path: Path) -> None:
    """SQLite's locks are the process's: whoever closes the file beside SQLite ends those of all connections."""
    write = (
        "import sys\nfrom pathlib import Path\nfrom entrepot.bystanders import SystemClock\n"
        "from entrepot.ledger.opening import open_ledger\n"
        "with open_ledger(Path(sys.argv[1]), SystemClock()) as ledger:\n"
        "    ledger.jobs.begin('import', owner='other', database='d')\n"
    )
    with open_ledger(tmp_path, SystemClock()) as first:
        first.jobs.begin("import", owner="x", database="d")
        FolderHome(tmp_path).prepare()
        for number in (2, 3):
            subprocess.run([sys.executable, "-c", write, str(tmp_path)], check=True)
            assert len(first.jobs.latest()) == number
