"""PostgreSQL behind the port: opens connections when asked, keeps none. What only imports need, they import."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.databases.heeding import Heeding
from entrepot.databases.postgres.companion import Companion
from entrepot.databases.postgres.connect import connect, end_statement
from entrepot.databases.postgres.failures import translated
from entrepot.databases.postgres.introspect import read_catalog
from entrepot.databases.postgres.own_records import must_not_be_ours
from entrepot.databases.postgres.script import PostgresScript
from entrepot.databases.postgres.session import PostgresSession
from entrepot.databases.postgres.settled import until_settled
from entrepot.databases.postgres.signing import end_former, signed
from entrepot.databases.postgres.snapshot import begin, begin_snapshot
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.changes import Mark, Movable, Waits, Writing
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.sessions import Signature

if TYPE_CHECKING:
    import psycopg

    from entrepot.databases.postgres.change import Opened, PostgresTarget
    from entrepot.databases.postgres.change_alone import PostgresTargetAlone
    from entrepot.databases.postgres.shares import ShareRead
    from entrepot.model.records import Document


class PostgresEngine(Heeding):
    name = "postgres"
    writing = Writing(
        created=3.0,
        updated=4.0,
        waiting="others can read everything; who changes the same rows, or deletes a row that new ones refer to, waits",
        takes_files=True,
        pads=True,
        waits=Waits.DEFERRABLE,
        compares=True,
        checks_late=True,
    )

    def __init__(self, url: str) -> None:
        self._url = url
        self._signature: Signature | None = None
        self.script: ScriptDialect = PostgresScript()
        self.files: tuple[Path, ...] = ()

    def sign(self, signature: Signature) -> None:
        self._url = signed(self._url, signature)
        self._signature = signature

    def end_former(self) -> int:
        return 0 if self._signature is None else end_former(self._url, self._signature)

    def introspect(self) -> Catalog:
        connection, default_schema = connect(self._url)
        with closing(connection), self._opening(connection), translated("reading the catalog"):
            must_not_be_ours(connection, default_schema)
            return until_settled(connection, partial(_catalog_of_one_moment, connection, default_schema))

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[PostgresSession]:
        """`work` stays empty: the server keeps the old rows for us as long as we read."""
        connection, default_schema = connect(self._url)
        with closing(connection):
            with self._opening(connection), translated("taking a snapshot"):
                frozen = begin_snapshot(connection, default_schema, entities)
            with closing(Companion(self._url, frozen)) as companion:
                session = PostgresSession(connection, catalog, frozen.identity, companion)
                with self._heeding(session.cancel):
                    yield session

    def share(self, spec: Document) -> AbstractContextManager[ShareRead]:
        from entrepot.databases.postgres.shares import share_read

        return share_read(self._url, spec)

    @contextmanager
    def change(
        self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, write: bool
    ) -> Iterator[PostgresTarget]:
        """`work` stays empty. Without an answer to COMMIT nothing was committed, or nobody knows."""
        from entrepot.databases.postgres.change import PostgresTarget

        with self._begun(catalog, entities, write=write) as opened:
            target = PostgresTarget(opened)
            with self._heeding(target.cancel):
                yield target

    @contextmanager
    def change_alone(
        self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, keys: Sequence[Relation]
    ) -> Iterator[PostgresTargetAlone]:
        """As `change`; see databases/postgres/moving.py."""
        from entrepot.databases.postgres.change_alone import PostgresTargetAlone

        with self._begun(catalog, entities, write=True, keys=keys) as opened:
            target = PostgresTargetAlone(opened)
            with self._heeding(target.cancel):
                yield target

    def movable(self, catalog: Catalog, keys: Sequence[Relation]) -> Movable:
        from entrepot.databases.postgres.moving import locked, movable

        connection, _ = connect(self._url)
        with closing(connection), self._opening(connection), translated("looking at the foreign keys"):
            moved = movable(connection, catalog, keys)
            found = tuple(relation for some in moved for relation in some.relations)
            return Movable(keys=found, locked=locked(moved))

    @contextmanager
    def _begun(
        self, catalog: Catalog, entities: Sequence[Entity], *, write: bool, keys: Sequence[Relation] = ()
    ) -> Iterator[Opened]:
        from entrepot.databases.postgres.change import Opened
        from entrepot.databases.postgres.moving import drop, lock, movable
        from entrepot.databases.postgres.usual import usual_settings

        connection, default_schema = connect(self._url)
        with closing(connection):
            try:
                with self._opening(connection), translated("beginning a transaction"):
                    usual = usual_settings(connection)
                    moved = movable(connection, catalog, keys)
                    first = partial(lock, moved=moved) if moved else None
                    _, identity = begin(connection, default_schema, entities, first)
                    for some in moved:
                        drop(connection, some)
                yield Opened(
                    connection=connection,
                    url=self._url,
                    catalog=catalog,
                    default_schema=default_schema,
                    identity=identity,
                    usual=usual,
                    write=write,
                    moved=moved,
                )
            finally:
                roll_back(connection)

    def _opening(self, connection: psycopg.Connection) -> AbstractContextManager[None]:
        return self._heeding(partial(end_statement, connection))

    def claimed(self, word: int) -> AbstractContextManager[None]:
        from entrepot.databases.postgres.claims import claimed

        return claimed(self._url, word)

    def is_claimed(self, word: int) -> bool:
        from entrepot.databases.postgres.claims import is_claimed

        return is_claimed(self._url, word)

    def was_applied(self, mark: Mark) -> bool:
        from entrepot.databases.postgres.marks import was_applied

        connection, default_schema = connect(self._url)
        with closing(connection), translated("looking for a mark"):
            return was_applied(connection, default_schema, mark)

    def first_mark(self) -> str | None:
        from entrepot.databases.postgres.marks import first_mark

        connection, default_schema = connect(self._url)
        with closing(connection), translated("looking for marks"):
            return first_mark(connection, default_schema)

    def marked(self, jobs: Collection[str]) -> frozenset[str]:
        from entrepot.databases.postgres.marks import marked

        connection, default_schema = connect(self._url)
        with closing(connection), translated("looking for marks"):
            return marked(connection, default_schema, jobs)


def _catalog_of_one_moment(connection: psycopg.Connection, default_schema: str) -> Catalog:
    """The queries cannot describe different ones."""
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    return read_catalog(connection, default_schema)


def roll_back(connection: psycopg.Connection) -> None:
    """At once: after a mere good-bye the server would take a moment to notice, locks held. Nothing to undo is fine."""
    import psycopg

    with suppress(psycopg.Error):
        connection.execute("ROLLBACK")
