"""How things stand: what waits and for how long, what is at work, what is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contract.ledger.pinned import PinnedClock
from entrepot.ledger.deliveries import Deliveries
from entrepot.ledger.opening import Ledger
from entrepot.model.notices import Delivered
from entrepot.model.orders import Wish
from entrepot.model.records import Status, StoredArtifact

WISH = Wish(kind="export", request={}, database="d", principal={"name": "ann"}, tenant="7")


def test_an_empty_ledger_has_nothing_to_tell(ledger: Ledger) -> None:
    now = ledger.measures.now()
    assert (now.open, now.queues, now.stored, now.unsent, now.totals) == ((), (), (), (), ())


def test_what_waits_is_told_by_queue_and_by_whether_its_time_has_come(ledger: Ledger, clock: PinnedClock) -> None:
    first = ledger.orders.submit(WISH)
    clock.pass_by(seconds=30)
    ledger.orders.submit(WISH)
    ledger.orders.submit(replace(WISH, not_before=clock.now() + timedelta(minutes=1)))
    ledger.orders.submit(replace(WISH, queue="night", kind="import"))
    over = ledger.jobs.take_over(ledger.orders.submit(WISH), "w")
    ledger.jobs.finish(over, Status.COMPLETED)
    working = ledger.jobs.take_over(ledger.orders.submit(WISH), "w")
    ledger.jobs.advance(working, Status.PROCESSING, "")
    now = ledger.measures.now()
    queues = {each.name: (each.ready, each.put_off, each.oldest) for each in now.queues}
    assert queues == {"default": (2, 1, first.created_at), "night": (1, 0, clock.now())}
    open_ones = {(each.kind, each.status, each.tenant): each.jobs for each in now.open}
    assert open_ones == {
        ("export", "pending", "7"): 3,
        ("export", "processing", "7"): 1,
        ("import", "pending", "7"): 1,
    }
    assert sum(each.at_work for each in now.open) == 1


def test_deaths_count_before_their_job_is_over(ledger: Ledger) -> None:
    job = ledger.jobs.take_over(ledger.orders.submit(WISH), "w")
    ledger.orders.begin_attempt(job, died=True)
    assert [(each.at_work, each.deaths) for each in ledger.measures.now().open] == [(1, 1)]


def test_stored_files_are_told_by_their_kind(ledger: Ledger) -> None:
    for number in range(3):
        kind = "draft" if number else "export"
        stored = StoredArtifact(id=f"a{number}", kind=kind, name="n", bytes=10 + number, sha256="")
        ledger.artifacts.add([(stored, "text/csv")], expires_at=None)
    assert {each.kind: (each.files, each.bytes) for each in ledger.measures.now().stored} == {
        "export": (1, 10),
        "draft": (2, 23),
    }


def test_known_targets_are_no_messages(ledger: Ledger) -> None:
    Deliveries(ledger.records).known_since("mail", "known:mail")
    assert Delivered.KNOWN.value not in {each.status for each in ledger.measures.now().unsent}
