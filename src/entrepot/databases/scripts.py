"""Whose SQL a script may be written for, by the engine's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.suggest import unknown


def script_dialect(name: str) -> ScriptDialect:
    """The dialect of an engine, without opening any database."""
    maker = DIALECTS.get(name.lower())
    if maker is None:
        raise unknown("dialect", name, DIALECTS)
    return maker()


def _sqlite() -> ScriptDialect:
    from entrepot.databases.sqlite.script import SqliteScript

    return SqliteScript()


def _postgres() -> ScriptDialect:
    from entrepot.databases.postgres.script import PostgresScript

    return PostgresScript()


def _mysql() -> ScriptDialect:
    from entrepot.databases.mysql.script import MySqlScript

    return MySqlScript()


DIALECTS: Mapping[str, Callable[[], ScriptDialect]] = {
    "sqlite": _sqlite,
    "postgres": _postgres,
    "postgresql": _postgres,
    "mysql": _mysql,
    "mariadb": _mysql,
}
