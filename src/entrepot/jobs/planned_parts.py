"""The tables of an import as they were when it was planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from entrepot.importing.bundles.parts import Part
from entrepot.importing.request import Run
from entrepot.jobs.drafting import PLACE, draft_of
from entrepot.jobs.given import room
from entrepot.jobs.resuming import recalled
from entrepot.jobs.united_parts import as_given, united_parts
from entrepot.jobs.unpacking import with_table
from entrepot.jobs.way_in import WayIn
from entrepot.model.bundles import BundlePlan
from entrepot.model.names import entity_names
from entrepot.model.plans import ImportRequest
from entrepot.model.records import DraftRecord, JobRecord
from entrepot.storage.keys import Keys


def planned_parts(way: WayIn, plan: BundlePlan, records: Sequence[DraftRecord], run: Run, keys: Keys) -> list[Part]:
    requests = _planned(plan, records, run)
    return _parts(way, records, [(request, way.recalling(run, request)) for request in requests], run, keys)


def begun_parts(way: WayIn, job: JobRecord, plan: BundlePlan | None, run: Run, keys: Keys) -> list[Part]:
    """As they were when the job began."""
    records = way.state.ledger.drafts.of_bundle(job.draft_id or "")
    own = replace(run, recall=recalled(way.state, job) or way.memory(run).recall)
    requests = _planned(plan, records, run) if plan else [_asked(record) for record in records]
    return _parts(way, records, [(request, own) for request in requests], run, keys)


def _planned(plan: BundlePlan, records: Sequence[DraftRecord], run: Run) -> list[ImportRequest]:
    names = entity_names(run.catalog)
    planned = {names.find(part.request.entity).name: part.request for part in plan.parts}
    return [as_given(planned[names.find(asked.entity).name], asked) for asked in map(_asked, records)]


def _asked(record: DraftRecord) -> ImportRequest:
    return msgspec.convert(record.request, ImportRequest)


def _parts(
    way: WayIn, records: Sequence[DraftRecord], asked: Sequence[tuple[ImportRequest, Run]], run: Run, keys: Keys
) -> list[Part]:
    """A file that holds several tables is made plain once."""
    plain: dict[str, Path] = {}
    parts = []
    for at, (record, (request, own)) in enumerate(zip(records, asked, strict=True)):
        if record.artifact_id not in plain:
            stored, place = way.state.ledger.artifacts.get(record.artifact_id), Path(record.request[PLACE])
            plain[record.artifact_id] = way.plain(stored, place, room(run, f"given-{at}"), keys, proven=False)
        work = room(run, f"table-{at}")
        draft = with_table(draft_of(record, plain[record.artifact_id]), request, work, keys, known=True)
        parts.append(Part(draft=draft, request=request, run=replace(own, work=work)))
    return united_parts(parts)
