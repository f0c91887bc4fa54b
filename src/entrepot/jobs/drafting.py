"""What every import does with its files before anything is known of them: a copy is kept, and made plain."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from entrepot.importing.own_ids.tables import check_together, with_own_ids
from entrepot.importing.prepare import checked_entity
from entrepot.importing.request import Draft, Run
from entrepot.jobs.coming import Coming, coming
from entrepot.jobs.corrected import request_for
from entrepot.jobs.durable import MEDIA_TYPE, document, settle
from entrepot.jobs.errors_files import KeptErrors
from entrepot.jobs.kept_files import KeptFiles
from entrepot.jobs.mapping_memory import MappingMemory
from entrepot.jobs.resuming import recalled
from entrepot.jobs.source_ids import SourceIds
from entrepot.model.bundles import BundlePlan
from entrepot.model.plans import DraftFile, ImportPlan, ImportRequest
from entrepot.model.records import ArtifactRecord, Document, DraftRecord, JobRecord, PlanRecord
from entrepot.state import State
from entrepot.storage.bounds import must_have_room
from entrepot.storage.keys import Keys
from entrepot.storage.opening import plain_file

PLAN_DAYS = 7
DRAFT = "draft"
PLACE = "place"
"""Where the file lay, in what a draft remembers: a locked key lies beside it."""
DATABASE = "database"
"""Where the rows came from, if there is no file."""


@dataclass(frozen=True, kw_only=True)
class Drafting:
    run: Callable[[], AbstractContextManager[Run]]
    """Everything an import works with, with a private folder that is gone afterwards."""
    state: State
    drafts_kept: timedelta
    journals_kept: timedelta
    """How long the file of an import that was done is kept."""
    now: Callable[[], datetime]
    errors_to: Path | None = None
    """Where somebody wants the errors file."""

    @contextmanager
    def begun(self) -> Iterator[Run]:
        """Whatever dead processes left open is settled first."""
        with self.run() as run:
            settle(self.state, run)
            yield run

    def asked(self, request: ImportRequest, run: Run) -> tuple[ImportRequest, Run]:
        """With what is saved and remembered; what cannot be is refused before the file is read."""
        request = self.memory(run).with_saved(request_for(self.state, request))
        checked_entity(request, run)
        check_together(request)
        return request, self.knowing(self.recalling(run, request), request)

    def asked_alone(self, request: ImportRequest, run: Run) -> tuple[ImportRequest, Run]:
        """The same of an import of one table."""
        request, run = self.asked(request, run)
        return with_own_ids([request], [run])[0], run

    def knowing(self, run: Run, request: ImportRequest, job: JobRecord | None = None) -> Run:
        """What became of the ids of its source."""
        if not request.source:
            return run
        known = SourceIds(
            state=self.state, database=run.identity, source=request.source, marked=run.engine.marked, job=job
        )
        return replace(run, known_ids=known)

    def coming(self, file: Path) -> AbstractContextManager[Coming]:
        """The file as it is now, whatever becomes of it later."""
        return coming(self.state, file, DRAFT)

    def copied(self, copy: Coming, run: Run) -> ArtifactRecord:
        """What has come, on record."""
        run.reporter.phase(f"Taking a copy of {copy.file.name}")
        return self.state.record(copy.take(), MEDIA_TYPE, lasting=self.drafts_kept)

    def plain(self, stored: ArtifactRecord, place: Path, work: Path, keys: Keys, *, proven: bool) -> Path:
        """What was kept, proven to be the bytes that were taken."""
        path = self.state.artifacts.path(stored.id) if proven else self.state.artifacts.verify(stored)
        plain = plain_file(path, work, keys, given=place)
        must_have_room(work, plain.stat().st_size, f"Reading {stored.name}")
        return plain

    def memory(self, run: Run) -> MappingMemory:
        return MappingMemory(state=self.state, catalog=lambda: run.catalog)

    def recalling(self, run: Run, request: ImportRequest) -> Run:
        """The columns of a correction go where they went when its import began."""
        then = recalled(self.state, self.state.ledger.jobs.get(request.corrects)) if request.corrects else None
        return replace(run, recall=then or self.memory(run).recall)

    def keeping_errors(
        self, run: Run, to: Path | None, job: JobRecord | None = None, *, is_folder: bool = False, mark: str = ""
    ) -> Run:
        """Failed records are kept as long as what was done can be undone."""
        kept = KeptErrors(state=self.state, lasting=self.journals_kept, job=job, to=to, is_folder=is_folder, mark=mark)
        return replace(run, keep_errors=kept)

    def keeping_files(self, job: JobRecord) -> KeptFiles:
        return KeptFiles(state=self.state, job=job, lasting=self.journals_kept)

    def kept(self, plan: ImportPlan | BundlePlan, draft_id: str) -> PlanRecord:
        return self.state.ledger.plans.add(
            draft_id,
            database=f"{plan.engine}:{plan.database}",
            digest=plan.digest,
            summary=document(plan),
            expires_at=self.now() + timedelta(days=PLAN_DAYS),
        )


def asked_of(request: ImportRequest, file: Path, database: str = "") -> Document:
    """What a draft remembers."""
    return {**document(request), PLACE: str(file.absolute()), DATABASE: database}


def draft_of(record: DraftRecord, plain: Path) -> Draft:
    database = record.request.get(DATABASE, "")
    file = DraftFile(name=record.name, bytes=record.bytes, sha256=record.sha256, database=database)
    return Draft(path=plain, file=file)
