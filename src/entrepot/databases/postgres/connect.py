"""A URL becomes a connection whose every setting that changes bytes, order or rights is pinned."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from entrepot.databases.postgres.failures import translated
from entrepot.model.errors import AccessError, EntrepotError, InputError, UnavailableError, missing_extra

if TYPE_CHECKING:
    import psycopg

OLDEST = 120000
"""PostgreSQL 12: generated columns, `pg_partition_tree`."""
NAME = "entrepot"
"""Of sessions that no job has."""
CONNECT_SECONDS = 10
PINNED = {
    "search_path": "pg_catalog, pg_temp",  # what strangers put into public must not answer for pg_catalog
    "client_encoding": "UTF8",
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "xmlbinary": "base64",
    "lc_monetary": "C",
    "row_security": "off",  # hidden rows become an error instead of a subset
    "max_parallel_workers_per_gather": "0",  # a parallel plan returns rows in any order
    "synchronize_seqscans": "off",  # a second reader of a large table would start in its middle
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "lock_timeout": "10s",
    "jit": "off",  # compiling a wide row expression costs more than it gains on a plain scan
}
OPTIONAL = {"lc_messages": "C", "transaction_timeout": "0"}
"""Only a superuser may set the first, which makes the server's sentences English; the second came with version 17."""


class Target:
    """The parts of a database URL that may be shown."""

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            login, _, hosts = parts.netloc.rpartition("@")
            self.place = hosts or "on this machine"
            several = "," in hosts
            _ = several or parts.port  # asking for it is what checks it
        except ValueError:
            raise _bad_url() from None  # the cause would quote the URL, password included
        if "@" in login or parts.fragment or parts.scheme not in ("postgresql", "postgres"):
            raise _bad_url()
        self.user = unquote(login.partition(":")[0])
        self.database = unquote(parts.path.lstrip("/"))
        self._password = unquote(login.partition(":")[2])

    def clean(self, text: str) -> str:
        return text.replace(self._password, "***") if self._password else text


def _bad_url() -> InputError:
    return InputError(
        "bad_url",
        "The database address cannot be read as a URL.",
        remedy="Write postgresql://user:password@host:5432/database, with %40 for @, %3A for :, %2F for /, "
        "%23 for # and %3F for ? inside the password.",
    )


def connect(url: str) -> tuple[psycopg.Connection, str]:
    """An autocommit connection with our settings, and the schema that unqualified names mean to this user."""
    target = Target(url)
    connection = _open(url, target)
    try:
        with translated("connecting"):
            return connection, _prepare(connection)
    except BaseException:
        connection.close()
        raise


def end_statement(connection: psycopg.Connection) -> None:
    """Comes from another thread, so all may be over in the middle of it."""
    import psycopg

    with suppress(psycopg.Error):
        connection.cancel_safe(timeout=5)


def _open(url: str, target: Target) -> psycopg.Connection:
    try:
        import psycopg
    except ImportError as error:
        raise missing_extra("postgres", "Reading PostgreSQL") from error
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            prepare_threshold=None,  # a pooler between us and the server may not keep prepared statements
            fallback_application_name=NAME,
            client_encoding="UTF8",
            connect_timeout=CONNECT_SECONDS,
        )
    except psycopg.ProgrammingError:
        raise _bad_url() from None
    except psycopg.OperationalError as error:
        raise _not_connected(error, target) from error


def _prepare(connection: psycopg.Connection) -> str:
    import psycopg

    version = connection.info.server_version
    if version < OLDEST:
        raise UnavailableError(
            "server_too_old",
            f"The server is PostgreSQL {version // 10000}; Entrepot reads 12 and newer.",
            remedy="Upgrade the server, or export with the tools that came with it.",
        )
    row = connection.execute("SELECT pg_catalog.current_schema()::pg_catalog.text").fetchone()
    _pin(connection, PINNED)
    for name, value in OPTIONAL.items():
        with suppress(psycopg.Error):
            _pin(connection, {name: value})
    return str(row[0]) if row and row[0] else "public"


def _pin(connection: psycopg.Connection, settings: Mapping[str, str]) -> None:
    """All at once: each connection would wait for the server as often as there are settings."""
    calls = ", ".join(["pg_catalog.set_config(%s, %s, false)"] * len(settings))
    values = [text for pair in settings.items() for text in pair]
    connection.execute(f"SELECT {calls}".encode(), values)


def _not_connected(error: psycopg.OperationalError, target: Target) -> EntrepotError:
    """libpq gives no error code for a failed connection, only words, which may be in the server's language."""
    text = target.clean(str(error))
    if f'"{target.database}"' in text and "does not exist" in text and "database" in text:
        return InputError(
            "unknown_database",
            f"There is no database '{target.database}' on {target.place}.",
            remedy="Check the name behind the last / of the address.",
        )
    if "password" in text or "authentication" in text or "pg_hba.conf" in text or "role" in text:
        return AccessError(
            "wrong_password",
            f"The server {target.place} refuses the user '{target.user}': wrong name or password, or not let in.",
            remedy="Check user and password in the address (write %40 for @ inside them), and pg_hba.conf.",
        )
    return UnavailableError(
        "unreachable",
        f"The server {target.place} cannot be reached: {_last_words(text)}.",
        remedy="Check host and port, that the server runs, and that a firewall lets you through.",
    )


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    return lines[0].rstrip(".") if lines else "no answer"
