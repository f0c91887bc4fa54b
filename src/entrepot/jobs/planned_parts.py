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
from entrepot.jobs.united_parts import as_given, united_parts
from entrepot.jobs.unpacking import with_table
from entrepot.jobs.way_in import WayIn
from entrepot.model.bundles import BundlePlan
from entrepot.model.names import entity_names
from entrepot.model.plans import ImportRequest
from entrepot.model.records import DraftRecord
from entrepot.storage.keys import Keys


def planned_parts(way: WayIn, plan: BundlePlan, records: Sequence[DraftRecord], run: Run, keys: Keys) -> list[Part]:
    """A file that holds several tables is made plain once."""
    plain: dict[str, Path] = {}
    names = entity_names(run.catalog)
    requests = {names.find(part.request.entity).name: part.request for part in plan.parts}
    parts = []
    for at, record in enumerate(records):
        if record.artifact_id not in plain:
            stored, place = way.state.ledger.artifacts.get(record.artifact_id), Path(record.request[PLACE])
            plain[record.artifact_id] = way.plain(stored, place, room(run, f"given-{at}"), keys, proven=False)
        asked = msgspec.convert(record.request, ImportRequest)
        request = as_given(requests[names.find(asked.entity).name], asked)
        own = replace(way.recalling(run, request), work=room(run, f"table-{at}"))
        draft = with_table(draft_of(record, plain[record.artifact_id]), request, own.work, keys, known=True)
        parts.append(Part(draft=draft, request=request, run=own))
    return united_parts(parts)
