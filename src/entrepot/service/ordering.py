"""The part of the service that has jobs done by a worker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.model.selection import Selection, chosen
from entrepot.service.submitting import submitting
from entrepot.use_cases.audited_names import without_secrets
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.exporting.plan import ExportOptions
    from entrepot.jobs.orders.lookout import Told
    from entrepot.model.bundles import BundleRequest
    from entrepot.model.orders import EventRecord, JobView
    from entrepot.model.plans import ImportRequest
    from entrepot.model.records import JobRecord
    from entrepot.use_cases.inquiries import Inquiries
    from entrepot.use_cases.submissions import Manner


class Ordering:
    """A part of `service.Entrepot`. Whoever submits comes back at once; a worker process of its own does the work,
    whatever becomes of this one. It is started here if there is none."""

    _adapters: Adapters

    def submit_export(
        self,
        *entities: str,
        to: str | Path | None = None,
        selection: Selection | None = None,
        named: str | None = None,
        options: ExportOptions | None = None,
        manner: Manner | None = None,
    ) -> JobRecord:
        """As `export`, but as a job. Without `to` its files are kept for a while, to be downloaded (`download`); then
        `options.format` says what they are."""
        from entrepot.exporting.plan import ExportOptions

        asked = chosen(entities, selection, named)
        what, facts = ", ".join(asked.entities), {"named": named, "tenant": asked.tenant}
        with submitting(self._adapters, manner, Action.SUBMIT_EXPORT, to, what, **facts) as (submissions, told):
            return told(submissions.export(to, asked, named, options or ExportOptions()))

    def submit_import(
        self,
        file: str | Path | Sequence[str | Path],
        request: ImportRequest | BundleRequest | None = None,
        *,
        look: bool = False,
        manner: Manner | None = None,
    ) -> JobRecord:
        """As `bring_in`, or with `look` as `preview`: then the job's receipt names the plan, for `submit_apply`. The
        files are kept as they are now."""
        from entrepot.service.bringing import one, only, several

        alone = isinstance(file, (str, Path))
        files = [Path(file)] if isinstance(file, (str, Path)) else [Path(name) for name in file]
        asked = one(request) if alone or only(files, request) else several(request)
        about = ", ".join(map(str, files))
        with submitting(self._adapters, manner, Action.SUBMIT_IMPORT, about) as (submissions, told):
            return told(submissions.bring_in(files, asked, look=look, alone=alone))

    def submit_apply(
        self, plan_id: str, *, confirm_deletes: int | None = None, manner: Manner | None = None
    ) -> JobRecord:
        """As `apply`."""
        with submitting(self._adapters, manner, Action.SUBMIT_APPLY, plan_id) as (submissions, told):
            return told(submissions.apply(plan_id, confirm_deletes))

    def submit_copy(
        self,
        *entities: str,
        source: str,
        selection: Selection | None = None,
        named: str | None = None,
        request: BundleRequest | None = None,
        look: bool = False,
        manner: Manner | None = None,
    ) -> JobRecord:
        """As `copy`, or with `look` as `preview_copy`."""
        from entrepot.service.copying import request_of
        from entrepot.use_cases.copies import CopyRequest

        asked = CopyRequest(
            source=source,
            selection=chosen(entities, selection, named),
            named=named,
            asked=request_of(request),
            errors_to=None,
        )
        about = without_secrets(source) if "://" in source else source
        with submitting(self._adapters, manner, Action.SUBMIT_COPY, about) as (submissions, told):
            return told(submissions.copy(asked, look=look))

    def submit_undo(self, job: str, *, agreed: str | None = None, manner: Manner | None = None) -> JobRecord:
        """As `undo`."""
        with submitting(self._adapters, manner, Action.SUBMIT_UNDO, job) as (submissions, told):
            return told(submissions.undo(job, agreed))

    def start_job(self, id: str, *, queue: str | None = None) -> JobRecord:
        """Have a job done that was submitted with `Manner(held=True)`, by what the last look at it has planned."""
        from entrepot.use_cases.held_back import HeldBack

        with recorded(self._adapters, Action.START_JOB, id) as told:
            return told(HeldBack(adapters=self._adapters).start(id, queue))

    def look_at_job(self, id: str, *, manner: Manner | None = None) -> JobRecord:
        """The job that looks what an import would do that is held, as `submit_import` does with `look`."""
        from entrepot.use_cases.held_back import HeldBack
        from entrepot.use_cases.submissions import Manner

        with recorded(self._adapters, Action.SUBMIT_IMPORT, id) as told:
            return told(HeldBack(adapters=self._adapters).look(id, manner or Manner()))

    def jobs(self, limit: int = 20, *, kind: str | None = None) -> tuple[JobRecord, ...]:
        """The newest first."""
        return self._inquiries.jobs(limit, kind)

    def job(self, id: str) -> JobView:
        """With what was asked, how far it is, and its files."""
        return self._inquiries.job(id)

    def follow(self, id: str, after: int = 0) -> Iterator[Told]:
        """Its events behind that number, and now and then its progress, until it is over."""
        return self._inquiries.follow(id, after)

    def job_events(self, id: str, after: int = 0) -> tuple[EventRecord, ...]:
        """What has happened to it so far, behind that number."""
        return self._inquiries.events(id, after)

    def cancel_job(self, id: str) -> JobRecord:
        """Ask it to stop; it hears of it within a second."""
        with recorded(self._adapters, Action.CANCEL_JOB, id) as told:
            return told(self._inquiries.cancel(id))

    def retry_job(self, id: str) -> JobRecord:
        """Submit once more what failed or was cancelled, as a new job."""
        with recorded(self._adapters, Action.RETRY_JOB, id) as told:
            return told(self._inquiries.retry(id))

    def download(self, id: str, *, to: str | Path) -> tuple[Path, ...]:
        """Copy the files of a job to a file or a folder, with their receipt."""
        with recorded(self._adapters, Action.DOWNLOAD, id) as told:
            return told(self._inquiries.download(id, Path(to), into_folder=str(to).endswith("/")))

    @property
    def _inquiries(self) -> Inquiries:
        from entrepot.use_cases.inquiries import Inquiries

        return Inquiries(adapters=self._adapters)
