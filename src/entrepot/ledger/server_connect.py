"""A connection to the server of a ledger. Nothing waits for ever: neither for the server, nor for somebody's lock, nor
the server for us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.ledger.server_failures import refused, translated, unreachable
from entrepot.model.errors import EntrepotError, InputError, UnavailableError

if TYPE_CHECKING:
    import psycopg

SCHEMA = "entrepot"
OLDEST = 120000
SIGNING_IN: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""Where the address does not say otherwise. A network that fell silent is given up after a minute."""
SESSION = {
    "search_path": f"{SCHEMA}, pg_temp",
    "TimeZone": "UTC",
    "standard_conforming_strings": "on",
    "row_security": "off",
    "jit": "off",
    "lock_timeout": "30s",
    "statement_timeout": "5min",
    "idle_in_transaction_session_timeout": "5min",  # whoever is paused in a transaction holds up the others
    "tcp_keepalives_idle": "30",  # how long the server believes in a session whose machine is gone
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
DURABLE = "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
"""Stronger settings stay what they are."""


class Address:
    def __init__(self, url: str, name: str = "entrepot ledger") -> None:
        """`name`: what the server calls the sessions."""
        import psycopg
        from psycopg.conninfo import conninfo_to_dict

        try:
            given = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            raise bad_address() from None  # the cause would quote it, password included
        self._url, self._name = url, name
        self._password = str(given.get("password") or "")
        self._added = {name: value for name, value in SIGNING_IN.items() if name not in given}
        host = given.get("host") or given.get("hostaddr") or "this machine"
        port = f":{given['port']}" if given.get("port") else ""
        self.place = (
            f"schema '{SCHEMA}' of {given.get('dbname') or given.get('user') or 'the database'} on {host}{port}"
        )

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection:
        """Unqualified names mean our own tables, and nothing that strangers put anywhere."""
        connection = self._open()
        try:
            with translated(self.place):
                _must_be_young(connection)
                calls = ", ".join(["set_config(%s, %s, false)"] * len(SESSION))
                connection.execute(f"SELECT {calls}".encode(), [text for pair in SESSION.items() for text in pair])
                connection.execute(DURABLE)
                connection.autocommit = autocommit
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> psycopg.Connection:
        import psycopg

        try:
            return psycopg.connect(
                self._url,
                autocommit=True,
                prepare_threshold=None,
                application_name=self._name,
                client_encoding="UTF8",
                **self._added,
            )
        except psycopg.ProgrammingError:
            raise bad_address() from None
        except psycopg.OperationalError as error:
            raise self._not_connected(error) from error

    def _not_connected(self, error: psycopg.OperationalError) -> EntrepotError:
        """libpq gives no code for a failed connection, only words."""
        text = str(error).replace(self._password, "***") if self._password else str(error)
        words = next((line.strip().rstrip(".") for line in text.splitlines() if line.strip()), "no answer")
        if any(sign in text for sign in ("password", "authentication", "pg_hba.conf", "role ")):
            return refused(self.place, words)
        if "does not exist" in text:
            return InputError(
                "unknown_database",
                f"There is no such database for Entrepot's own records: {words}.",
                remedy="Check the name behind the last / of the address (ENTREPOT_STATE, or [state] url), or make it.",
            )
        return unreachable(self.place, words)


def _must_be_young(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST:
        raise UnavailableError(
            "server_too_old",
            f"The server is PostgreSQL {version // 10000}; Entrepot keeps its own records on 12 and newer.",
            remedy="Name another server (ENTREPOT_STATE, or [state] url).",
        )


def bad_address() -> InputError:
    return InputError(
        "bad_url",
        "The address of Entrepot's own records cannot be read as a URL.",
        remedy="Write postgresql://user:password@host:5432/database, with %40 for @, %3A for :, %2F for /, "
        "%23 for # and %3F for ? inside the password.",
    )
