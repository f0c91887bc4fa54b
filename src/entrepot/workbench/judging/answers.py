"""Requests about values, answered."""

from __future__ import annotations

from entrepot.workbench.judging.changes import changes
from entrepot.workbench.judging.judge import findings, judge
from entrepot.workbench.protocol_judging import (
    JudgedRecords,
    JudgeRecords,
    ListedFindings,
    ListFindings,
    ShowChanges,
    ShownChanges,
)
from entrepot.workbench.source import Database


def judge_records(database: Database, request: JudgeRecords) -> JudgedRecords:
    return JudgedRecords(judged=judge(database, request.fields, request.rules, request.comparing))


def list_findings(database: Database, request: ListFindings) -> ListedFindings:
    return ListedFindings(findings=findings(database, request.fields, request.offset, request.most))


def show_changes(database: Database, request: ShowChanges) -> ShownChanges:
    return ShownChanges(changes=changes(database, request.fields))
