"""The wire to the server breaks: before COMMIT is sent, after it was sent but before its answer, among the rows, and
at the first word. Target, ledger and what is said to people agree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.model.errors import UnavailableError
from recovery.wire import Cut, Wire, wire_to
from recovery.yard import AFTER, BEFORE, DONE, SERVERS, UPSERT, Watching, Yard, a_yard

COMMITS = (b"COMMIT\0", b"\x03COMMIT")
"""As PostgreSQL and MariaDB hear it; `ON COMMIT DROP` is no such word."""


@pytest.fixture(params=SERVERS)
def yard(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        yield made


@pytest.fixture
def wire(yard: Yard) -> Iterator[Wire]:
    with wire_to(yard.place.url) as made:
        yield made


def commit(data: bytes) -> bool:
    return any(data.endswith(word) for word in COMMITS)


def rows(data: bytes) -> bool:
    return b"Bobby" in data


def test_an_answer_to_a_commit_that_got_lost_is_looked_up(yard: Yard, wire: Wire) -> None:
    wire.after = commit
    watching = Watching()
    receipt = yard.entrepot(watching, url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert wire.cuts == 1
    assert any(words.startswith("Finding out") for words in watching.phases)
    assert {name: count for name, count in receipt.counts.items() if count} == DONE == yard.receipt()
    assert yard.rows() == AFTER
    assert yard.statuses() == ["completed"]
    assert [mark[0] for mark in yard.marks()] == [receipt.job]


@pytest.mark.parametrize("cut", [commit, rows])
def test_a_wire_that_breaks_before_the_commit_leaves_nothing(yard: Yard, wire: Wire, cut: Cut) -> None:
    wire.before = cut
    with pytest.raises(UnavailableError) as caught:
        yard.entrepot(url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert wire.cuts == 1
    assert (caught.value.code, bool(caught.value.remedy)) == ("connection_lost", True)
    assert yard.rows() == BEFORE
    assert yard.statuses() == ["failed"]
    assert yard.place.connections() == 0
    yard.entrepot().bring_in(yard.file, UPSERT)
    assert yard.rows() == AFTER


def test_a_server_that_does_not_answer_is_named_and_nothing_begins(yard: Yard, wire: Wire) -> None:
    wire.refuses = True
    with pytest.raises(UnavailableError) as caught:
        yard.entrepot(url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert caught.value.code == "unreachable"
    assert yard.statuses() == []


def test_a_server_that_stays_away_leaves_the_job_open_until_it_is_back(
    yard: Yard, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.importing.attempts.PATIENCE", 0.0)

    def commit_and_away(data: bytes) -> bool:
        wire.refuses = wire.refuses or commit(data)
        return commit(data)

    wire.after = commit_and_away
    with pytest.raises(UnavailableError) as caught:
        yard.entrepot(url=wire.url(yard.place.url)).bring_in(yard.file, UPSERT)
    assert caught.value.code == "outcome_unknown"
    assert caught.value.remedy
    assert yard.statuses() == ["completed"], "the next command asked the database"
    assert (yard.rows(), yard.receipt()) == (AFTER, DONE)
