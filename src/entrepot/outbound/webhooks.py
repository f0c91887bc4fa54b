"""Letters by HTTP: signed, to an address that was checked, and never on to another one.

The signature is that of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one for each secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import SplitResult, urlsplit

from entrepot.model.errors import UnavailableError
from entrepot.model.notices import Letter
from entrepot.outbound.connecting import Dialer, refused

MOST_ANSWER = 10_000
"""Bytes of an answer that are read."""


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """Fulfils `model.notices.Way`."""

    url: str
    secrets: Sequence[str]
    dialer: Dialer
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    agent: str = "entrepot"

    def send(self, letter: Letter, at: datetime) -> None:
        body = json.dumps({"id": letter.id, "title": letter.title, "text": letter.text, **letter.facts}).encode()
        target = urlsplit(self.url)
        host = target.hostname or ""
        with self.dialer.bounded(host):
            connection = self._connection(target, host)
            try:
                connection.request("POST", _path(target), body, self._headers(letter, at, body))
                with connection.getresponse() as answer:
                    if self.dialer.is_over:
                        raise TimeoutError("the head of the answer never ended")
                    answer.read(MOST_ANSWER)
            except http.client.HTTPException as error:
                raise OSError(f"no answer of HTTP ({error!r})") from error
            finally:
                connection.close()
        if not 200 <= answer.status < 300:
            moved = " It leads elsewhere, where nothing is sent" if 300 <= answer.status < 400 else ""
            fact = f"{host} answered {answer.status}.{moved}"
            raise UnavailableError("not_taken", fact, remedy="It is tried again; see what that service logs.")

    def _connection(self, target: SplitResult, host: str) -> http.client.HTTPConnection:
        safe = target.scheme == "https"
        port = target.port or (443 if safe else 80)
        plain = self.dialer.connect(host, port)
        if not safe and not self.dialer.is_allowed(plain):
            raise refused(host, "http would send it in the clear; only what `allow` names is talked to like that")
        connection = http.client.HTTPConnection(host, port)
        connection.sock = self.dialer.secured(plain, self.context, host) if safe else plain
        return connection

    def _headers(self, letter: Letter, at: datetime, body: bytes) -> dict[str, str]:
        moment = str(int(at.timestamp()))
        found = {"Content-Type": "application/json", "User-Agent": self.agent, "Connection": "close"}
        found |= {"webhook-id": letter.id, "webhook-timestamp": moment}
        if self.secrets:
            found["webhook-signature"] = " ".join(signed(key, letter.id, moment, body) for key in self.secrets)
        return found


def signed(secret: str, id: str, moment: str, body: bytes) -> str:
    """
    >>> signed("s", "note_1", "1700000000", b"{}")[:8]
    'v1,BEFCb'
    """
    content = f"{id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def _path(target: SplitResult) -> str:
    return (target.path or "/") + (f"?{target.query}" if target.query else "")
