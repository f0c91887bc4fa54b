"""Requests about decisions, answered."""

from __future__ import annotations

from entrepot.model.drafts import Decision
from entrepot.model.templates import CsvDialect
from entrepot.workbench.deciding.bringing import bring, brought, hope, tell_again
from entrepot.workbench.deciding.counting import by_decision, ways_gone
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.emit import copy, selects
from entrepot.workbench.deciding.ranges import ranges
from entrepot.workbench.deciding.showing import differences
from entrepot.workbench.deciding.versions import keep_versions, move_children, part_former
from entrepot.workbench.judging.grouping import FINDINGS, grouped
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_deciding import (
    BeginRecords,
    DecidedRecords,
    DecideRecords,
    EmitRows,
    GiveRows,
    KeepVersions,
    MoveChildren,
    PartFormer,
    SettleRecords,
    ShowDecided,
    ShownRecords,
    TakeRows,
)
from entrepot.workbench.protocol_judging import GroupedFindings, GroupFindings
from entrepot.workbench.protocol_parts import BringRecords, CountSpans, SpanCounts
from entrepot.workbench.protocol_patching import FoundRecords, ListRecords
from entrepot.workbench.source import Database, identifier, literal


def take_rows(database: Database, request: TakeRows) -> Done:
    """Rows of the database beside those of the file. What is there is counted by itself: within the statement it would
    be joined with what comes, and DuckDB would hold a block of each column more."""
    table, connection = identifier(request.table), database.connection
    if not request.more:
        columns = "".join(f", {identifier(name)} VARCHAR" for name in request.columns)
        connection.execute(f"CREATE OR REPLACE TABLE {table} (n BIGINT{columns})")
    values = "".join(f", v{at}" for at in range(len(request.columns)))
    source = database.csv(request.rows, len(request.columns), CsvDialect(null=request.null), request.longest)
    before = int(connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0])
    found = connection.execute(
        f"INSERT INTO {table} SELECT {before} + row_number() OVER () - 1{values} FROM {source}"
    ).fetchone()
    return Done(rows=int(found[0]) if found else 0)


def give_rows(database: Database, request: GiveRows) -> Done:
    labels = map(literal, request.labels)
    names = ", ".join([*labels, *(identifier(name) if name else "NULL" for name in request.columns)])
    select = f"SELECT {names} FROM {identifier(request.table)} ORDER BY n"
    return Done(rows=copy(database.connection, select, request.path, request.null))


def decide_records(database: Database, request: DecideRecords) -> DecidedRecords:
    return DecidedRecords(decided=Deciding(database.connection, request.fields, request.matching).decide())


def begin_records(database: Database, request: BeginRecords) -> Done:
    Deciding(database.connection, request.fields, request.matching).begin()
    return Done(rows=0)


def settle_records(database: Database, request: SettleRecords) -> DecidedRecords:
    deciding = Deciding(database.connection, request.fields, request.matching)
    return DecidedRecords(decided=deciding.settle(request.alike))


def bring_records(database: Database, request: BringRecords) -> Done:
    deciding = Deciding(database.connection, request.fields, request.matching)
    if request.told is not None:
        tell_again(deciding, request.number, request.columns, request.told)
    else:
        keep = bring if request.decided else hope
        keep(deciding, request.number, request.columns)
    return Done(rows=0)


def list_records(database: Database, request: ListRecords) -> FoundRecords:
    deciding, asked = Deciding(database.connection, request.fields, request.matching), request.bringing
    if asked is not None:
        found = brought(deciding, asked.number, asked.columns, here=asked.here)
    else:
        found = f"SELECT DISTINCT record FROM decided WHERE way IN ({deciding.numbers(Decision.FAILED)})"
    return FoundRecords(records=ranges(database.connection, found))


def count_spans(database: Database, request: CountSpans) -> SpanCounts:
    deciding = Deciding(database.connection, request.fields, request.matching)
    gone = (ways_gone(database.connection, span) for span in request.spans)
    return SpanCounts(counts=tuple(by_decision(deciding.ways, counts) for counts in gone))


def show_decided(database: Database, request: ShowDecided) -> ShownRecords:
    deciding = Deciding(database.connection, request.fields, request.matching)
    return ShownRecords(
        findings=(*deciding.unread(request.most), *deciding.findings(request.most)),
        differences=tuple(differences(deciding, request.most)),
    )


def group_findings(database: Database, request: GroupFindings) -> GroupedFindings:
    told = FINDINGS
    if request.matching is not None:
        told = Deciding(database.connection, request.fields, request.matching).told()
    return GroupedFindings(
        grouped=grouped(database, request.fields, told, offset=request.offset, most=request.most, values=request.values)
    )


def emit_rows(database: Database, request: EmitRows) -> Done:
    deciding = Deciding(database.connection, request.fields, request.matching)
    some = selects(deciding, request.what, request.number, request.columns)
    return Done(rows=sum(copy(database.connection, select, request.path, request.null) for select in some))


def versions_kept(database: Database, request: KeepVersions) -> Done:
    return Done(rows=keep_versions(Deciding(database.connection, request.fields, request.matching)))


def former_parted(database: Database, request: PartFormer) -> Done:
    part_former(database.connection, request.width)
    return Done(rows=0)


def children_moved(database: Database, request: MoveChildren) -> Done:
    return Done(rows=move_children(database.connection, request.number, request.width, request.found_by))
