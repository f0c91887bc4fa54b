"""Running a planned export: write, seal, receipt, publish."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC
from pathlib import Path

from entrepot.exporting.conditions import dates
from entrepot.exporting.flow import Exported, export
from entrepot.exporting.plan import ExportPlan
from entrepot.exporting.receipt_file import encode_receipt, receipt_path
from entrepot.exporting.request import Run
from entrepot.model.receipts import Receipt
from entrepot.storage.publish import Publication


@dataclass(frozen=True, kw_only=True)
class ExportOutcome:
    path: Path
    """The file, or the folder of several."""
    receipt_path: Path
    receipt: Receipt


def publish_export(plan: ExportPlan, run: Run) -> ExportOutcome:
    """All files appear under their names together with the receipt, or none does."""
    target = plan.target
    started, created_at = run.clock.monotonic(), run.clock.now()
    path = receipt_path(target.path, target.folder)
    publication = Publication(
        target=target.path,
        folder=target.folder,
        sealing=plan.sealing,
        overwrite=plan.overwrite,
        expected=(*plan.files, path),
        guard=run.guard,
    )
    with publication:
        exported = export(plan.request, run, publication)
        receipt = replace(
            _receipt(plan, run, exported),
            files=publication.files(),
            created_at=created_at.astimezone(UTC).isoformat(timespec="seconds"),
            seconds=round(run.clock.monotonic() - started, 3),
        )
        run.cancel.check()
        publication.publish(path, encode_receipt(receipt))
    return ExportOutcome(path=target.path, receipt_path=path, receipt=receipt)


def _receipt(plan: ExportPlan, run: Run, exported: Exported) -> Receipt:
    request = plan.request
    return Receipt(
        tool=run.tool,
        format=request.format.name,
        format_options=asdict(request.options),
        created_at="",
        seconds=0.0,
        engine=run.catalog.engine,
        database=run.catalog.database,
        snapshot=exported.snapshot,
        selection=_selection_words(plan, exported),
        entities=exported.entities,
        files=(),
        compression=plan.sealing.compression,
        encrypted=plan.sealing.encrypted,
        warnings=exported.problems,
        lossy=exported.lossy,
        totals={"entities": len(exported.entities), "rows": sum(entity.rows for entity in exported.entities)},
    )


def _selection_words(plan: ExportPlan, exported: Exported) -> dict[str, object]:
    """What was asked for, in the words it was resolved to."""
    selection = plan.request.selection
    since, until = dates(selection)
    return {
        "named": plan.named,
        "entities": selection.entities,
        "exclude": selection.exclude,
        "scope": exported.scope,
        "filters": exported.filters,
        "since": since,
        "until": until,
        "limit": selection.limit,
        "related": selection.relatives.value,
        "left_out": selection.left_behind.value,
        "order": selection.ordering.value,
    }
