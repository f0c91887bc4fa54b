"""A ledger on a PostgreSQL server, in a schema of its own: for processes on several machines, which may all write."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, text

from entrepot.ledger import server_owners, server_pulses, server_secrets
from entrepot.ledger.locking import PATIENCE, PAUSE
from entrepot.ledger.migrating import STEPS
from entrepot.ledger.server_failures import busy, translated
from entrepot.ledger.server_owners import Signs
from entrepot.ledger.turns import lock_key, take_turn
from entrepot.model.errors import InputError, UnavailableError, missing_extra
from entrepot.model.lives import Life, Pulse
from entrepot.model.problems import Problem

if TYPE_CHECKING:
    import psycopg

OUTAGE = 60.0
"""Seconds for which a server that was there before is waited for: it may be starting again."""
TABLES = (
    "SELECT c.relname::text FROM pg_namespace AS n LEFT JOIN pg_class AS c"
    " ON c.relnamespace = n.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f') WHERE n.nspname = :schema"
)
TRY = "SELECT pg_try_advisory_lock(%s)"


class ServerHome:
    """Fulfils `homes.Home`."""

    several = True
    warnings: tuple[Problem, ...] = ()

    def __init__(self, url: str) -> None:
        try:
            from entrepot.ledger.server_connect import Address
        except ImportError as error:
            raise missing_extra("postgres", "Keeping Entrepot's own records on PostgreSQL") from error
        self._sessions = f"entrepot ledger {token_hex(6)}"
        self._address = Address(url, self._sessions)
        self._was_there = False
        self.engine = create_engine(
            "postgresql+psycopg://",
            creator=self._address.connect,
            isolation_level="READ COMMITTED",  # who waited for his turn must see what the others wrote
            pool_pre_ping=True,
            max_overflow=20,
            use_native_hstore=False,
        )
        self._reader = self.engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    @property
    def place(self) -> str:
        return self._address.place

    def exists(self) -> bool:
        try:
            return STEPS in (self._tables() or ())
        finally:
            self.engine.dispose()

    def prepare(self) -> None:
        """A schema that somebody made for us needs no right to make one."""
        found = self._tables()
        if found is None:
            self._make_schema()
        elif found and STEPS not in found:
            raise _not_a_ledger(self.place)

    def _tables(self) -> frozenset[str] | None:
        """In our schema; None: there is no such schema."""
        from entrepot.ledger.server_connect import SCHEMA

        with self.reading() as connection:
            found = connection.execute(text(TABLES), {"schema": SCHEMA}).scalars().all()
        return frozenset(name for name in found if name) if found else None

    def _make_schema(self) -> None:
        from entrepot.ledger.server_connect import SCHEMA

        with self.writing() as connection:
            take_turn(connection, "schema")
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))

    def watch(self) -> None:
        """From now on, the server is waited for when it goes away."""
        self._was_there = True

    def reading(self) -> AbstractContextManager[Connection]:
        return self._begun(self._reader)

    def writing(self) -> AbstractContextManager[Connection]:
        return self._begun(self.engine)

    @contextmanager
    def _begun(self, engine: Engine) -> Iterator[Connection]:
        with translated(self.place), self._connected(engine) as connection, connection.begin():
            yield connection

    def _connected(self, engine: Engine) -> Connection:
        """Nothing has happened yet, so that it can be tried again."""
        deadline = time.monotonic() + (OUTAGE if self._was_there else 0)
        while True:
            try:
                return engine.connect()
            except UnavailableError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(OUTAGE / 60)

    def check(self) -> None:
        """Whole or not is the server's to know; that it answers shows that it can be used."""
        with self.reading() as connection:
            connection.execute(text(f"SELECT count(*) FROM {STEPS}"))

    def owning(self, life: Life | None = None) -> AbstractContextManager[str]:
        if life is None:
            return server_owners.owning(self._sign_in)
        with self.writing() as connection:
            server_pulses.forget_gone(connection)
        give = partial(server_pulses.beat, life=life, sessions=self._sessions)
        return server_owners.owning(self._sign_in, Signs(every=life.beat, give=give, end=server_pulses.end))

    def pulses(self) -> dict[str, Pulse]:
        with self.reading() as connection:
            return server_pulses.pulses(connection)

    def end_sessions(self, owner: str) -> None:
        with self.reading() as connection:
            server_pulses.end_sessions(connection, owner)

    def is_alive(self, owner: str) -> bool:
        with self.reading() as connection:
            return server_owners.is_alive(connection, owner)

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """By a session of its own, which gives it free when the process dies."""
        with translated(self.place), closing(self._sign_in()) as connection:
            self._wait(connection, name)
            try:
                yield
            finally:
                connection.execute("SELECT pg_advisory_unlock_all()")

    def _wait(self, connection: psycopg.Connection, name: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not _took(connection, name):
            if time.monotonic() > deadline:
                raise busy(self.place, f"{name} is held for too long")
            time.sleep(PAUSE)

    def known_secret(self) -> bytes | None:
        with self.reading() as connection:
            return server_secrets.known_secret(connection, self.place)

    def made_secret(self) -> bytes:
        known = self.known_secret()
        if known is not None:
            return known
        with self.writing() as connection:
            take_turn(connection, "secret")
            return server_secrets.made_secret(connection, self.place)

    @property
    def _sign_in(self) -> partial[psycopg.Connection]:
        return partial(self._address.connect, autocommit=True)


def _took(connection: psycopg.Connection, name: str) -> bool:
    found = connection.execute(TRY, (lock_key("alone", name),)).fetchone()
    return bool(found and found[0])


def _not_a_ledger(place: str) -> InputError:
    return InputError(
        "not_a_ledger",
        f"There is a {place} with other tables than Entrepot's own records.",
        remedy="Name another database for them (ENTREPOT_STATE, or [state] url).",
    )
