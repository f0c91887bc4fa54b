"""Links to stored files: who has one may read that file until then, and nothing else."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from entrepot.model.errors import AccessError

PURPOSE = b"entrepot link 1"
"""The key of the installation signs other things, too."""
LONGEST = 2000


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a link says."""

    file: str
    """The id of the stored file."""
    tenant: str | None
    """Whose it is; None: nobody's who is bound to a tenant."""
    until: datetime


def token_of(grant: Grant, secret: bytes) -> str:
    """Of characters that need no quoting in a URL or a shell.

    >>> grant = Grant(file="file_1", tenant=None, until=datetime(2026, 11, 22, tzinfo=UTC))
    >>> grant_of(token_of(grant, b"key"), b"key") == grant
    True
    """
    said = {"file": grant.file, "tenant": grant.tenant, "until": int(grant.until.timestamp())}
    body = base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")
    return f"{body}.{_signature(body, secret)}"


def grant_of(token: str, secret: bytes | None) -> Grant:
    """AccessError `link_forged` unless it was made with that key, as it stands."""
    body, _, signature = token.partition(".")
    if secret is None or len(token) > LONGEST or not token.isascii():
        raise _forged()
    if not hmac.compare_digest(signature, _signature(body, secret)):
        raise _forged()
    try:
        said = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        until = datetime.fromtimestamp(said["until"], UTC)
        return Grant(file=said["file"], tenant=said["tenant"], until=until)
    except (binascii.Error, ValueError, KeyError, TypeError) as error:  # one of another version, well signed
        raise _forged() from error


def _signature(body: str, secret: bytes) -> str:
    key = hmac.digest(secret, PURPOSE, "sha256")
    return hmac.new(key, body.encode(), hashlib.sha256).hexdigest()


def _forged() -> AccessError:
    return AccessError(
        "link_forged",
        "This link was not made by this installation, or was changed on its way.",
        remedy="Copy all of it, or ask for a new one.",
    )
