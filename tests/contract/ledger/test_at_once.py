"""Several who write at once: what one of them reads before he writes still holds when he writes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import TypeVar

from entrepot.ledger.identities import Scope
from entrepot.ledger.opening import Ledger
from entrepot.model.errors import ChangedError, EntrepotError, UnavailableError
from entrepot.model.orders import Wish
from entrepot.model.records import JobRecord
from entrepot.model.schedules import Schedule

T = TypeVar("T")
SEVERAL = 6
WISH = Wish(kind="import", database="d", request={"file": "a.csv"}, principal={"name": "ann"}, queue="q", key="k")


def together(do: Callable[[int], T]) -> list[T | EntrepotError]:
    """By as many threads, which begin as nearly at once as they can."""
    begin = Barrier(SEVERAL)

    def one(number: int) -> T | EntrepotError:
        begin.wait()
        try:
            return do(number)
        except EntrepotError as error:
            return error

    with ThreadPoolExecutor(SEVERAL) as pool:
        return list(pool.map(one, range(SEVERAL)))


def begun(ledger: Ledger) -> JobRecord:
    return ledger.jobs.begin("import", owner="ann", database="d")


def test_one_key_given_several_times_at_once_is_one_job(ledger: Ledger) -> None:
    jobs = together(lambda _: ledger.orders.submit(WISH))
    assert len({job.id for job in jobs if isinstance(job, JobRecord)}) == 1
    assert len(ledger.jobs.latest()) == 1


def test_one_key_given_for_several_things_at_once_stands_for_one_of_them(ledger: Ledger) -> None:
    def submit(number: int) -> JobRecord:
        return ledger.orders.submit(replace(WISH, request={"file": str(number)}))

    found = together(submit)
    refused = [error.code for error in found if isinstance(error, ChangedError)]
    assert refused == ["key_used"] * (SEVERAL - 1)
    assert len(ledger.jobs.latest()) == 1


def test_events_that_are_written_at_once_have_numbers_without_a_gap(ledger: Ledger) -> None:
    job = begun(ledger)
    together(lambda number: [ledger.events.add(job, "phase", {"n": number}) for _ in range(5)])
    assert [event.number for event in ledger.events.after(job.id)] == list(range(1, 5 * SEVERAL + 1))


def test_asked_to_cancel_by_several_at_once_it_is_told_once(ledger: Ledger) -> None:
    job = ledger.orders.submit(WISH)
    assert together(lambda _: ledger.orders.ask_to_cancel(job.id)) == [True] * SEVERAL
    assert [event.kind for event in ledger.events.after(job.id)] == ["submitted", "cancel_asked"]


def test_progress_that_is_written_at_once_is_one_row(ledger: Ledger) -> None:
    job = begun(ledger)
    found = together(lambda number: [ledger.events.tell(job, (), {"n": number}) for _ in range(5)])
    assert not [error for error in found if isinstance(error, EntrepotError)]
    assert ledger.progress.of_job(job.id) is not None


def test_of_several_that_take_a_job_over_one_gets_it(ledger: Ledger) -> None:
    job = begun(ledger)
    found = together(lambda number: ledger.jobs.take_over(job, f"worker {number}"))
    (winner,) = [taken for taken in found if isinstance(taken, JobRecord)]
    assert ledger.jobs.get(job.id) == winner
    assert [error.code for error in found if isinstance(error, ChangedError)] == ["no_longer_owner"] * (SEVERAL - 1)


def test_a_mapping_saved_by_several_at_once_is_one(ledger: Ledger) -> None:
    together(lambda number: ledger.mappings.save("d", "users", columns="a", mapping={"n": number}, name="usual"))
    assert len(ledger.mappings.saved("d", "users")) == 1


def test_a_schedule_of_one_name_is_added_once(ledger: Ledger) -> None:
    schedule = Schedule(name="nightly", kind="export", cron="0 2 * * *", database="d", request={}, principal={})
    found = together(lambda _: ledger.schedules.add(schedule))
    assert [error.code for error in found if isinstance(error, ChangedError)] == ["schedule_exists"] * (SEVERAL - 1)
    noted = together(lambda _: ledger.schedules.note("configured:hourly", {"cron": "0 * * * *"}, paused=False))
    assert not [error for error in noted if isinstance(error, EntrepotError)]


def test_of_several_imports_of_one_source_at_once_one_may_say_what_became_of_its_ids(ledger: Ledger) -> None:
    scope = Scope(database="d", source="crm", tenant="", entity="users")
    jobs = [begun(ledger) for _ in range(SEVERAL)]

    def slowly() -> Iterator[tuple[str, str]]:
        time.sleep(0.05)  # long enough for the others to look
        yield "s1", "1"

    found = together(lambda number: ledger.identities.remember(jobs[number], scope, slowly(), frozenset()))
    assert [error.code for error in found if isinstance(error, UnavailableError)] == ["source_in_use"] * (SEVERAL - 1)
    assert len(ledger.identities.contributors(scope)) == 1


def test_of_several_that_make_the_secret_at_once_all_get_that_of_the_first(ledger: Ledger) -> None:
    assert len(set(map(str, together(lambda _: ledger.home.made_secret())))) == 1
    assert together(lambda _: ledger.home.known_secret())[0] == ledger.home.made_secret()


def test_only_one_at_a_time_is_in_a_block_of_one_name(ledger: Ledger) -> None:
    inside: list[int] = []

    def enter(number: int) -> list[int]:
        with ledger.home.alone("files.lock"):
            inside.append(number)
            seen = list(inside)
            inside.remove(number)
        return seen

    assert together(enter) == [[number] for number in range(SEVERAL)]
