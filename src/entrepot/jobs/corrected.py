"""Corrections of an import: what of it still failed, and what has been brought in since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from entrepot.importing.notes import ENTITY, FAILED, GIVEN
from entrepot.importing.request import Draft, Run
from entrepot.jobs.resuming import happened, must_stand
from entrepot.jobs.unpacking import with_table
from entrepot.model.correcting import Correction
from entrepot.model.errors import InputError
from entrepot.model.matching import Span
from entrepot.model.plans import DraftFile, ImportRequest
from entrepot.model.records import DraftRecord, JobRecord
from entrepot.model.spans import minus, spans_of
from entrepot.state import State
from entrepot.storage.keys import Keys
from entrepot.storage.opening import plain_file


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an import stands, after its corrections."""

    allowed: tuple[Span, ...]
    done: tuple[Span, ...]
    whole: bool
    round: int
    """How many corrections were brought in."""


def root_of(state: State, job_id: str) -> JobRecord:
    """The import that it is all about: a correction of a correction is one of the same."""
    job = state.ledger.jobs.get(job_id)
    if job.kind != "import" or job.draft_id is None:
        raise InputError("not_an_import", f"{job.id} is no import.", remedy="Name the import whose records failed.")
    return state.ledger.jobs.get(job.corrects) if job.corrects else job


def is_of_several(state: State, job_id: str) -> bool:
    """Whether it corrects an import of several tables."""
    return draft_of(state, root_of(state, job_id)).bundle is not None


def request_for(state: State, given: ImportRequest) -> ImportRequest:
    """As the import was asked for; nothing but how the corrected file is read can be said anew."""
    if given.corrects is None:
        return given
    if given != ImportRequest(entity=given.entity, reading=given.reading, corrects=given.corrects):
        raise said_besides()
    root = root_of(state, given.corrects)
    if is_of_several(state, root.id):
        raise InputError(
            "not_together",
            f"{root.id} brought several tables in, and this file is taken for the only one.",
            remedy="Give the corrected errors files as several files are given.",
        )
    original = msgspec.convert(draft_of(state, root).request, ImportRequest)
    if given.entity not in ("", original.entity):
        raise InputError(
            "other_entity", f"{root.id} was into {original.entity}, not {given.entity}.", remedy="Leave it out."
        )
    return replace(original, corrects=root.id, corrected=given.reading, batch_size=None)


def said_besides() -> InputError:
    return InputError(
        "corrects_alone",
        "A correction is brought in as its import was asked for, so nothing else can be said about it.",
        remedy="Leave the other options out.",
    )


def draft_of(state: State, job: JobRecord) -> DraftRecord:
    return state.ledger.drafts.get(job.draft_id or "")


def standing_of(state: State, root: JobRecord, run: Run) -> Standing:
    _check_place(state, root, run)
    return folded(state, root, run, _must_have_failed(root, noted(state, root, FAILED)))


def standings_of(state: State, root: JobRecord, run: Run, entities: Sequence[str]) -> dict[str, Standing]:
    """Of an import of several tables, each by its entity."""
    _check_place(state, root, run)
    failed = {entity: noted(state, root, FAILED, entity) for entity in entities}
    _must_have_failed(root, tuple(span for spans in failed.values() for span in spans))
    return {entity: folded(state, root, run, spans, entity) for entity, spans in failed.items()}


def _check_place(state: State, root: JobRecord, run: Run) -> None:
    if root.database != f"{run.catalog.engine}:{run.catalog.database}":
        raise InputError("other_database", f"{root.id} was into {root.database}.", remedy="Name that database: --db.")
    must_stand(state, root, run)


def _must_have_failed(root: JobRecord, failed: tuple[Span, ...]) -> tuple[Span, ...]:
    if not failed:
        raise InputError(
            "nothing_to_correct",
            f"No record of {root.id} failed, as far as is known.",
            remedy="If the import was refused for another reason, import the file again.",
        )
    return failed


def folded(state: State, root: JobRecord, run: Run, failed: tuple[Span, ...], entity: str | None = None) -> Standing:
    """A first correction of an import that was refused brings in all of it."""
    whole, allowed = not happened(root, run), failed
    done = [job for job in reversed(state.ledger.jobs.corrected_by(root.id)) if happened(job, run)]
    for job in done:
        still = noted(state, job, FAILED, entity)
        brought = noted(state, job, GIVEN, entity)
        allowed = still if whole else minus(allowed, minus(brought, still))
        whole = False
    return Standing(allowed=allowed, done=minus(failed, allowed), whole=whole, round=len(done))


def noted(state: State, job: JobRecord, what: str, entity: str | None = None) -> tuple[Span, ...]:
    """Of one table, where there are several."""
    units = [unit.facts for unit in state.ledger.units.of_job(job.id)]
    texts = [str(facts.get(what) or "") for facts in units if entity in (None, facts.get(ENTITY))]
    return tuple(span for text in texts for span in spans_of(text))


def with_original(state: State, draft: Draft, request: ImportRequest, run: Run, keys: Keys) -> Draft:
    root = root_of(state, request.corrects or "")
    standing = standing_of(state, root, run)
    corrected = with_correction(
        state, draft, request, draft_of(state, root), standing=standing, work=run.work, keys=keys
    )
    return replace(corrected, once=named(root, standing))


def named(root: JobRecord, standing: Standing) -> str:
    """What can happen once only: another correction that came in meanwhile makes this one another one."""
    return f"{root.id}, correction {standing.round + 1}"


def with_correction(
    state: State,
    draft: Draft,
    request: ImportRequest,
    record: DraftRecord,
    *,
    standing: Standing,
    work: Path,
    keys: Keys,
) -> Draft:
    """`record` is of what is corrected."""
    room = work / "original"
    room.mkdir()
    stored = state.artifacts.verify(state.ledger.artifacts.get(record.artifact_id))
    correction = Correction(
        path=draft.path,
        name=Path(draft.file.name).name,
        original=record.name,
        reading=request.corrected,
        allowed=standing.allowed,
        done=standing.done,
        whole=standing.whole,
    )
    plain = plain_file(stored, room, keys, given=Path(record.name))
    file = DraftFile(name=record.name, bytes=record.bytes, sha256=record.sha256)
    original = with_table(Draft(path=plain, file=file), request, room, keys, known=True)
    return replace(
        draft,
        path=original.path,
        packed=original.packed,
        files=original.files,
        correction=correction,
    )
