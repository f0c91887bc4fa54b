"""What operators watch: counted from what is there at every look, so that no process has to remember anything. Labels
are few: never the id of a job, and a tenant only if that is asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import chain

from entrepot.jobs.schedules.ticking import in_force
from entrepot.jobs.schedules.timing import next_due
from entrepot.ledger.measures import Open, Standings
from entrepot.model.errors import InputError
from entrepot.model.metrics import Family, Sample, distribution
from entrepot.model.records import Status
from entrepot.model.schedules import Schedule, Standing
from entrepot.model.tallies import BYTES, SECONDS, Tally, Total, together
from entrepot.state import State

LATE = timedelta(minutes=1)
"""A worker looks at the clock once a second; a time that nobody saw for so long has no worker."""
PREFIX = "entrepot_"
SINCE = "Since the ledger has this version."


def measured(state: State, configured: Iterable[Schedule], *, by_tenant: bool = False) -> tuple[Family, ...]:
    now = state.ledger.measures.now()
    standings = state.ledger.occurrences.standings(in_force(state, configured))
    late = sum(_is_late(standing, now.at) for standing in standings)
    return (
        *_waiting(now, by_tenant),
        *_over(now.totals, sum(each.deaths for each in now.open)),
        *_lying(now),
        _late(late),
    )


def _waiting(now: Standings, by_tenant: bool) -> Iterator[Family]:
    yield _gauge("jobs_open", "Jobs that are not over.", _open(now.open, by_tenant))
    yield _gauge("jobs_at_work", "Jobs that a worker has.", [_sample(sum(each.at_work for each in now.open))])
    states = (("ready", "ready"), ("put_off", "put_off"))
    yield _gauge(
        "queue_jobs",
        "Jobs that no worker has: ready, or put off until they are tried again.",
        [_sample(getattr(each, name), queue=each.name, state=state) for each in now.queues for name, state in states],
    )
    yield _gauge(
        "queue_oldest_seconds",
        "How long the first of those waits that are ready.",
        [_sample(_age(each.oldest, now.at), queue=each.name) for each in now.queues],
    )


def _open(found: Iterable[Open], by_tenant: bool) -> list[Sample]:
    jobs: Counter[tuple[str, str, str]] = Counter()
    for each in found:
        jobs[each.kind, each.status, (each.tenant or "") if by_tenant else ""] += each.jobs
    return [
        _sample(count, kind=kind, status=status, **({"tenant": tenant} if by_tenant else {}))
        for (kind, status, tenant), count in jobs.items()
    ]


def _over(totals: tuple[Total, ...], deaths: int) -> Iterator[Family]:
    ends = together(totals, lambda total: (total.kind, total.status))
    kinds = together(totals, lambda total: total.kind)
    failed = [total for total in totals if total.status == Status.FAILED]
    died = deaths + sum(tally.deaths for tally in kinds.values())
    yield _counter(
        "jobs_total",
        f"Jobs that are over. {SINCE}",
        [_sample(tally.jobs, kind=kind, status=status) for (kind, status), tally in ends.items()],
    )
    yield _counter(
        "job_failures_total",
        "Failed jobs, by the code of their error.",
        [_sample(total.tally.jobs, kind=total.kind, code=total.code) for total in failed],
    )
    yield _counter(
        "job_rows_total",
        "Rows that went out, or were changed.",
        [_sample(tally.rows, kind=kind) for kind, tally in kinds.items()],
    )
    yield _counter(
        "job_bytes_total",
        "Bytes of the files that jobs made.",
        [_sample(tally.bytes, kind=kind) for kind, tally in kinds.items()],
    )
    yield _counter(
        "job_attempts_total",
        "Attempts at jobs that are over.",
        [_sample(tally.attempts, kind=kind) for kind, tally in kinds.items()],
    )
    yield _counter("job_takeovers_total", "Attempts that died with their worker, and were taken over.", [_sample(died)])
    yield from _spreads(ends, kinds)


def _spreads(ends: Mapping[tuple[str, str], Tally], kinds: Mapping[str, Tally]) -> Iterator[Family]:
    yield _spread(
        "job_seconds",
        "From the submission of a job to its end.",
        chain.from_iterable(
            distribution({"kind": kind, "status": status}, SECONDS, tally.lasted, tally.millis / 1000)
            for (kind, status), tally in ends.items()
        ),
    )
    yield _spread(
        "job_file_bytes",
        "Size of what a job made.",
        chain.from_iterable(
            distribution({"kind": kind}, BYTES, tally.sized, tally.bytes)
            for kind, tally in kinds.items()
            if any(tally.sized)
        ),
    )


def _lying(now: Standings) -> Iterator[Family]:
    """What is stored, and what could not be told."""
    yield _gauge("artifacts", "Stored files.", [_sample(each.files, kind=each.kind) for each in now.stored])
    yield _gauge("artifact_bytes", "Their size.", [_sample(each.bytes, kind=each.kind) for each in now.stored])
    yield _gauge(
        "notifications_unsent",
        "Messages that wait, or that nobody tries any more.",
        [_sample(each.messages, target=each.target, state=each.status) for each in now.unsent],
    )


def _late(count: int) -> Family:
    return _gauge(
        "schedules_overdue", "Schedules whose time came a minute ago or more; nobody saw it.", [_sample(count)]
    )


def _is_late(standing: Standing, now: datetime) -> bool:
    """One that cannot be understood never runs, and is told elsewhere."""
    schedule, since = standing.record.schedule, standing.record.since
    after = since if standing.last is None else max(since, standing.last)
    try:
        due = None if schedule.paused or standing.waiting else next_due(schedule.cron, schedule.zone, after)
    except InputError:
        return False
    return due is not None and due <= now - LATE


def _age(since: datetime | None, now: datetime) -> float:
    return 0 if since is None else max(round((now - since).total_seconds(), 3), 0)


def _sample(value: float, **labels: str) -> Sample:
    return Sample(value=value, labels=labels)


def _gauge(name: str, words: str, samples: Iterable[Sample]) -> Family:
    return Family(name=PREFIX + name, kind="gauge", words=words, samples=tuple(samples))


def _counter(name: str, words: str, samples: Iterable[Sample]) -> Family:
    return Family(name=PREFIX + name, kind="counter", words=words, samples=tuple(samples))


def _spread(name: str, words: str, samples: Iterable[Sample]) -> Family:
    return Family(name=PREFIX + name, kind="histogram", words=words, samples=tuple(samples))
