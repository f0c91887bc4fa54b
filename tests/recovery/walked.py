"""What a walk of random steps has come to: the jobs as a plain model knows them, and what must be there by it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from acceptance.work import environment_of
from entrepot import Entrepot
from entrepot.bystanders import SystemClock
from entrepot.jobs.worker.attempts import MOST_DEATHS
from entrepot.ledger.work_tables import EVENTS
from entrepot.model.orders import JobView
from entrepot.model.records import Status
from entrepot.state import open_state

KEPT, FILE, IMPORT, UNDO = "kept", "file", "import", "undo"
OUT, EXPORTED = "out", b"id,name\n1,Ann\n2,Bob\n"
KEPT_DAYS, GIVEN_DAYS, JOURNAL_DAYS = 7, 30, 90
"""How long exports, files to import, and what undoes an import are kept, if nothing is said."""
A_MOMENT = timedelta(minutes=30)
"""So exactly nobody looks when something expires."""


@dataclass(kw_only=True, eq=False)
class Walked:
    """A job, and what is known of it from outside."""

    id: str
    kind: str
    since: datetime
    """When it was asked for first; a job that is done again has what was given then."""
    ids: frozenset[int] = frozenset()
    """Of the rows that it brings in."""
    path: Path | None = None
    key: str | None = None
    undoes: Walked | None = None
    undone_by: list[Walked] = field(default_factory=list)
    cancelled: bool = False
    """Somebody asked for it."""
    again: bool = False
    ended: Status | None = None
    over_since: datetime | None = None

    def __str__(self) -> str:
        return f"{self.id} ({self.kind}, {self.ended})"


@dataclass(kw_only=True)
class World:
    home: Path
    ahead: timedelta = timedelta()
    """Of the clock."""
    jobs: list[Walked] = field(default_factory=list)
    fresh: int = 0

    def __post_init__(self) -> None:
        self.shop = Entrepot(f"sqlite:///{self.home / 'app.db'}", environment=environment_of(self.home))
        (self.home / OUT).mkdir()
        with closing(sqlite3.connect(self.home / "app.db")) as connection:
            connection.executescript(
                "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
                "INSERT INTO users VALUES (1, 'Ann'), (2, 'Bob');"
                "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
            )

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def number(self) -> int:
        self.fresh += 1
        return self.fresh

    def open(self) -> list[Walked]:
        return [job for job in self.jobs if job.ended is None]

    def look(self) -> None:
        """At what may have ended, and at the rows."""
        for job in self.open():
            view = self.shop.job(job.id)
            if view.job.status.final:
                self._end(job, view)
        self._rows()

    def _end(self, job: Walked, view: JobView) -> None:
        job.ended, job.over_since = view.job.status, self.now()
        if job.ended is Status.FAILED:
            assert self._may_fail(job, view), f"{job}: {view.job.error}"
        else:
            assert job.ended is Status.COMPLETED or (job.ended is Status.CANCELLED and job.cancelled), str(job)
        kinds = [event.kind for event in self.shop.job_events(job.id)]
        assert (kinds[0], kinds[-1], kinds.count("ended")) == ("submitted", "ended", 1), f"{job}: {kinds}"
        if job.path is not None:
            found = job.path.read_bytes() if job.path.exists() else None
            assert found == (EXPORTED if job.ended is Status.COMPLETED else None), str(job)

    def _may_fail(self, job: Walked, view: JobView) -> bool:
        code = (view.job.error or {})["code"]
        if code == "worker_died":
            return view.order is not None and view.order.deaths >= MOST_DEATHS
        if code == "file_expired":
            return job.kind == IMPORT and self.is_older(job.since, GIVEN_DAYS)
        return code == "journal_expired" and job.undoes is not None and self.is_older(job.undoes.since, JOURNAL_DAYS)

    def is_older(self, moment: datetime, days: int) -> bool:
        return self.now() - moment > timedelta(days=days) - A_MOMENT

    def _rows(self) -> None:
        """Of each import all or none; and none or all, once it is known which."""
        with closing(sqlite3.connect(self.home / "app.db")) as connection:
            found = frozenset(found for (found,) in connection.execute("SELECT id FROM people"))
        for job in self.jobs:
            if job.kind != IMPORT:
                continue
            there = found & job.ids
            assert there in (frozenset(), job.ids), f"{job}: {there} of {job.ids}"
            wanted = self._stands(job)
            assert wanted is None or bool(there) is wanted, f"{job}, undone by {[*map(str, job.undone_by)]}: {there}"
        assert found <= frozenset().union(*(job.ids for job in self.jobs))

    def _stands(self, job: Walked) -> bool | None:
        """Whether its rows are there; None: that may still change."""
        ends = {undo.ended for undo in job.undone_by}
        if job.ended is None or None in ends:
            return None
        return job.ended is Status.COMPLETED and Status.COMPLETED not in ends

    def check(self) -> None:
        """All that ever was, as it was seen when it ended; and every stored file."""
        with open_state(self.home / "state", SystemClock()) as state:
            known = {job.id: job.status for job in state.ledger.jobs.latest(1_000_000)}
            state.check()
            counts = select(EVENTS.c.job, func.count(), func.max(EVENTS.c.number)).group_by(EVENTS.c.job)
            with state.ledger.records.reading() as connection:
                numbers = [(count, last) for _, count, last in connection.execute(counts)]
        assert all(count == last for count, last in numbers)
        assert known.keys() == {job.id for job in self.jobs}, "each was submitted by a step"
        for job in self.jobs:
            assert job.ended in (None, known[job.id]), f"{job} is {known[job.id]} now"

    def over(self) -> None:
        """Nobody works any more: nothing but whole exports is left."""
        self.check()
        assert self.open() == []
        whole = {job.path for job in self.jobs if job.path is not None and job.ended is Status.COMPLETED}
        found = list((self.home / OUT).iterdir())
        assert {path for path in found if path.suffix == ".csv"} == whole
        assert len(found) == 2 * len(whole), "each has its receipt, and nothing else is there"
