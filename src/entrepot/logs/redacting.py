"""Secrets are taken out of what is written: those that look like one, and those that this process was given."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

GONE = "***"
LEAST = 6
"""Shorter ones would be found in words that mean nothing of the kind."""
NAMED = r"passw(?:or)?d|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|signature|credential"
IN_VARIABLES = re.compile(rf"{NAMED}|pwd$|(?:^|_)key$|^PGPASS", re.IGNORECASE)
QUOTED = r"'(?:[^'\\]|\\.|'')*'"
VALUE = QUOTED + r"""|"(?:[^"\\]|\\.)*"|[^\s&"',;)}\]]+"""
SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape, re.IGNORECASE | re.DOTALL), instead)
    for shape, instead in (
        (r"""(://[^\s:/@"'<>?]{0,200}):[^\s"'<>]{0,500}@""", rf"\1:{GONE}@"),
        (rf"((?:{NAMED}|\bpwd)[\w.-]{{0,40}}\s{{0,3}}=\s{{0,3}})(?:{VALUE})", rf"\1{GONE}"),
        (rf"""((?:{NAMED})[\w.-]{{0,40}}["']\s{{0,3}}:\s{{0,3}})(?:{VALUE})""", rf'\1"{GONE}"'),
        (rf"((?:password|identified by)\s+){QUOTED}", rf"\1{GONE}"),
        (rf"([?&](?:sig|key|code|auth)=)(?:{VALUE})", rf"\1{GONE}"),
        (r"(authorization\s*[:=]\s*)(?:\w+ +)?[^\s,;]+", rf"\1{GONE}"),
        (r"\b(bearer +)[\w.~+/=-]{8,}", rf"\1{GONE}"),
        (r"AGE-SECRET-KEY-1[0-9A-Z]+", GONE),
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", GONE),
        (r"\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?", GONE),
        (r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b", GONE),
    )
)
"""Passwords in addresses, values beside names that say so, signed links, keys and tokens. All of them look at a text
once, however long it is and whoever wrote it."""


class Redacting:
    """
    >>> Redacting().of("postgresql://app:s3cr/et@db/shop?sslpassword=x and https://b/x.csv?X-Amz-Signature=ab12")
    'postgresql://app:***@db/shop?sslpassword=*** and https://b/x.csv?X-Amz-Signature=***'
    >>> Redacting({"MY_TOKEN": "tiger-tiger"}).of("it said tiger-tiger")
    'it said ***'
    """

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        found = {each for value in _given(environment or {}) for each in (value, unquote(value), quote(value, safe=""))}
        longest_first = sorted((each for each in found if len(each) >= LEAST), key=len, reverse=True)
        self._given = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def of(self, text: str) -> str:
        for shape, instead in SHAPES:
            text = shape.sub(instead, text)
        return text if self._given is None else self._given.sub(GONE, text)


def _given(environment: Mapping[str, str]) -> Iterator[str]:
    """Values of variables whose names say what they are, and the passwords in addresses."""
    for name, value in environment.items():
        if IN_VARIABLES.search(name):
            yield value
        if "://" in value:
            try:
                yield urlsplit(value).password or ""
            except ValueError:
                continue
