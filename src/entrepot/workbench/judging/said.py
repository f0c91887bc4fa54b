"""What rules in Python say, which run where the application is: records go out to them, findings come back."""

from __future__ import annotations

from entrepot.model.drafts import Judged
from entrepot.workbench.baselines.whole import whole
from entrepot.workbench.judging.judge import summary
from entrepot.workbench.judging.row_rules import SHOWN_CHARACTERS, lay_over
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_judging import JudgedRecords
from entrepot.workbench.protocol_rules import AddFindings, GiveJudged
from entrepot.workbench.source import Database, literal


def give_judged(database: Database, request: GiveJudged) -> Done:
    numbers = range(len(request.fields))
    values = ", ".join(["record::VARCHAR", *(f"f{at}" for at in numbers)])
    good = " AND ".join(f"e{at} IS NULL" for at in numbers)
    records = whole(database.connection, "judged", request.fields, request.comparing)
    found = database.connection.execute(
        f"COPY (SELECT to_json([{values}])::VARCHAR FROM {records} WHERE {good})"
        f" TO {literal(request.path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '')"
    ).fetchone()
    return Done(rows=int(found[0]) if found else 0)


def add_findings(database: Database, request: AddFindings) -> JudgedRecords:
    """With the value of the field that is to blame; one without a field counts against the first."""
    values = " ".join(f"WHEN {at} THEN left(f{at}, {SHOWN_CHARACTERS})" for at, _ in enumerate(request.fields))
    connection = database.connection
    connection.execute(
        "INSERT INTO findings SELECT record, place, code, CASE place"
        f" {values} END, warning, words FROM (SELECT said.record::BIGINT AS record, said.place::INTEGER AS place,"
        " said.code AS code, said.warning::BOOLEAN AS warning, said.words AS words FROM said)"
        " JOIN valued USING (record)"
    )
    lay_over(database)
    judged: Judged = summary(database, request.fields)
    return JudgedRecords(judged=judged)
