"""What can be set about who is told of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, kw_only=True)
class NotificationSettings:
    """`[[notifications]]`: who is told what of submitted jobs; one of `webhook`, `email` and `log`."""

    name: str
    events: tuple[str, ...] = ("partial", "failed", "overdue")
    """Also `completed` and `cancelled`."""
    webhook: str | None = None
    """An address that takes a POST."""
    secret: tuple[str, ...] = ()
    """Signs what is sent; two while one takes the place of the other. Best given as `env:NAME`."""
    email: tuple[str, ...] = ()
    """Addresses."""
    sender: str = ""
    server: str = ""
    """`smtps://mail.example.org`, or `smtp://…` with STARTTLS."""
    user: str | None = None
    password: str | None = None
    """Best given as `env:NAME`."""
    tls: bool = True
    """False: mail may go over the wire as it is."""
    log: bool = False
    """A line in the worker's log."""
    allow: tuple[str, ...] = ()
    """Private addresses or networks that may be talked to: `10.1.0.0/16`."""
    overdue: timedelta | None = None
    """A job that takes longer is told as `overdue`."""
    title: str = "{kind} {event}: {entity}"
    text: str = "Job {job} ({kind} of {entity} in {database}): {event}. Rows: {rows}, failed: {failed}. {error} {link}"
    link: str = ""
    """Where people see a job: `https://app.example.org/jobs/{job}`."""
