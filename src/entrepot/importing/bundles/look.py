"""The preview of several tables: the whole import but its changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.attachments.looking import Shelf, with_files
from entrepot.importing.bundles.deciding import Settled, decide, digest_of
from entrepot.importing.bundles.members import entities_of
from entrepot.importing.bundles.opening import members_of
from entrepot.importing.bundles.parts import Part
from entrepot.importing.bundles.unasked import without_unasked
from entrepot.importing.failed_rows import with_errors
from entrepot.importing.look import explained
from entrepot.importing.looking_up import with_ids
from entrepot.importing.request import Run
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundlePlan
from entrepot.model.plans import ImportPlan


def look(parts: Sequence[Part], run: Run, bench: Bench) -> BundlePlan:
    """Nothing is written and nobody is locked out."""
    began = run.clock.monotonic()
    members = members_of(parts, run, bench)
    with run.engine.change(run.catalog, entities_of(members), run.work, write=False) as target:
        settled = without_unasked(decide(members, target))
    shelf = Shelf(stores=run.file_stores)
    plans = tuple(_shown(one, shelf) for one in settled)
    return replace(planned(plans, run), seconds=run.clock.monotonic() - began)


def planned(plans: Sequence[ImportPlan], run: Run) -> BundlePlan:
    return BundlePlan(
        digest=digest_of(plans), engine=run.catalog.engine, database=run.catalog.database, parts=tuple(plans)
    )


def _shown(settled: Settled, shelf: Shelf) -> ImportPlan:
    work = settled.member.work
    plan = replace(explained(settled.plan(), work, settled.taken), references=with_ids(work))
    return with_errors(work, with_files(work, plan, shelf), settled.decided)
