"""What seals a line of the audit: its own words and the seal of the line before it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, type_coerce
from sqlalchemy.sql.elements import KeyedColumnElement

from entrepot.ledger.columns import json_text, moment_text
from entrepot.ledger.work_tables import AUDIT
from entrepot.model.audit import Anchor, AuditEntry

NOTHING = Anchor(number=0, seal="")
"""Behind this comes the first line."""
SEALED = tuple(column.name for column in AUDIT.columns if column.name != "seal")
"""In this order."""
LONGEST = 500
"""So many characters of a name are kept."""


@dataclass(frozen=True, kw_only=True)
class Head:
    """How far the audit goes, as somebody with the key of the installation saw it."""

    end: Anchor
    signature: str

    @staticmethod
    def of(number: int | None, seal: str | None, signature: str | None) -> Head:
        """As it is stored; one that is gone is nobody's."""
        found = "gone" if number is None else signature or ""
        return Head(end=Anchor(number=number or 0, seal=seal or ""), signature=found)

    @staticmethod
    def signed(end: Anchor, key: bytes) -> Head:
        words = f"audit head {end.number} {end.seal}"
        return Head(end=end, signature=hmac.new(key, words.encode(), hashlib.sha256).hexdigest())

    def is_genuine(self, key: bytes) -> bool:
        if self.end == NOTHING:
            return not self.signature
        return hmac.compare_digest(self.signature.encode(), Head.signed(self.end, key).signature.encode())

    def is_at(self, last: Anchor, key: bytes) -> bool:
        return self.end == last and self.is_genuine(key)


def as_stored() -> list[KeyedColumnElement[Any]]:
    """The columns just as they lie there: what somebody wrote into them may be no moment, and no JSON."""
    return [AUDIT.c.number, *(type_coerce(column, Text).label(column.name) for column in AUDIT.columns[1:])]


def sealed(line: Mapping[str, Any]) -> str:
    """Of a line as it is stored: texts, and its number."""
    words = json.dumps([line[name] for name in SEALED], separators=(",", ":"), default=repr)
    return hashlib.sha256(words.encode()).hexdigest()


def stored_form(line: Mapping[str, Any]) -> dict[str, Any]:
    return {**line, "at": moment_text(line["at"]), "facts": json_text(line["facts"])}


def plain_words(entry: AuditEntry) -> dict[str, Any]:
    """No name breaks a line, turns it around or ends it, on whatever screen it is read."""
    return {name: plain(str(value)) if isinstance(value, str) else value for name, value in vars(entry).items()}


def plain(text: str) -> str:
    r"""
    >>> plain("a\nb\u202e\0é")
    'a\\nb\\u202e\\x00é'
    """
    if not text.isprintable():
        text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
