"""Who is told of jobs: the settings become targets, with the way to each of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.config.load import load_settings
from entrepot.config.notification_settings import NotificationSettings
from entrepot.config.secrets import resolve_secret
from entrepot.model.errors import EntrepotError
from entrepot.model.notices import Letter, Target, Way
from entrepot.version import VERSION

if TYPE_CHECKING:
    from entrepot.outbound.connecting import Resolve

LOG = logging.getLogger("entrepot.notices")


@dataclass(frozen=True)
class LogLine:
    """Fulfils `model.notices.Way`."""

    def send(self, letter: Letter, at: datetime) -> None:
        LOG.info("%s: %s", letter.title, " ".join(letter.text.split()))


@dataclass(kw_only=True)
class SettingsTargets:
    """By the settings file that a job was submitted with; read again when it has changed."""

    environment: Mapping[str, str]
    resolve: Resolve | None = None
    _read: dict[str, tuple[int | None, tuple[Target, ...]]] = field(default_factory=dict)

    def __call__(self, settings: str) -> Sequence[Target]:
        """If the file is gone or wrong by now, those that were in it before: what ends meanwhile is told all the same.
        Whoever changed it is told by every command."""
        if not settings:
            return ()
        file = Path(settings)
        stamp, before = _stamp(file), self._read.get(settings, (None, ()))
        if stamp is not None and stamp != before[0]:
            self._read[settings] = before = (stamp, self._targets(file, before[1]))
        return before[1]

    def _targets(self, file: Path, before: tuple[Target, ...]) -> tuple[Target, ...]:
        try:
            given = load_settings(self.environment, file.parent, file).settings.notifications
        except (EntrepotError, OSError) as error:
            LOG.warning("Those are told of jobs who were before: %s", error)
            return before
        return tuple(target_of(one, self.environment, self.resolve) for one in given)


def _stamp(file: Path) -> int | None:
    """None: there is no such file (now)."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return None


def target_of(one: NotificationSettings, environment: Mapping[str, str], resolve: Resolve | None = None) -> Target:
    return Target(
        name=one.name,
        events=frozenset(one.events),
        overdue=one.overdue,
        title=one.title,
        text=one.text,
        link=one.link,
        way=Lazily(one, environment, resolve),
    )


@dataclass(frozen=True)
class Lazily:
    """Secrets are read when something is sent: that one is missing is that letter's trouble."""

    settings: NotificationSettings
    environment: Mapping[str, str]
    resolve: Resolve | None

    def send(self, letter: Letter, at: datetime) -> None:
        self._way().send(letter, at)

    def _way(self) -> Way:
        from entrepot.outbound.connecting import Dialer, Policy, looked_up
        from entrepot.outbound.mail import Mail
        from entrepot.outbound.webhooks import Webhook

        one = self.settings
        if one.log:
            return LogLine()
        dialer = Dialer(policy=Policy(allow=one.allow), resolve=self.resolve or looked_up)
        if one.webhook is not None:
            secrets = tuple(self._said(secret) for secret in one.secret)
            return Webhook(url=self._said(one.webhook), secrets=secrets, dialer=dialer, agent=f"entrepot {VERSION}")
        return Mail(
            server=self._said(one.server),
            sender=one.sender,
            to=one.email,
            user=one.user,
            password=None if one.password is None else self._said(one.password),
            tls=one.tls,
            dialer=dialer,
        )

    def _said(self, value: str) -> str:
        return resolve_secret(value, self.environment)
