"""The import of several tables: the same decisions again inside one write transaction, and then the changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC
from functools import partial

from entrepot.importing.apply import concluded
from entrepot.importing.attachments.carrying import carried
from entrepot.importing.attempts import carry_out
from entrepot.importing.bundles.agreeing import agree, refuse
from entrepot.importing.bundles.alone import lane_of
from entrepot.importing.bundles.deciding import Settled, decide
from entrepot.importing.bundles.look import planned
from entrepot.importing.bundles.members import Member
from entrepot.importing.bundles.opening import members_of
from entrepot.importing.bundles.parts import Part
from entrepot.importing.bundles.unasked import without_unasked
from entrepot.importing.bundles.writing import write
from entrepot.importing.expecting import expect
from entrepot.importing.failed_rows import with_errors
from entrepot.importing.mirroring.guards import must_be_confirmed
from entrepot.importing.notes import noted
from entrepot.importing.own_ids.minting import mint, remember
from entrepot.importing.request import Run
from entrepot.importing.tenancy import discreet
from entrepot.importing.wanted import Keep, Wanted
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundlePlan, BundleReceipt, summed
from entrepot.model.changes import Mark
from entrepot.model.import_receipts import ImportReceipt

Asked = Wanted[BundlePlan, BundleReceipt]
Say = Callable[[BundleReceipt], object]


def apply(
    parts: Sequence[Part],
    run: Run,
    bench: Bench,
    *,
    job: str,
    keep: Keep,
    agreed: BundlePlan | None,
    once: tuple[str, ...],
    ready: Say,
) -> BundleReceipt:
    """All tables or none. `agreed` is the plan that somebody saw."""
    began = run.clock.monotonic()
    wanted = Asked(job=job, once=once, keep=keep, agreed=agreed, ready=ready)
    members = members_of(parts, run, bench)
    receipt = carry_out(partial(_written, members, run, wanted), run, Mark(job=job), wanted.epochs)
    return replace(receipt, seconds=run.clock.monotonic() - began)


def _written(members: Sequence[Member], run: Run, wanted: Asked, mark: Mark, say: Say) -> None:
    with lane_of(members, run) as lane:
        target = lane.target
        wanted.mark(target, mark)
        mint([member.work for member in members], target)
        settled = without_unasked(decide(members, target))
        plan = planned([one.plan() for one in settled], run)
        agree(plan, wanted.agreed)
        refuse_blocked(settled, plan)
        must_be_confirmed(plan, plan.confirmed)
        expect(plan.parts, run)
        with discreet(plan.parts[0].request), carried(write(settled, plan, target), run) as done:
            for changed in done:
                noted(changed.work, changed.plan)
            receipts = [concluded(changed, lane, wanted.job, wanted.keep) for changed in done]
            remember(done)
            receipt = receipt_of(receipts, plan, run)
            say(receipt)
            wanted.ready(receipt)
            run.reporter.phase("Committing")
            target.commit()


def refuse_blocked(settled: Sequence[Settled], plan: BundlePlan) -> None:
    """What failed is noted, so that it can be given back."""
    if plan.blocked:
        pairs = list(zip(settled, plan.parts, strict=True))
        for number, (one, part) in enumerate(pairs):
            noted(one.member.work, part, number)
        refuse([with_errors(one.member.work, part, one.decided) for one, part in pairs])


def receipt_of(receipts: Sequence[ImportReceipt], plan: BundlePlan, run: Run) -> BundleReceipt:
    return BundleReceipt(
        job=receipts[0].job,
        tool=run.tool,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        seconds=0.0,
        engine=plan.engine,
        database=plan.database,
        digest=plan.digest,
        counts=summed(receipt.counts for receipt in receipts),
        parts=tuple(receipts),
    )
