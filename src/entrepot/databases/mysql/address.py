"""A database URL taken apart: what may be shown, and what the driver is told."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from entrepot.model.errors import InputError
from entrepot.model.suggest import unknown

SCHEMES = ("mysql", "mariadb")
OPTIONS = ("socket", "ssl", "ssl_ca")
"""Everything a URL may ask for; a list, because drivers know options that read files or run code."""
SSL_WORDS = ("off", "preferred", "required", "verify")


class Address:
    """The parts of `mysql://user:password@host:port/database`."""

    program = "entrepot"
    """What sessions call themselves, where the server asks (`performance_schema`)."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self.host, self.port = parts.hostname or "localhost", parts.port or 3306
            options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
        except ValueError:
            raise bad_url() from None  # the cause would quote the URL, password included
        if parts.scheme not in SCHEMES or "@" in self.host or parts.fragment:
            raise bad_url()
        self.user = unquote(parts.username or "")
        self.password = unquote(parts.password or "")
        self.database = unquote(parts.path.removeprefix("/"))
        self._options = _checked(options)
        if not self.database:
            raise InputError("no_database", "The address names no database.", remedy="Write it behind the last /.")

    @property
    def place(self) -> str:
        return self._options.get("socket") or f"{self.host}:{self.port}"

    def clean(self, text: str) -> str:
        return text.replace(self.password, "***") if self.password else text

    def place_arguments(self) -> dict[str, object]:
        """Where to connect to, for the driver."""
        if socket := self._options.get("socket"):
            return {"unix_socket": socket}
        return {"host": self.host, "port": self.port}

    def ssl_arguments(self) -> dict[str, object]:
        """Encryption, for the driver: without a word it is used where the server offers it."""
        word, authority = self._options.get("ssl", "preferred"), self._options.get("ssl_ca")
        if word == "off":
            return {"ssl_disabled": True}
        if word == "verify" or authority:
            return {"ssl_ca": authority, "ssl_verify_cert": True, "ssl_verify_identity": word == "verify"}
        return {"ssl": {"verify_mode": False}} if word == "required" else {}


def _checked(options: Mapping[str, str]) -> Mapping[str, str]:
    for name in options:
        if name not in OPTIONS:
            raise unknown("address option", name, OPTIONS)
    if (word := options.get("ssl", "preferred")) not in SSL_WORDS:
        raise unknown("ssl option", word, SSL_WORDS)
    return options


def bad_url() -> InputError:
    return InputError(
        "bad_url",
        "The database address cannot be read as a URL.",
        remedy="Write mysql://user:password@host:3306/database, with %40 for @, %3A for :, %2F for /, %23 for # and "
        "%3F for ? inside the password.",
    )
