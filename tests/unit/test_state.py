"""The state folder is private, ours alone, and loses nothing that is still kept."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from contract.ledger.pinned import PinnedClock
from entrepot.expiry import remove_expired
from entrepot.ledger.artifacts import Artifacts
from entrepot.ledger.opening import FILE
from entrepot.model.errors import ChangedError, DamagedError, EntrepotError, InputError, UnavailableError
from entrepot.model.records import ArtifactRecord, JobRecord, Status
from entrepot.state import Elsewhere, State, described, open_state
from entrepot.state_folder import ARTIFACTS

MONTH = timedelta(days=30)


@pytest.fixture
def clock() -> PinnedClock:
    return PinnedClock()


@pytest.fixture(params=["folder", pytest.param("server", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str | None:
    """Where the records are; None: in the folder, as the files always are."""
    return None if request.param == "folder" else request.getfixturevalue("postgres_database").url


@pytest.fixture
def state(tmp_path: Path, clock: PinnedClock, url: str | None) -> Iterator[State]:
    with open_state(tmp_path / "state", clock, elsewhere=Elsewhere(url=url)) as opened:
        yield opened


def stored(
    state: State, *, lasting: timedelta | None = MONTH, kind: str = "draft", job: JobRecord | None = None
) -> ArtifactRecord:
    return state.store(io.BytesIO(b"a\n1\n"), kind, "text/csv", name="a.csv", lasting=lasting, job=job)


def clean(state: State) -> None:
    list(remove_expired(state.ledger, state.artifacts, state.ledger.records.now()))


def test_the_folder_is_private_and_kept_out_of_repositories(tmp_path: Path, state: State) -> None:
    folder = tmp_path / "state"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / ".gitignore").read_text().splitlines()[-1] == "*"
    stored(state)
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in folder.rglob("*") if path.name != ".gitignore"} == {0}


def test_a_folder_that_was_made_for_it_becomes_private(tmp_path: Path, clock: PinnedClock) -> None:
    (tmp_path / "made").mkdir(mode=0o755)
    with open_state(tmp_path / "made", clock):
        assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o700


def test_a_folder_with_other_files_is_left_as_it_is(tmp_path: Path, clock: PinnedClock) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "app.py").touch()
    with pytest.raises(InputError) as caught, open_state(tmp_path, clock):
        pass
    assert caught.value.code == "not_a_state_folder"
    assert "app.py" in caught.value.message
    assert [path.name for path in tmp_path.iterdir()] == ["app.py"]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, clock: PinnedClock) -> None:
    (tmp_path / "state").touch()
    with pytest.raises(EntrepotError) as caught, open_state(tmp_path / "state", clock):
        pass
    assert caught.value.code == "no_folder"


def test_a_file_and_its_record_go_together(state: State, clock: PinnedClock) -> None:
    record = stored(state)
    assert record.expires_at == clock.now() + MONTH
    assert state.artifacts.verify(state.ledger.artifacts.get(record.id)).read_bytes() == b"a\n1\n"
    assert stored(state, lasting=None).expires_at is None


def test_without_a_record_there_is_no_file(state: State) -> None:
    old = state.ledger.jobs.begin("import", owner="x", database="d")
    state.ledger.jobs.take_over(old, "y")
    with pytest.raises(ChangedError):
        stored(state, job=old)
    assert state.artifacts.stored() == frozenset()


def test_where_nobody_knows_whether_there_is_a_record_the_file_stays(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise UnavailableError("ledger_unreachable", "It did not answer.", remedy="Try again.")

    monkeypatch.setattr(Artifacts, "add", lost)
    with pytest.raises(UnavailableError):
        stored(state)
    assert len(state.artifacts.stored()) == 1


def test_what_has_expired_goes_when_the_folder_is_opened_twice_an_hour_apart(
    tmp_path: Path, clock: PinnedClock
) -> None:
    """A clock that is wrong for a moment costs nothing."""
    with open_state(tmp_path / "state", clock) as state:
        old, kept = stored(state), stored(state, lasting=3 * MONTH)
        draft = state.ledger.drafts.add(old, {})
    clock.pass_by(days=30)
    for _ in range(2):
        with open_state(tmp_path / "state", clock) as state:
            assert state.artifacts.stored() == {old.id, kept.id}
    clock.pass_by(hours=1)
    with open_state(tmp_path / "state", clock) as state:
        assert state.artifacts.stored() == {kept.id} == state.ledger.artifacts.known()
        with pytest.raises(InputError):
            state.ledger.drafts.get(draft.id)


def test_what_an_import_at_work_needs_stays(state: State, clock: PinnedClock) -> None:
    job = state.ledger.jobs.begin("import", owner="x", database="d")
    journal = stored(state, kind="journal", job=job)
    clock.pass_by(days=31)
    clean(state)
    assert state.artifacts.stored() == {journal.id}
    state.ledger.jobs.finish(job, Status.COMPLETED)
    clean(state)
    assert state.artifacts.stored() == frozenset()


def test_a_draft_is_kept_as_long_as_its_journal(state: State, clock: PinnedClock) -> None:
    file = stored(state)
    draft = state.ledger.drafts.add(file, {})
    clock.pass_by(days=20)
    state.keep_draft(draft.id, 3 * MONTH)
    clock.pass_by(days=89)
    clean(state)
    assert state.artifacts.stored() == {file.id}
    clock.pass_by(days=1)
    clean(state)
    assert state.artifacts.stored() == frozenset()


def test_a_journal_that_came_in_pieces_is_recorded(state: State) -> None:
    job = state.ledger.jobs.begin("import", owner="x", database="d")
    with state.artifacts.receive("journal", "orders") as incoming:
        incoming.write(b"rows")
    record = state.record(incoming.stored, "text/csv", lasting=MONTH, job=job)
    state.ledger.journals.add(job, "orders", artifact_id=record.id, facts={"rows": 1})
    assert state.ledger.journals.of_job(job.id)[0].artifact_id == record.id
    assert state.artifacts.verify(record).read_bytes() == b"rows"


def test_files_that_no_record_knows_stay_and_are_told(tmp_path: Path, clock: PinnedClock) -> None:
    """The records may be what was lost."""
    with open_state(tmp_path / "state", clock) as state:
        journal = stored(state, kind="journal")
    (tmp_path / "state" / FILE).unlink()
    clock.pass_by(days=300)
    with open_state(tmp_path / "state", clock) as state:
        assert state.artifacts.stored() == {journal.id}
    assert described(tmp_path / "state", clock).endswith("0 stored files, 1 that no record knows")


def test_a_stored_file_that_is_gone_is_told(tmp_path: Path, clock: PinnedClock) -> None:
    with open_state(tmp_path / "state", clock) as state:
        lost = stored(state)
        state.artifacts.delete(lost.id)
    with pytest.raises(DamagedError) as caught:
        described(tmp_path / "state", clock)
    assert lost.id in caught.value.message


def test_describing_makes_nothing(tmp_path: Path, clock: PinnedClock) -> None:
    assert described(tmp_path / "state", clock) == f"nothing yet; it will be in {tmp_path / 'state'}"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_moved_as_a_whole_works_in_its_new_place(tmp_path: Path, clock: PinnedClock) -> None:
    with open_state(tmp_path / "state", clock) as state:
        record = stored(state)
    (tmp_path / "state").rename(tmp_path / "moved")
    with open_state(tmp_path / "moved", clock) as state, closing(state.artifacts.open(record.id)) as file:
        assert file.read() == b"a\n1\n"
    assert (tmp_path / "moved" / ARTIFACTS).is_dir()


def test_what_needs_no_records_loads_no_library_for_them() -> None:
    program = (
        "import sys; from entrepot.cli.parser import build_parser; from entrepot import Entrepot; build_parser();"
        "sys.exit(bool({'sqlalchemy', 'entrepot.ledger.opening', 'sqlite3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
