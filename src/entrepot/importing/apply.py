"""The import itself: the same decisions again inside one write transaction, and then the changes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from functools import partial

from entrepot.importing.agreeing import agree, receipt_of, refuse
from entrepot.importing.attachments.carrying import carried
from entrepot.importing.attempts import carry_out
from entrepot.importing.expecting import expect
from entrepot.importing.failed_rows import with_errors
from entrepot.importing.halving import CODE as REFUSED
from entrepot.importing.isolating import Changed, changed
from entrepot.importing.journal import JournalWriter
from entrepot.importing.lanes import MAPPED, RAW, Lane, lane_of, named
from entrepot.importing.look import planned
from entrepot.importing.match import match
from entrepot.importing.mirroring.deleting import mirrored
from entrepot.importing.mirroring.guards import must_be_confirmed
from entrepot.importing.notes import noted
from entrepot.importing.own_ids.minting import mint, remember
from entrepot.importing.prepare import working
from entrepot.importing.proof import prove
from entrepot.importing.raw import Raw, is_admitted, meets, raw_import
from entrepot.importing.raw_loading import loaded
from entrepot.importing.raw_meeting import goes_beside, met, write
from entrepot.importing.request import Draft, Run, Work
from entrepot.importing.tenancy import discreet
from entrepot.importing.wanted import Keep, Wanted
from entrepot.model.changes import Mark
from entrepot.model.drafts import Errors
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.stretches import OddError

Asked = Wanted[ImportPlan, ImportReceipt]
Ready = Callable[[ImportReceipt], object]
"""Hears the receipt just before the commit that makes it true."""


def nobody(_receipt: ImportReceipt) -> None: ...


def apply(
    draft: Draft,
    request: ImportRequest,
    run: Run,
    *,
    job: str,
    keep: Keep,
    agreed: ImportPlan | None = None,
    once: tuple[str, ...] = (),
    ready: Ready = nobody,
) -> ImportReceipt:
    """All of it or nothing. `agreed` is the plan that somebody saw: if the rows have changed so that
    something else would come of it, nothing happens. A name of `once` marks one transaction only, whatever its job."""
    started = run.clock.monotonic()
    with run.bench() as bench:
        wanted = Asked(job=job, once=once, keep=keep, agreed=agreed, ready=ready)
        raw = raw_import(draft, request, run, bench)
        receipt = _as_it_stands(raw, wanted) if raw and (is_admitted(raw) or meets(raw)) else None
        if receipt is None:
            work = working(draft, request, run, bench)
            receipt = carry_out(partial(_the_long_way, work, wanted), run, Mark(job=job), wanted.epochs)
        return replace(receipt, seconds=run.clock.monotonic() - started)


def _as_it_stands(raw: Raw, wanted: Asked) -> ImportReceipt | None:
    """None, and nothing happened, where something is odd."""
    try:
        return carry_out(partial(_bytes, raw, wanted), raw.work.run, Mark(job=wanted.job), wanted.epochs)
    except OddError:
        return None
    except InputError as error:
        if error.code != REFUSED or raw.work.prepared.request.errors is not Errors.SKIP:
            raise
        return None


def _bytes(raw: Raw, wanted: Asked, mark: Mark, say: Ready) -> None:
    path, entity = raw.work.run.work / "journal of bytes", raw.work.prepared.entity.name
    with closing(JournalWriter(path, entity)) as journal, lane_of(raw.work) as lane:
        wanted.mark(lane.target, mark)
        if goes_beside(raw, lane.target):
            work, plan = _beside(raw, wanted, lane, journal)
        elif not is_admitted(raw):
            raise OddError
        else:
            work, decided, rows = loaded(raw, lane.target, journal)
            plan = replace(planned(work, decided), lane=named(rows, exclusive=lane.exclusive))
            agree(plan, wanted.agreed)
            noted(work, plan)
        wanted.keep(journal.path, journal.facts)
        receipt = receipt_of(work, plan, lane, wanted.job)
        say(receipt)
        _commit(work, lane, wanted, receipt)


def _beside(raw: Raw, wanted: Asked, lane: Lane, journal: JournalWriter) -> tuple[Work, ImportPlan]:
    sent = met(raw, lane.target)
    plan = replace(planned(sent.judged, sent.decided(lane.target)), lane=named(RAW, exclusive=lane.exclusive))
    agree(plan, wanted.agreed)
    noted(sent.work, plan)
    write(sent, plan, lane.target, journal)
    return sent.work, plan


def _the_long_way(work: Work, wanted: Asked, mark: Mark, say: Ready) -> None:
    with lane_of(work) as lane:
        target = lane.target
        wanted.mark(target, mark)
        mint([work], target)
        decided = match(work, target)
        plan = replace(planned(work, decided), lane=named(MAPPED, exclusive=lane.exclusive))
        agree(plan, wanted.agreed)
        if plan.blocked:
            noted(work, plan)
            refuse(with_errors(work, plan, decided))
        must_be_confirmed(plan, plan.confirmed)
        expect([plan], work.run)
        with discreet(plan.request):
            done = mirrored(work, decided, plan, target) if plan.radius else changed(work, decided, plan, target)
            noted(done.work, done.plan)
            with carried([done], work.run) as (done,):
                receipt = concluded(done, lane, wanted.job, wanted.keep)
                remember([done])
                say(receipt)
                _commit(work, lane, wanted, receipt)


def concluded(done: Changed, lane: Lane, job: str, keep: Keep) -> ImportReceipt:
    """What was changed may be committed: it was looked at again, where that was wanted, and its journal is safe."""
    work, plan = done.work, with_errors(done.work, done.plan, done.decided)
    proofs = prove(work, plan, lane.target, done.journal) if plan.request.prove else ()
    for journal in done.journal.all:
        keep(journal.path, journal.facts)
    return replace(receipt_of(work, plan, lane, job), proofs=proofs)


def _commit(work: Work, lane: Lane, wanted: Asked, receipt: ImportReceipt) -> None:
    wanted.ready(receipt)
    work.run.reporter.phase("Committing")
    lane.target.commit()
