"""Whatever a job did to tables that refer to each other, and whatever others did since: an undo leaves what was before,
but for rows that have to stay, each of them named with a reason that holds."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random

import pytest

from entrepot.bystanders import Quiet, SystemClock
from entrepot.databases.registry import open_engine
from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Run
from entrepot.importing.undoing.journaled import Journaled
from entrepot.importing.undoing.undo import look_back, take_back
from entrepot.model.cancel import CancelSwitch
from entrepot.model.changing import changing
from entrepot.model.journals import BEFORE, JournalFacts, Part
from entrepot.model.records import JobRecord, Status
from entrepot.model.undo_plans import UndoReceipt
from entrepot.model.undoing import Fate, KeptRow
from entrepot.workbench import open_workbench
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench
from recovery.random_undos import Change, Dice, Reference, Row, Rows, Table, World, change, sql
from seeds import seeds

ROUNDS = 8
EARLIER = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildWorkbench]:
    with open_workbench(tmp_path_factory.mktemp("bench")) as opened:
        yield opened


@dataclass(frozen=True)
class Archive:
    """A database in a file, and jobs that were done to it."""

    child: ChildWorkbench
    path: Path
    tables: list[Table]
    numbers: Iterator[int] = field(default_factory=count)

    def execute(self, *statements: str) -> None:
        """One by one, without those that are refused."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute("PRAGMA foreign_keys = ON")
            for statement in statements:
                with suppress(sqlite3.IntegrityError):
                    connection.execute(statement)

    def settle(self, world: World) -> None:
        with closing(sqlite3.connect(self.path)) as connection, connection:
            for table in self.tables:
                connection.execute(table.definition)
                for row in world[table.name].values():
                    values = ", ".join(sql(row[name]) for name in table.fields)
                    connection.execute(f"INSERT INTO {table.name} VALUES ({values})")

    def world(self) -> World:
        with closing(sqlite3.connect(self.path)) as connection:
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            return {table.name: dict(rows_of(connection, table)) for table in self.tables}

    def run(self) -> Run:
        engine = open_engine(f"sqlite:///{self.path}")
        return Run(
            engine=changing(engine),
            catalog=engine.introspect(),
            reporter=Quiet(),
            cancel=CancelSwitch(),
            clock=SystemClock(),
            work=self.path.parent,
            bench=lambda: nullcontext(ImportBench(self.child)),
            tool="a test",
        )

    def journaled(self, *journals: tuple[Path, JournalFacts]) -> Journaled:
        job = JobRecord(
            id=f"imp_{next(self.numbers)}", kind="import", status=Status.COMPLETED, phase="", database="", entity="",
            created_at=EARLIER, updated_at=EARLIER, owner="",
        )  # fmt: skip
        return Journaled(job=job, journals=journals)

    def done(self, changes: list[Change], before: World, after: World) -> Journaled:
        written = (self.journal(it, before[it.table.name], after[it.table.name]) for it in changes)
        return self.journaled(*(found for found in written if found[1].sections))

    def journal(self, changed: Change, before: Rows, after: Rows) -> tuple[Path, JournalFacts]:
        table = changed.table
        path = self.path.parent / f"{next(self.numbers)} journal"
        writer = JournalWriter(path, table.name)
        some = ("id", *changed.compared)
        for section, rows, keys, columns in (
            (Part.CREATED, after, changed.created, table.fields),
            (Part.REMOVED, before, changed.removed, table.fields),
            (BEFORE, before, changed.updated, some),
            (Part.UPDATED, after, changed.updated, some),
        ):
            if keys:
                writer.found_by(section, ("id",))
                writer.keep(section, columns, "", [b"".join(line(rows[key], columns) for key in keys)])
        return path, writer.facts

    def taken_back(self, journaled: Journaled) -> tuple[UndoReceipt, Journaled]:
        """As the preview said; and the undo itself as a job."""
        run, kept = self.run(), list[tuple[Path, JournalFacts]]()

        def keep(path: Path, facts: JournalFacts) -> None:
            if facts.sections:
                kept.append((Path(shutil.copy(path, self.path.parent / f"{next(self.numbers)} journal")), facts))

        plan = look_back(journaled, run)
        job = f"undo_{next(self.numbers)}"
        receipt = take_back(journaled, run, job=job, keep=keep, agreed=plan.digest, ready=lambda _: None)
        assert receipt.parts == plan.parts, (plan.kept, receipt.kept)
        return receipt, self.journaled(*kept)


def rows_of(connection: sqlite3.Connection, table: Table) -> Iterator[tuple[int, Row]]:
    for row in connection.execute(f"SELECT {', '.join(table.fields)} FROM {table.name} ORDER BY id"):
        yield row[0], dict(zip(table.fields, row, strict=True))


def line(row: Row, columns: tuple[str, ...]) -> bytes:
    return (",".join("" if row[name] is None else str(row[name]) for name in columns) + "\n").encode()


def test_what_can_become_what_it_was_does_and_the_rest_is_told(child: ChildWorkbench, tmp_path: Path) -> None:
    for seed in seeds(ROUNDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        try:
            one_undo(Dice(Random(seed)), child, folder)
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def test_rows_of_a_circle_that_wait_for_each_other_are_all_taken_back(child: ChildWorkbench, tmp_path: Path) -> None:
    """What comes back has the `u` of what goes, and who refers to that needs what comes back."""
    over, back = (
        Reference(name=name, parent=parent, needed=False, action="NO ACTION")
        for name, parent in (("r0", "t1"), ("r1", "t0"))
    )
    tables = [Table(name="t0", references=(over, back)), Table(name="t1", references=(back,))]
    before, after = (
        {
            "t0": {1: {"id": 1, "u": None, "v": 0, "r0": key, "r1": 1}},
            "t1": {key: {"id": key, "u": 5, "v": None, "r1": 1}},
        }
        for key in (1, 2)
    )
    archive = Archive(child, tmp_path / "case.db", tables)
    archive.settle(after)
    changes = [change(table, before[table.name], after[table.name]) for table in tables]
    _, undo = archive.taken_back(archive.done(changes, before, after))
    assert archive.world() == before
    archive.taken_back(undo)
    assert archive.world() == after


def one_undo(dice: Dice, child: ChildWorkbench, folder: Path) -> None:
    archive = Archive(child, folder / "case.db", dice.tables())
    before = dice.world(archive.tables)
    after = dice.job(archive.tables, before)
    changes = [change(table, before[table.name], after[table.name]) for table in archive.tables]
    archive.settle(after)
    archive.execute(*dice.edits(archive.tables))
    now = archive.world()
    job = archive.done(changes, before, after)
    if not job.journals:
        return
    receipt, undo = archive.taken_back(job)
    final = archive.world()
    kept = {(row.entity, int(row.key[0] or 0)): row for row in receipt.kept}
    for changed in changes:
        check(changed, Story(before=before, after=after, now=now, final=final, tables=archive.tables), kept)
    if undo.journals:
        again, _ = archive.taken_back(undo)
        assert (again.left, archive.world()) == (0, now), (before, after, again.kept)


@dataclass(frozen=True, kw_only=True)
class Story:
    before: World
    after: World
    now: World
    """After what others did."""
    final: World
    tables: list[Table]


def check(changed: Change, story: Story, kept: dict[tuple[str, int], KeptRow]) -> None:
    name = changed.table.name
    now, final = story.now[name], story.final[name]
    for key in {*now, *final}:
        was, row = story.before[name].get(key), kept.get((name, key))
        if row is not None or key not in changed.all_keys:
            assert final.get(key) == now.get(key)
        elif key in changed.updated and was is not None:
            assert final[key] == {**now[key], **{it: was[it] for it in changed.compared}}
        else:
            assert final.get(key) == was
        if row is not None:
            assert holds(row, changed, key, story), (row, story)


def holds(row: KeptRow, changed: Change, key: int, story: Story) -> bool:
    """Whether the reason that is told is one."""
    name = changed.table.name
    was, now = story.before[name].get(key), story.now[name].get(key)
    match row.fate:
        case Fate.GONE:
            return now is None
        case Fate.EDITED:
            left = story.after[name].get(key, was)
            compared = changed.compared if key in changed.updated else changed.table.fields
            return now is not None and left is not None and any(now[it] != left[it] for it in compared)
        case Fate.BLOCKED:
            return key in changed.created and any(referring(row.reason, name, key, story))
        case Fate.TAKEN:
            others = (other for number, other in story.final[name].items() if number != key)
            return was is not None and row.reason == "u" and any(other["u"] == was["u"] for other in others)
        case Fate.PARENTLESS:
            parents = ((it, was[it.name]) for it in changed.table.references if was is not None)
            return any(at is not None and at not in story.final[it.parent] for it, at in parents)
    return False


def referring(child: str, parent: str, key: int, story: Story) -> Iterator[bool]:
    table = next(it for it in story.tables if it.name == child)
    for row in story.final[child].values():
        yield any(it.parent == parent and row[it.name] == key for it in table.references)
