"""Letters by mail: over TLS unless somebody said otherwise, to a server that was checked."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

from entrepot.model.errors import AccessError, UnavailableError
from entrepot.model.notices import Letter
from entrepot.outbound.connecting import Dialer


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Fulfils `model.notices.Way`."""

    server: str
    sender: str
    to: Sequence[str]
    user: str | None
    password: str | None
    tls: bool
    dialer: Dialer
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(self, letter: Letter, at: datetime) -> None:
        target = urlsplit(self.server)
        host, at_once = target.hostname or "", target.scheme == "smtps"
        port = target.port or (465 if at_once else 587)
        with self.dialer.bounded(host):
            try:
                self._spoken(host, port, at_once=at_once, message=self._message(letter, at))
            except smtplib.SMTPException as error:
                if self.dialer.is_over:
                    raise
                fact = f"{host} did not take the mail: {_words(error)}."
                raise UnavailableError("not_taken", fact, remedy="It is tried again.") from error

    def _spoken(self, host: str, port: int, *, at_once: bool, message: EmailMessage) -> None:
        client = _Client(self.dialer, self.context if at_once else None, host)
        try:
            client.connect(host, port)
            if not at_once:
                self._start_tls(client, host)
            if self.user is not None:
                client.login(self.user, self.password or "")
            client.send_message(message, self.sender, list(self.to))
            client.quit()
        finally:
            client.close()

    def _start_tls(self, client: _Client, host: str) -> None:
        client.ehlo()
        if client.has_extn("starttls"):
            client.secure(self.context)
        elif self.tls:
            raise AccessError(
                "no_tls",
                f"{host} offers no STARTTLS, so that mail and password would be sent in the clear.",
                remedy="Use smtps://, or set tls = false for that notification.",
            )

    def _message(self, letter: Letter, at: datetime) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = letter.title
        message["From"] = self.sender
        message["To"] = ", ".join(self.to)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{letter.id}@{self.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        return message


class _Client(smtplib.SMTP):
    """Through the one way out."""

    def __init__(self, dialer: Dialer, context: ssl.SSLContext | None, host: str) -> None:
        self._dialer = dialer
        self._at_once = context
        super().__init__(timeout=dialer.seconds, local_hostname="localhost")
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = self._dialer.connect(host, port)
        if self._at_once is None:
            return plain
        return self._dialer.secured(plain, self._at_once, host)

    def secure(self, context: ssl.SSLContext) -> None:
        """As `starttls`, whose handshake nothing could end. What was heard in the clear is forgotten."""
        code, words = self.docmd("STARTTLS")
        if code != 220 or self.sock is None:
            raise smtplib.SMTPResponseException(code, words)
        self.sock = self._dialer.secured(self.sock, context, self._host)
        self.file = None
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False


def _words(error: smtplib.SMTPException) -> str:
    """Never more than what kind of refusal it was: an answer may repeat what was sent."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
