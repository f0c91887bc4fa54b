"""Parts that a worker makes for others: kept where all find them, given back where it cannot, ended when nobody wants
them any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entrepot.bystanders import SystemClock
from entrepot.jobs.part_files import keep_part, let_go, opened_part
from entrepot.jobs.worker.fabric import LedgerFabric
from entrepot.jobs.worker.hands import Hands
from entrepot.ledger.jobs import NOBODY
from entrepot.model.cancel import CancelSwitch
from entrepot.model.errors import CancelledError, DamagedError, InputError
from entrepot.model.fabric import Making, PartRecord
from entrepot.model.limits import UNLIMITED
from entrepot.model.orders import DueOrder, Wish
from entrepot.model.records import Document, JobRecord
from entrepot.model.templates import Chunk
from entrepot.state import Elsewhere, State, open_state
from servers.objects import BUCKET, Objects, objects_served

CHUNKS = [Chunk(b"1,a\n2,b\n", 2), Chunk(b"3,c\n", 1)]
SPECS = [{"n": n} for n in range(4)]


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with open_state(tmp_path / "state", SystemClock()) as opened:
        yield opened


@pytest.fixture
def job(state: State) -> JobRecord:
    order = Wish(kind="export", request={}, database="d", principal={"name": "ann"})
    placed = state.ledger.orders.submit(order)
    taken = state.ledger.taking.take(DueOrder(job=placed, attempts=0, deaths=0, tenant=None), "leader", UNLIMITED)
    assert taken is not None
    return taken


@dataclass
class Makers:
    """What makes parts: one that is told so fails, or goes on until it is stopped."""

    failing: bool = False
    endless: bool = False
    begun: threading.Event = field(default_factory=threading.Event)
    stopped: threading.Event = field(default_factory=threading.Event)

    def make(self, state: State, part: PartRecord, making: Making) -> Document:
        self.begun.set()
        if self.failing and part.function == "rows":
            raise InputError("missing_variable", "It is not set.")
        while self.endless:
            self._go_on(making)
        return keep_part(state, CHUNKS, making.progress)

    def _go_on(self, making: Making) -> None:
        try:
            making.cancel.check()
        except CancelledError:
            self.stopped.set()
            raise
        time.sleep(0.01)


def hands(state: State, makers: Makers) -> Hands:
    return Hands(state=state, owner="helper", work=makers)


def until(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fabric(state: State, job: JobRecord, **more: float) -> LedgerFabric:
    return LedgerFabric(
        state=state, job=job, cancel=CancelSwitch(), common={"place": "d"}, elsewhere=lambda _: None, **more
    )


def test_what_one_has_made_the_other_hands_on_and_nothing_stays(state: State, job: JobRecord) -> None:
    makers, results = Makers(), fabric(state, job).fan_out("rows", SPECS)
    assert next(results) is None, "nobody else has begun it"
    helper = hands(state, makers)
    assert helper.look(2, ()) == 2
    until(lambda: helper.busy() == 0)
    for _ in range(2):
        made = next(results)
        assert made is not None
        assert made["rows"] == 3
        with opened_part(state, made) as chunks:
            assert list(chunks) == CHUNKS
    assert next(results) is None
    assert list(results) == []
    assert state.ledger.parts.states(job) == ()
    assert not state.ledger.artifacts.known() | state.artifacts.stored()


def test_a_worker_that_cannot_make_one_gives_it_back_and_takes_no_more_of_them(state: State, job: JobRecord) -> None:
    state.ledger.parts.offer(job, "rows", SPECS)
    helper = hands(state, Makers(failing=True))
    assert helper.look(1, ()) == 1
    until(lambda: helper.busy() == 0)
    assert {part.owner for part in state.ledger.parts.states(job)} == {NOBODY}
    assert helper.look(1, ()) == 0


def test_whoever_makes_a_part_that_nobody_wants_any_more_is_stopped(state: State, job: JobRecord) -> None:
    makers, results = Makers(endless=True), fabric(state, job).fan_out("rows", SPECS)
    next(results)
    helper = hands(state, makers)
    helper.look(1, ())
    assert makers.begun.wait(30)
    results.close()
    assert makers.stopped.wait(30)
    until(lambda: helper.busy() == 0)
    assert state.ledger.parts.states(job) == ()


def test_one_that_goes_leaves_its_parts_to_others(state: State, job: JobRecord) -> None:
    state.ledger.parts.offer(job, "rows", SPECS)
    makers = Makers(endless=True)
    helper = hands(state, makers)
    helper.look(1, ())
    assert makers.begun.wait(30)
    helper.leave()
    until(lambda: helper.busy() == 0)
    assert {part.owner for part in state.ledger.parts.states(job)} == {NOBODY}


def test_a_part_without_a_sign_of_life_is_the_owners_and_what_comes_late_goes(state: State, job: JobRecord) -> None:
    results = fabric(state, job, silence=0.2).fan_out("rows", SPECS)
    next(results)
    part = state.ledger.parts.waiting("helper")
    assert part is not None
    assert state.ledger.parts.take(part, "helper", UNLIMITED)
    assert next(results) is None
    assert state.ledger.parts.states(job)[1].owner == "leader"
    assert not state.ledger.parts.finish(part, "helper", 3, {"artifact": "late"})


def test_a_part_that_was_changed_is_found_damaged(state: State) -> None:
    made = keep_part(state, CHUNKS, lambda _: None)
    path = state.artifacts.path(made["artifact"])
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedError), opened_part(state, made):
        pass


@pytest.fixture
def objects() -> Iterator[Objects]:
    with objects_served() as served:
        yield served


def test_in_a_bucket_any_machine_finds_them_and_no_copy_stays(tmp_path: Path, objects: Objects) -> None:
    elsewhere = Elsewhere(bucket=f"s3://{BUCKET}/shop", environment=objects.environment)
    with open_state(tmp_path / "state", SystemClock(), elsewhere=elsewhere) as state:
        made = keep_part(state, CHUNKS, lambda _: None)
        assert not state.artifacts.path(made["artifact"]).exists()
        with opened_part(state, made) as chunks:
            assert list(chunks) == CHUNKS
        let_go(state, made)
        assert not state.artifacts.path(made["artifact"]).exists()
        assert state.artifacts.stored() == frozenset()
