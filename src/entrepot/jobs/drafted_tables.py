"""The tables of an import on record, each with what is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.bundles.parts import Part
from entrepot.importing.own_ids.tables import with_own_ids
from entrepot.importing.request import Run
from entrepot.jobs.given import room
from entrepot.jobs.tables import Going
from entrepot.jobs.united_parts import united_parts
from entrepot.jobs.way_in import WayIn
from entrepot.model.plans import ImportRequest
from entrepot.model.records import DraftRecord


def drafted(way: WayIn, chosen: Sequence[Going], run: Run) -> tuple[list[Part], tuple[DraftRecord, ...]]:
    sources = [one.table.source for one in chosen]
    with way.state.taking() as copies:
        copies.extend({source.stored.id: source.stored for source in sources}.values())
        asked = _asked(way, chosen, run)
    given = [(source.stored, source.remembered(request)) for source, (request, _) in zip(sources, asked, strict=True)]
    records = way.state.ledger.drafts.add_bundle(given)
    parts = [
        Part(draft=source.draft(record), request=request, run=replace(own, work=room(run, f"table-{at}")))
        for at, (record, source, (request, own)) in enumerate(zip(records, sources, asked, strict=True))
    ]
    return united_parts(parts), records


def _asked(way: WayIn, chosen: Sequence[Going], run: Run) -> list[tuple[ImportRequest, Run]]:
    """Each knows of which others the ids are the files' own. What is made says nothing of them."""
    asked = [way.asked(one.request, run) for one in chosen]
    given = [(request, own) for request, own in asked if request.made is None]
    known = iter(with_own_ids([request for request, _ in given], [own for _, own in given]))
    return [(request if request.made else next(known), own) for request, own in asked]
