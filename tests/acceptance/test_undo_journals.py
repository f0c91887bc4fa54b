"""What undoes an import is looked at before anything is written: if something is wrong with it, no row changes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from acceptance.test_undo import FILE, SQLITE, Club, club, fates
from entrepot import Entrepot
from entrepot.bystanders import Quiet, SystemClock
from entrepot.cli.undo_views import print_undo_plan
from entrepot.expiry import remove_expired
from entrepot.model.errors import ChangedError, DamagedError, InputError
from entrepot.state import open_state

__all__ = ["club"]

pytestmark = pytest.mark.parametrize("club", [SQLITE], indirect=True)


class Later(SystemClock):
    """A hundred days from now."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=100)


def expire(club: Club) -> None:
    """As cleaning up does, so much later."""
    with open_state(club.folder / ".entrepot", Later()) as state:
        list(remove_expired(state.ledger, state.artifacts, Later().now()))


def journal(club: Club) -> Path:
    (name,) = asked(club, "SELECT artifact_id FROM journals")
    return club.folder / ".entrepot" / "artifacts" / str(name)


def asked(club: Club, query: str) -> tuple[Any, ...]:
    with closing(sqlite3.connect(club.folder / ".entrepot" / "ledger.db")) as ledger, ledger:
        return ledger.execute(query).fetchone()


def test_a_journal_that_was_cut_or_changed_anywhere_is_refused(club: Club) -> None:
    job = club.bring_in(FILE).job
    before, path = club.rows(), journal(club)
    path.chmod(0o600)
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 4)):
        flipped = whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :]
        for damaged in (whole[:at], flipped):
            path.write_bytes(damaged)
            with pytest.raises(DamagedError) as caught:
                club.entrepot.undo(job)
            assert caught.value.code == "artifact_damaged"
            assert caught.value.remedy
    path.unlink()
    with pytest.raises(DamagedError) as caught:
        club.entrepot.undo(job)
    assert caught.value.code == "artifact_missing"
    assert club.rows() == before
    path.write_bytes(whole)
    assert fates(club.entrepot.undo(job)) == {"deleted": 2, "restored": 1}


@pytest.mark.parametrize("changed", [{"form": 2}, {"sections": "none"}, {"sections": "other"}])
def test_a_journal_that_another_version_wrote_is_refused(club: Club, changed: dict[str, Any]) -> None:
    """What is not understood would be left as it is, and nobody would know."""
    job = club.bring_in(FILE).job
    before = club.rows()
    facts = msgspec.json.decode(asked(club, "SELECT facts FROM journals")[0])
    if changed.get("sections") == "other":
        changed = {"sections": [{**section, "name": f"new {section['name']}"} for section in facts["sections"]]}
    text = msgspec.json.encode({**facts, **changed}).decode()
    with closing(sqlite3.connect(club.folder / ".entrepot" / "ledger.db")) as ledger, ledger:
        ledger.execute("UPDATE journals SET facts = ?", (text,))
    with pytest.raises(ChangedError) as caught:
        club.entrepot.undo(job)
    assert caught.value.code == "newer_journal"
    assert club.rows() == before


def test_a_journal_that_has_expired_is_told_from_an_import_that_changed_nothing(club: Club) -> None:
    job = club.bring_in(FILE).job
    until = club.entrepot.undo_plan(job).until
    assert until is not None
    assert until[:10] == f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%d}"
    expire(club)
    before = club.rows()
    with pytest.raises(InputError) as caught:
        club.entrepot.undo(job)
    assert caught.value.code == "journal_expired"
    assert "90 days" in caught.value.remedy
    assert f"was removed on {Later().now():%Y-%m-%d}" in caught.value.message
    assert club.rows() == before
    assert club.entrepot.undoable() == ()
    with pytest.raises(InputError) as caught:
        club.entrepot.undo(club.bring_in(FILE).job)
    assert caught.value.code == "nothing_to_undo"


class Cleaning(Quiet):
    """Somebody cleans up in the middle of the work."""

    def __init__(self, club: Club) -> None:
        self.club = club

    def phase(self, words: str) -> None:
        if words.startswith(("Reading the journal", "Comparing")):
            expire(self.club)


def test_what_a_running_undo_reads_does_not_expire_under_it(club: Club) -> None:
    job = club.bring_in(FILE).job
    cleaning = Entrepot(club.place.url, config=club.folder / "entrepot.toml", environment={}, reporter=Cleaning(club))
    assert fates(cleaning.undo(job)) == {"deleted": 2, "restored": 1}


def test_created_rows_that_nothing_finds_again_are_told_and_stay(
    club: Club, capsys: pytest.CaptureFixture[str]
) -> None:
    """SQLite keeps a NULL in a key; they are not gone already."""
    club.place.execute("CREATE TABLE codes (a text, b text, words text, PRIMARY KEY (a, b))")
    receipt = club.bring_in("a,b,words\n,x,one\nx,,two\nx,y,three\n", entity="codes")
    plan = club.entrepot.undo_plan(receipt.job)
    assert fates(plan) == {"deleted": 1, "forgotten": 2}
    print_undo_plan(plan)
    assert "2  stay, because they have no key to be found by" in capsys.readouterr().out
    assert fates(club.entrepot.undo(receipt.job)) == {"deleted": 1, "forgotten": 2}
    assert len(club.rows("SELECT * FROM codes")) == 2
