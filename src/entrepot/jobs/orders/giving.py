"""The files of a job, given out under names that people chose."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.model.records import ArtifactRecord, JobRecord
from entrepot.state import State
from entrepot.storage.copies import copy_out, must_be_free

FILE, RECEIPT = "export", "receipt"


def download(state: State, job: JobRecord, to: Path, *, into_folder: bool) -> tuple[Path, ...]:
    """One file under that name, several into that folder; each with its receipt, and proven to be what was written."""
    files = state.ledger.artifacts.of_job(job.id, FILE)
    if not files:
        raise InputError(
            "nothing_to_download",
            f"{job.id} ({job.status.value}) has no files to be downloaded.",
            remedy="They may have expired, or went where the job was told to write them.",
        )
    wanted = _named(
        (*files, *state.ledger.artifacts.of_job(job.id, RECEIPT)), to, into_folder=into_folder or len(files) > 1
    )
    for _, final in wanted:
        must_be_free(final)
    for artifact, final in wanted:
        copy_out(state.artifacts.verify(artifact), final)
    return tuple(final for _, final in wanted)


def _named(found: tuple[ArtifactRecord, ...], to: Path, *, into_folder: bool) -> list[tuple[ArtifactRecord, Path]]:
    """A receipt goes by the name of its file."""
    if into_folder:
        return [(each, to / each.name) for each in found]
    first, *rest = found
    return [(first, to), *((each, to.with_name(each.name.replace(first.name, to.name, 1))) for each in rest)]
