"""Running a planned export: write, seal, receipt, publish."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from pathlib import Path

from entrepot.exporting.conditions import dates
from entrepot.exporting.flow import Exported, export
from entrepot.exporting.plan import ExportPlan
from entrepot.exporting.receipt_file import decode_receipt, encode_receipt, receipt_path
from entrepot.exporting.request import Run
from entrepot.exporting.size import at_least
from entrepot.exporting.which_receipt import outdated_by
from entrepot.model.errors import DamagedError
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.receipts import FileReceipt, Receipt
from entrepot.storage.bounds import must_have_room
from entrepot.storage.finished import Outdated
from entrepot.storage.key_files import is_key_file
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
        disk=run.disk,
    )
    must_have_room(target.path.parent, at_least(plan), f"The export to {target.path.name}")
    with publication:
        exported = export(plan.request, run, publication)
        files = publication.files()
        receipt = replace(
            _receipt(plan, run, exported),
            files=files,
            warnings=(*exported.problems, *_left_behind(path, files, plan)),
            created_at=created_at.astimezone(UTC).isoformat(timespec="seconds"),
            seconds=round(run.clock.monotonic() - started, 3),
        )
        run.cancel.check()
        if run.promise is not None:
            run.promise(target.path, path, publication.room, receipt)
        publication.publish(path, encode_receipt(receipt), _outdated(plan, files))
    return ExportOutcome(path=target.path, receipt_path=path, receipt=receipt)


def _outdated(plan: ExportPlan, files: Sequence[FileReceipt]) -> tuple[Outdated, ...]:
    target = plan.target
    home = target.path if target.folder else target.path.parent
    names = {file.name for file in files}
    return tuple(outdated_by(home, names, folder=target.folder)) if plan.overwrite else ()


def _left_behind(path: Path, files: Sequence[FileReceipt], plan: ExportPlan) -> Iterator[Problem]:
    """Files of the receipt that is replaced, which nothing will speak of any more."""
    if not plan.target.folder or not plan.overwrite or not path.is_file():
        return
    with suppress(DamagedError):
        now = {file.name for file in files}
        for file in decode_receipt(path.read_bytes()).files:
            if file.name not in now and (path.parent / file.name).is_file() and not is_key_file(file.name):
                yield Problem(
                    code="left_behind",
                    message=f"{file.name} is from an earlier export, and no receipt speaks of it any more.",
                    remedy="Remove it, or export everything together.",
                    severity=Severity.WARNING,
                    category=Category.INTEGRITY,
                    place=Place(file=file.name),
                )


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
