"""What is installed and reachable, and what to mend: the checks behind `entrepot doctor`."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from entrepot.model.catalog import Catalog
from entrepot.model.errors import EntrepotError
from entrepot.model.graph import cycles
from entrepot.model.ports import Engine, StagedColumn, Workbench
from entrepot.model.types import Kind, LogicalType

EXTRAS = {
    "postgres": ("psycopg", "PostgreSQL databases"),
    "mysql": ("pymysql", "MySQL and MariaDB databases"),
    "excel": ("python_calamine", "reading workbooks back"),
    "pdf": ("reportlab", "PDF reports"),
}
WAL_RESET_FIXED = (3, 51, 3)
"""SQLite before it can damage a WAL database that several processes checkpoint at the same moment."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    what: str
    ok: bool
    words: str
    remedy: str = ""
    needed: bool = True
    """False: a note, which does not make the diagnosis bad."""


def diagnose(
    catalog: Callable[[], Catalog],
    engine: Callable[[], Engine],
    work: Path,
    workbench: Callable[[], AbstractContextManager[Workbench]],
    state: Callable[[], str],
) -> tuple[Finding, ...]:
    """Each check stands for itself: one that fails does not hide the next."""
    return (
        Finding(what="Python", ok=True, words=sys.version.split()[0]),
        *_extras(),
        _sqlite(),
        _checked("workbench", lambda: _workbench(workbench)),
        _checked("state", state),
        _checked("database", lambda: _database(catalog())),
        _checked("snapshot", lambda: _snapshot(engine(), catalog, work)),
        *_advice(catalog),
    )


def _checked(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what=what, ok=True, words=check())
    except EntrepotError as error:
        return Finding(what=what, ok=False, words=error.message, remedy=error.remedy)


def _extras() -> Iterator[Finding]:
    for extra, (module, purpose) in EXTRAS.items():
        installed = find_spec(module) is not None
        yield Finding(
            what=f"extra {extra}",
            ok=installed,
            words=f"{purpose}: {'installed' if installed else 'not installed'}",
            remedy="" if installed else f"Install it if you need it: pip install 'entrepot[{extra}]'",
            needed=False,
        )


def _sqlite() -> Finding:
    fixed = sqlite3.sqlite_version_info >= WAL_RESET_FIXED
    return Finding(
        what="SQLite library",
        ok=fixed,
        words=sqlite3.sqlite_version,
        remedy=""
        if fixed
        else "Before 3.51.3, processes that checkpoint one WAL file at once can damage it. Update it.",
        needed=False,
    )


def _workbench(opened: Callable[[], AbstractContextManager[Workbench]]) -> str:
    """A tiny fingerprint shows that the child process starts and answers."""
    column = StagedColumn(name="n", type=LogicalType(kind=Kind.INTEGER))
    with opened() as workbench, workbench.fingerprint([column]) as stream:
        stream.write(b"1\n")
        found = stream.finish()
    return f"the child process starts and counts ({found.rows} row)"


def _database(catalog: Catalog) -> str:
    return f"{catalog.database} ({catalog.engine} {catalog.version}), {len(catalog.entities)} entities"


def _snapshot(engine: Engine, catalog: Callable[[], Catalog], work: Path) -> str:
    """Opening one over everything shows that nothing is hidden from us and no right is missing."""
    known = catalog()
    with engine.snapshot(known, known.entities, work) as session:
        return f"one over all entities could be opened ({session.identity})"


def _advice(catalog: Callable[[], Catalog]) -> Iterator[Finding]:
    try:
        known = catalog()
    except EntrepotError:
        return
    keyless = [entity.title for entity in known.entities if not entity.primary_key]
    if keyless:
        words = f"no primary key: {', '.join(keyless)}"
        yield Finding(what="keys", ok=False, words=words, remedy="Related rows cannot be followed.", needed=False)
    for cycle in cycles(known):
        words = " ↔ ".join(known.entity(name).title for name in cycle)
        yield Finding(what="cycle", ok=True, words=f"{words}: loads in two passes or deferred")
