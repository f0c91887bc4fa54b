"""The mark that lets a transaction happen once only."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from typing import TYPE_CHECKING

from entrepot.databases.complaints import already_applied
from entrepot.databases.marks import TABLE, no_mark_table
from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.names import literal, quote
from entrepot.model.changes import Mark

if TYPE_CHECKING:
    import psycopg

COLUMNS = "job text, unit int, epoch int, at timestamptz DEFAULT now(), PRIMARY KEY (job, unit)"


def set_mark(connection: psycopg.Connection, url: str, schema: str, mark: Mark) -> None:
    """Waits for another transaction that sets the same one, until that is decided."""
    from psycopg import errors

    if not is_there(connection, schema):
        make_table(url, schema)
    try:
        insert(connection, schema, mark)
    except errors.UniqueViolation as error:
        raise already_applied(mark) from error
    except errors.InsufficientPrivilege as error:
        raise _refused(schema, error) from error


def make_table(url: str, schema: str) -> None:
    """By a connection of its own: made within a long transaction, it would stop all others that need it as long. It
    stays, empty, if that one comes to nothing."""
    from psycopg import errors

    connection, _ = connect(url)
    with closing(connection):
        try:
            connection.execute(f"CREATE TABLE {name(schema)} ({COLUMNS})".encode())
        except (errors.DuplicateTable, errors.UniqueViolation):
            return  # somebody else was quicker
        except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction) as error:
            raise _refused(schema, error) from error


def was_applied(connection: psycopg.Connection, schema: str, mark: Mark) -> bool:
    """Whoever lost a connection may ask while the server is still at work on what it was sent. So the mark is not
    looked for but set, which waits for the other transaction, and taken back."""
    from psycopg import errors

    if not is_there(connection, schema):
        return False
    connection.execute("BEGIN")
    try:
        insert(connection, schema, mark)
    except errors.UniqueViolation:
        return True
    finally:
        connection.execute("ROLLBACK")
    return False


def is_there(connection: psycopg.Connection, schema: str) -> bool:
    row = connection.execute(f"SELECT to_regclass({literal(name(schema))})::text".encode()).fetchone()
    return row is not None and row[0] is not None


def first_mark(connection: psycopg.Connection, schema: str) -> str | None:
    if not is_there(connection, schema):
        return None
    row = connection.execute(f"SELECT job FROM {name(schema)} ORDER BY at, job LIMIT 1".encode()).fetchone()
    return row[0] if row else None


def marked(connection: psycopg.Connection, schema: str, jobs: Collection[str]) -> frozenset[str]:
    if not is_there(connection, schema):
        return frozenset()
    asked = f"SELECT DISTINCT job FROM {name(schema)} WHERE job = ANY(%s)"
    return frozenset(job for (job,) in connection.execute(asked.encode(), ([*jobs],)))


def insert(connection: psycopg.Connection, schema: str, mark: Mark) -> None:
    statement = f"INSERT INTO {name(schema)} (job, unit, epoch) VALUES (%s, %s, %s)"
    connection.execute(statement.encode(), (mark.job, mark.unit, mark.epoch))


def name(schema: str) -> str:
    return f"{quote(schema)}.{quote(TABLE)}"


def _refused(schema: str, error: psycopg.Error) -> Exception:
    statements = f"CREATE TABLE IF NOT EXISTS {name(schema)} ({COLUMNS}); GRANT SELECT, INSERT ON {name(schema)} TO …"
    return no_mark_table((error.diag.message_primary or str(error)).rstrip("."), statements)
