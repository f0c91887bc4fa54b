"""The part of the service that has jobs done by a worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.auditing import recorded
from entrepot.model.audit import Action
from entrepot.model.selection import Selection, chosen

if TYPE_CHECKING:
    from entrepot.exporting.plan import ExportOptions
    from entrepot.jobs.orders.watching import Told
    from entrepot.model.orders import EventRecord, JobView
    from entrepot.model.records import JobRecord
    from entrepot.submissions import Manner, Submissions


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
        from entrepot.submissions import Manner

        asked = chosen(entities, selection, named)
        what, facts = ", ".join(asked.entities), {"named": named, "tenant": asked.tenant}
        with recorded(self._adapters, Action.SUBMIT_EXPORT, to, what, **facts) as told:
            return told(self._submissions.export(to, asked, named, options or ExportOptions(), manner or Manner()))

    def jobs(self, limit: int = 20, *, kind: str | None = None) -> tuple[JobRecord, ...]:
        """The newest first."""
        return self._submissions.jobs(limit, kind)

    def job(self, id: str) -> JobView:
        """With what was asked, how far it is, and its files."""
        return self._submissions.job(id)

    def follow(self, id: str, after: int = 0, wait: Callable[[float], object] = time.sleep) -> Iterator[Told]:
        """Its events behind that number, and now and then its progress, until it is over."""
        return self._submissions.follow(id, after, wait)

    def job_events(self, id: str, after: int = 0) -> tuple[EventRecord, ...]:
        """What has happened to it so far, behind that number."""
        return self._submissions.events(id, after)

    def cancel_job(self, id: str) -> JobRecord:
        """Ask it to stop; it hears of it within a second."""
        with recorded(self._adapters, Action.CANCEL_JOB, id) as told:
            return told(self._submissions.cancel(id))

    def retry_job(self, id: str) -> JobRecord:
        """Submit once more what failed or was cancelled, as a new job."""
        with recorded(self._adapters, Action.RETRY_JOB, id) as told:
            return told(self._submissions.retry(id))

    def download(self, id: str, *, to: str | Path) -> tuple[Path, ...]:
        """Copy the files of a job to a file or a folder, with their receipt."""
        with recorded(self._adapters, Action.DOWNLOAD, id) as told:
            return told(self._submissions.download(id, Path(to), into_folder=str(to).endswith("/")))

    @property
    def _submissions(self) -> Submissions:
        from entrepot.submissions import Submissions

        return Submissions(adapters=self._adapters)
