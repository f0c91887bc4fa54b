"""Who did what: the lines of the audit, and what is found when they are checked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.records import Document


OK = "ok"
BEGUN = "begun"
"""The result of a line that only says that something is about to happen."""
OF = "of"
"""The fact of a line by which it ends another one: that one's number."""


class Action(StrEnum):
    EXPORT = "export"
    PREVIEW = "import.preview"
    IMPORT = "import"
    APPLY = "import.apply"
    RESUME = "import.resume"
    COPY_PREVIEW = "copy.preview"
    COPY = "copy"
    UNDO = "undo"
    RESTORE_PREVIEW = "versions.restore"
    ERRORS_FILE = "errors_file"
    CHANGES = "changes"
    TEMPLATE = "template"
    DELETE_MAPPING = "mapping.delete"
    AUDIT_EXPORT = "audit.export"
    SUBMIT_EXPORT = "export.submit"
    SUBMIT_IMPORT = "import.submit"
    SUBMIT_APPLY = "import.apply.submit"
    SUBMIT_COPY = "copy.submit"
    SUBMIT_UNDO = "undo.submit"
    CANCEL_JOB = "job.cancel"
    RETRY_JOB = "job.retry"
    START_JOB = "job.start"
    DOWNLOAD = "job.download"
    LINK = "job.link"
    OPEN_LINK = "link.open"
    ADD_SCHEDULE = "schedule.add"
    PAUSE_SCHEDULE = "schedule.pause"
    RESUME_SCHEDULE = "schedule.resume"
    REMOVE_SCHEDULE = "schedule.remove"
    RUN_SCHEDULE = "schedule.run"
    CLEANUP = "cleanup"
    SUBMIT_CLEANUP = "cleanup.submit"
    SUBMIT_VERIFY = "verify.submit"
    SHOW_SCHEDULES = "schedule.show"
    FINGERPRINT = "fingerprint"
    INSPECT = "inspect"
    SHOW_PLAN = "plan.show"
    SHOW_UNDO = "undo.preview"
    SHOW_JOBS = "jobs.list"
    SHOW_MAPPINGS = "mapping.show"
    SHOW_VERSIONS = "versions.show"
    SHOW_AUDIT = "audit.show"
    DIAGNOSE = "doctor"
    LOOK_AT_CLEANUP = "cleanup.preview"
    DAMAGE = "audit.damaged"
    """Nobody's: before this line the audit was not what it had been."""


@dataclass(frozen=True, kw_only=True)
class AuditEntry:
    """What a line says, before it is one."""

    principal: str
    tenant: str | None = None
    """The key of the tenant that the principal is bound to."""
    action: str
    object: str | None = None
    """The file, plan, job or mapping that it was about, as it was named."""
    database: str | None = None
    """A name of the settings, or where it is; never with a password."""
    entity: str | None = None
    origin: str
    """`cli`, `python`, or where a request came from."""
    result: str
    """`ok`, `begun`, or the code of an error."""
    facts: Document = field(default_factory=dict)
    """Its job, its plan, and how many rows of which entities; never values."""


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A line as somebody noted it down: whatever was added since, it must still be there."""

    number: int
    seal: str

    def __str__(self) -> str:
        return f"{self.number}:{self.seal}"


@dataclass(frozen=True, kw_only=True)
class AuditLine(AuditEntry):
    number: int
    """From 1, without a gap."""
    at: datetime
    previous: str
    """The seal of the line before it; empty: it is the first."""
    seal: str

    @property
    def anchor(self) -> Anchor:
        return Anchor(number=self.number, seal=self.seal)


@dataclass(frozen=True, kw_only=True)
class AuditFilter:
    """Which lines; all that are not narrowed."""

    principal: str | None = None
    action: str | None = None
    about: str | None = None
    """An entity, file, plan or job."""
    tenant: str | None = None
    database: str | None = None
    """As its lines have it."""
    since: datetime | None = None
    until: datetime | None = None
    """From then on, none."""


@dataclass(frozen=True, kw_only=True)
class Break:
    """A place where the lines are not what they were."""

    number: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    lines: int
    last: Anchor | None
    """To note down elsewhere; None: there are no lines."""
    breaks: tuple[Break, ...] = ()
    """The first hundred."""

    @property
    def whole(self) -> bool:
        return not self.breaks
