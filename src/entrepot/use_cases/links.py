"""Links to what a job has exported, for those who have no account here: each opens one file, for a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from entrepot.access.permissions import is_bound
from entrepot.adapters import Adapters
from entrepot.jobs.orders.giving import FILE
from entrepot.model.errors import AccessError, DamagedError, InputError
from entrepot.model.link_tokens import Grant, grant_of, token_of
from entrepot.model.orders import JobView
from entrepot.model.records import ArtifactRecord
from entrepot.state import State
from entrepot.storage.copies import copy_out, must_be_free
from entrepot.use_cases.inquiries import Inquiries


@dataclass(frozen=True, kw_only=True)
class FileLink:
    name: str
    bytes: int
    sha256: str
    until: datetime
    token: str
    """For `open_link`, and `entrepot jobs download --link`."""
    url: str | None = None
    """Where the file lies in a bucket: whoever has it reads it from there."""


@dataclass(frozen=True, kw_only=True)
class LinkedFile:
    """What a link leads to, read back and proven."""

    id: str
    """Of the stored file."""
    name: str
    media_type: str
    bytes: int
    sha256: str
    until: datetime
    path: Path
    """Of the stored file, or of a copy: to be read, and left alone."""


@dataclass(frozen=True, kw_only=True)
class Links:
    adapters: Adapters

    def make(self, job: str, lasting: timedelta) -> tuple[FileLink, ...]:
        """One for each file that the job has exported; none outlives its file."""
        view = Inquiries(adapters=self.adapters).job(job)
        files = [each for each in view.artifacts if each.kind == FILE]
        if lasting <= timedelta():
            raise InputError("wrong_duration", "A link that lasts no time is none.", remedy="Give it more, such as 1h.")
        if not files:
            raise _nothing(view)
        with self.adapters.state() as state:
            return tuple(self._link(state, each, lasting) for each in files)

    def _link(self, state: State, file: ArtifactRecord, lasting: timedelta) -> FileLink:
        now = self.adapters.clock.now()
        until = min(now + lasting, file.expires_at or now + lasting)
        if state.artifacts.size_of(file.id) is None:
            raise _gone(file.name)
        grant = Grant(file=file.id, tenant=_tenant(self.adapters, file), until=until)
        return FileLink(
            name=file.name,
            bytes=file.bytes,
            sha256=file.sha256,
            until=until,
            token=token_of(grant, state.secret()),
            url=state.artifacts.signed(file.id, until - now),
        )

    def open(self, token: str) -> LinkedFile:
        """AccessError `link_forged`, `link_expired` or `other_tenant`; InputError `link_file_gone`; DamagedError
        `artifact_damaged`."""
        with self.adapters.state() as state:
            grant = grant_of(token, state.known_secret())
            self._must_be_good(grant)
            try:
                record = state.ledger.artifacts.get(grant.file)
            except InputError:
                raise _gone("The file") from None
            return LinkedFile(
                id=record.id,
                name=record.name,
                media_type=record.media_type,
                bytes=record.bytes,
                sha256=record.sha256,
                until=grant.until,
                path=_proven(state, record),
            )

    def _must_be_good(self, grant: Grant) -> None:
        principal = self.adapters.principal
        if is_bound(principal) and principal.tenant != grant.tenant:
            raise AccessError(
                "other_tenant", "This link leads to a file of another tenant.", remedy="Ask for one of your own."
            )
        if grant.until <= self.adapters.clock.now():
            raise AccessError(
                "link_expired",
                f"This link was good until {grant.until:%Y-%m-%d %H:%M} UTC.",
                remedy="Ask for a new one: entrepot jobs link",
            )

    def download(self, token: str, to: Path, *, into_folder: bool) -> tuple[Path, ...]:
        found = self.open(token)
        final = to / found.name if into_folder or to.is_dir() else to
        must_be_free(final)
        copy_out(found.path, final)
        return (final,)


def _tenant(adapters: Adapters, file: ArtifactRecord) -> str | None:
    """Whoever is bound sees none but the own files."""
    return adapters.principal.tenant if is_bound(adapters.principal) else file.tenant


def _proven(state: State, record: ArtifactRecord) -> Path:
    """Where it lies is nobody's to know who has no account here, and no backup to put it back from."""
    try:
        return state.artifacts.verify(record)
    except DamagedError as error:
        raise _gone(record.name) if state.artifacts.size_of(record.id) is None else _damaged(record.name) from error


def _damaged(name: str) -> DamagedError:
    return DamagedError(
        "artifact_damaged",
        f"{name} is not what it was when it was stored.",
        remedy="Tell whoever gave you the link; they can export it again.",
    )


def _gone(name: str) -> InputError:
    return InputError(
        "link_file_gone", f"{name} is no longer kept.", remedy="[retention] exports says how long; export it again."
    )


def _nothing(view: JobView) -> InputError:
    return InputError(
        "nothing_to_download",
        f"{view.job.id} ({view.job.status.value}) has no files that a link could lead to.",
        remedy="They may have expired, or went where the job was told to write them.",
    )
