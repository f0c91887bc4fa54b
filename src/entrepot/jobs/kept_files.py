"""What a job puts into the stores of the application, as our own records have it: written down before it is there, so
that it can be taken away again whatever happens to the process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO

import msgspec

from entrepot.importing.request import Run
from entrepot.model.attachments import PlacedFile
from entrepot.model.errors import UnavailableError
from entrepot.model.how_many import how_many
from entrepot.model.ports import Heedful
from entrepot.model.problems import Category, Problem, Severity
from entrepot.model.records import JobRecord
from entrepot.state import State
from entrepot.state_folder import FILES_LOCK

FILES, MEDIA_TYPE = "files", "application/x-ndjson"
LISTED = msgspec.json.Decoder(PlacedFile)


@dataclass(frozen=True, kw_only=True)
class KeptFiles:
    """Fulfils `model.attachments.KeepsFiles`."""

    state: State
    job: JobRecord
    lasting: timedelta
    kept: set[tuple[str, str]] = field(default_factory=set)

    def alone(self) -> AbstractContextManager[None]:
        return alone(self.state)

    def keep(self, files: Sequence[PlacedFile]) -> None:
        """An attempt that is made again has a list of its own."""
        lines = BytesIO(msgspec.json.Encoder().encode_lines(files))
        self.state.store(lines, FILES, MEDIA_TYPE, name=f"files of {self.job.id}", lasting=self.lasting, job=self.job)
        self.kept.update((one.collection, one.key) for one in files)


@contextmanager
def alone(state: State) -> Iterator[None]:
    try:
        with state.ledger.home.alone(FILES_LOCK):
            yield
    except UnavailableError as error:
        if error.code != "ledger_busy":
            raise
        raise UnavailableError(
            "files_busy",
            "Another import has been putting files into the stores for too long. Nothing was written.",
            remedy="Try again when it is done.",
        ) from error


def lists_of(state: State, job: str) -> list[list[PlacedFile]]:
    """One for each attempt."""
    found: list[list[PlacedFile]] = []
    for record in state.ledger.artifacts.of_job(job, FILES):
        with state.artifacts.verify(record).open("rb") as file:
            found.append([LISTED.decode(line) for line in file])
    return found


def drop_files(state: State, job: str, run: Run) -> int:
    """Those of a job that no row refers to; how many."""
    lists = lists_of(state, job)
    if not lists:
        return 0

    from entrepot.importing.attachments.removing import take_away

    every = {(one.collection, one.key): one for some in lists for one in some}
    with alone(state), run.engine.undisturbed() if isinstance(run.engine, Heedful) else nullcontext():
        return len(take_away(list(every.values()), run))


def settle_files(state: State, job: JobRecord, run: Run, *, applied: bool) -> int:
    """Of a job that is over, before that is on record: what came to nothing goes; what was taken back does, too; and
    what attempts before the last one have left. How many went."""
    if not applied or len(lists_of(state, job.id)) > 1:
        return drop_files(state, job.id, run)
    return 0 if job.undoes is None else drop_files(state, job.undoes, run)


def number_of(state: State, job: JobRecord) -> int:
    """How many files it put into the stores."""
    return len({(one.collection, one.key) for some in lists_of(state, job.id) for one in some})


def staying_away(state: State, job: JobRecord) -> tuple[Problem, ...]:
    """What an undo took away, its own undo does not bring back."""
    gone = 0 if job.undoes is None else number_of(state, state.ledger.jobs.get(job.undoes))
    if not gone:
        return ()
    return (
        Problem(
            code="files_stay_away",
            message=f"Rows come back, but none of the {how_many(gone, 'file')} that {job.id} may have taken away.",
            remedy="Import the package again, to bring them back: --mode upsert.",
            severity=Severity.WARNING,
            category=Category.REFERENCE,
        ),
    )
