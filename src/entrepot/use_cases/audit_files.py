"""The audit as a file: its lines become a table, which goes out as every other table does."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from pathlib import Path

from entrepot.adapters import Adapters
from entrepot.exporting.plan import ExportOptions, plan_export
from entrepot.exporting.publish import ExportOutcome, publish_export
from entrepot.exporting.request import Run
from entrepot.exporting.target import announced_format
from entrepot.ledger.columns import json_text, moment_text
from entrepot.model.audit import AuditLine
from entrepot.model.operations import Operations
from entrepot.model.selection import Order, Selection
from entrepot.protection import export_guard
from entrepot.storage.work import work_folder
from entrepot.version import VERSION

LINE = {
    "number": "INTEGER PRIMARY KEY",
    **dict.fromkeys(("at", "principal", "action", "object", "entity", "result"), "TEXT"),
    **dict.fromkeys(("tenant", "database", "origin", "facts", "previous", "seal"), "TEXT"),
}
OPERATIONS = {each.name: {"int": "INTEGER", "float": "REAL"}.get(str(each.type), "TEXT") for each in fields(Operations)}


@dataclass(frozen=True)
class Rows:
    """A table to be."""

    name: str
    columns: dict[str, str]
    rows: Iterator[Sequence[object]]

    def fill(self, file: Path) -> None:
        declared = ", ".join(f'"{column}" {kind}' for column, kind in self.columns.items())
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute(f"CREATE TABLE {self.name} ({declared})")
            values = ", ".join("?" * len(self.columns))
            connection.executemany(f"INSERT INTO {self.name} VALUES ({values})", self.rows)


def lines_file(
    adapters: Adapters, lines: Iterable[AuditLine], to: str | Path, options: ExportOptions | None
) -> ExportOutcome:
    return _published(adapters, Rows("audit", LINE, map(_line, lines)), to, options)


def operations_file(
    adapters: Adapters, found: Iterable[Operations], to: str | Path, options: ExportOptions | None
) -> ExportOutcome:
    rows = ([getattr(each, name) for name in OPERATIONS] for each in found)
    return _published(adapters, Rows("operations", OPERATIONS, rows), to, options)


def _line(line: AuditLine) -> list[object]:
    """Just as it was sealed."""
    stored = {**vars(line), "at": moment_text(line.at), "facts": json_text(line.facts)}
    return [stored[name] for name in LINE]


def _published(adapters: Adapters, rows: Rows, to: str | Path, options: ExportOptions | None) -> ExportOutcome:
    with work_folder() as work:
        file = work / f"{rows.name}.db"
        rows.fill(file)
        run = _run(adapters, file, work)
        chosen = _titled(to, options or ExportOptions(), rows.name)
        selection = Selection(entities=(rows.name,), order=Order.STORAGE)
        return publish_export(plan_export(run, to, selection, chosen, dialect=None, named=None), run)


def _run(adapters: Adapters, file: Path, work: Path) -> Run:
    from entrepot.databases.registry import open_engine

    engine = adapters.heeded(open_engine(f"sqlite:///{file}"))
    return Run(
        engine=engine,
        catalog=engine.introspect(),
        reporter=adapters.reporter,
        cancel=adapters.cancel,
        clock=adapters.clock,
        work=work,
        workbench=lambda: adapters.workbench(work),
        file_stores={},
        tool=f"entrepot {VERSION}",
        guard=export_guard(adapters.loaded, engine, adapters.environment),
    )


def _titled(to: str | Path, options: ExportOptions, name: str) -> ExportOptions:
    """Reports for people say what they are."""
    announced = announced_format(to, options.format)
    if announced is None or announced.name != "pdf" or "title" in options.format_options:
        return options
    title = "The audit" if name == "audit" else "Operations"
    return replace(options, format_options={**options.format_options, "title": title})
