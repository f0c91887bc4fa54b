"""What was committed, remembered beside the data. No part of the catalog: sql/tables.sql leaves it out."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from entrepot.databases.complaints import already_applied
from entrepot.databases.marks import TABLE, no_mark_table
from entrepot.databases.mysql.failures import number_of, sentence_of
from entrepot.databases.mysql.introspect import DENIED
from entrepot.databases.mysql.names import literal, quote
from entrepot.model.changes import Mark

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

DEFINITION = f"""CREATE TABLE IF NOT EXISTS {quote(TABLE)} (
  job varchar(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  unit bigint NOT NULL,
  epoch bigint NOT NULL,
  `at` datetime(6) NOT NULL,
  PRIMARY KEY (job, unit)
) ENGINE=InnoDB COMMENT 'What Entrepot has committed here, so that nothing is done twice'"""
DOUBLE, NO_TABLE, NO_DATABASE = 1062, 1146, (1044,)


def ensure_table(connection: Connection) -> None:
    """Before the transaction begins, because DDL would end it. Asking first spares a right and a lock."""
    import pymysql

    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT 1 FROM {quote(TABLE)} LIMIT 0")
        except pymysql.Error as error:
            if number_of(error) != NO_TABLE:
                raise _refused(error) from error
        else:
            return
        try:
            cursor.execute(DEFINITION)
        except pymysql.Error as error:
            raise _refused(error) from error


def set_mark(connection: Connection, mark: Mark) -> None:
    """Whoever set it first and has not finished yet is waited for."""
    import pymysql

    values = f"{literal(mark.job)}, {mark.unit:d}, {mark.epoch:d}, UTC_TIMESTAMP(6)"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {quote(TABLE)} (job, unit, epoch, `at`) VALUES ({values})")
    except pymysql.Error as error:
        if number_of(error) == DOUBLE:
            raise already_applied(mark) from error
        raise _refused(error) from error


def _refused(error: Exception) -> Exception:
    """Anything but a missing right stays what it is."""
    if number_of(error) not in (*DENIED, *NO_DATABASE):
        return error
    rights = f"GRANT SELECT, INSERT ON {quote(TABLE)} TO …"
    return no_mark_table(sentence_of(error), f"{' '.join(DEFINITION.split())}; {rights}")


def first_mark(connection: Connection) -> str | None:
    found = _found(connection, f"SELECT job FROM {quote(TABLE)} ORDER BY `at`, job LIMIT 1")
    return found[0] if found else None


def marked(connection: Connection, jobs: Collection[str]) -> frozenset[str]:
    names = ", ".join(map(literal, jobs))
    asked = f"SELECT DISTINCT job FROM {quote(TABLE)} WHERE job IN ({names})"
    return frozenset(_found(connection, asked)) if jobs else frozenset()


def _found(connection: Connection, asked: str) -> list[str]:
    """Nothing where there is no table."""
    import pymysql

    with connection.cursor() as cursor:
        try:
            cursor.execute(asked)
        except pymysql.Error as error:
            if number_of(error) == NO_TABLE:
                return []
            raise
        return [job.decode() if isinstance(job, bytes) else str(job) for (job,) in cursor.fetchall()]


def has_mark(connection: Connection, mark: Mark) -> bool:
    """A shared lock, because a commit whose answer was lost may still be under way."""
    import pymysql

    where = f"job = {literal(mark.job)} AND unit = {mark.unit:d}"
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"SELECT 1 FROM {quote(TABLE)} WHERE {where} LOCK IN SHARE MODE")
        except pymysql.Error as error:
            if number_of(error) == NO_TABLE:
                return False
            raise
        return cursor.fetchone() is not None
