"""Records that were made because others name them, of which none comes in: nobody asked for these rows.

Whoever comes in was decided about before, and brought the values by which it refers (`bringing`). What is compared are
texts without case: at worst a row stays that nobody refers to, and never one is missing.
"""

from __future__ import annotations

from entrepot.model.drafts import Decision, TargetField
from entrepot.model.made import AskedBy
from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_references import LeaveUnasked
from entrepot.workbench.source import Database


def leave_unasked(database: Database, request: LeaveUnasked) -> Done:
    """In a later round, those of earlier ones stay left out."""
    connection, matching = database.connection, request.matching
    new = Deciding(connection, request.fields, matching).chosen(Decision.CREATED)
    nobody = " AND ".join(f"NOT EXISTS ({_who(request.fields, one)})" for one in request.asked) or "true"
    if not matching.unasked:
        connection.execute("CREATE OR REPLACE TABLE unasked (record BIGINT)")
    found = connection.execute(f"INSERT INTO unasked SELECT judged.record FROM {new} WHERE {nobody}").fetchall()
    return Done(rows=int(found[0][0]))


def _who(fields: tuple[TargetField, ...], one: AskedBy) -> str:
    pairs = [
        (_plain(fields[at], f"judged.f{at}"), _plain(fields[at], f"other.p{n}")) for n, at in enumerate(one.fields)
    ]
    same = " AND ".join(f"{mine} = {theirs}" for mine, theirs in pairs)
    return f"SELECT 1 FROM {schema_of(one.part)}.brought_{one.number} AS other WHERE other.here AND {same}"


def _plain(field: TargetField, value: str) -> str:
    return f"lower(trim({same_form(field.type, value)}))"
