"""The part of the service that hands out links to stored files."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.use_cases.links import FileLink, LinkedFile, Links

AN_HOUR = timedelta(hours=1)


class Linking:
    """A part of `service.Entrepot`. Whoever has a link may read the file that it leads to, and nothing else."""

    _adapters: Adapters

    def link(self, job: str, *, expires: timedelta = AN_HOUR) -> tuple[FileLink, ...]:
        """One for each file that a job has kept. Its token is for `open_link`; of files in a bucket there is a URL as
        well. No link outlives its file."""
        with recorded(self._adapters, Action.LINK, job, expires=int(expires.total_seconds())):
            return self._links.make(job, expires)

    def open_link(self, token: str) -> LinkedFile:
        """What it leads to, read back and compared with what was stored. AccessError if it has expired, was not made
        here, or is of another tenant."""
        with recorded(self._adapters, Action.OPEN_LINK) as told:
            found = self._links.open(token)
            told.facts["file"] = found.id
            return found

    def download_link(self, token: str, *, to: str | Path) -> tuple[Path, ...]:
        """Copy that to a file, or into a folder."""
        with recorded(self._adapters, Action.OPEN_LINK) as told:
            return told(self._links.download(token, Path(to), into_folder=str(to).endswith("/")))

    @property
    def _links(self) -> Links:
        from entrepot.use_cases.links import Links

        return Links(adapters=self._adapters)
