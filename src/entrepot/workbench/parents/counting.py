"""How many of the ids that a file has lead to a row, or to a record of the file."""

from __future__ import annotations

from entrepot.model.references import FoundParents
from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.forms import equal
from entrepot.workbench.protocol_references import CountParents, ParentsCounted
from entrepot.workbench.source import Database


def count_parents(database: Database, request: CountParents) -> ParentsCounted:
    """Of each reference; of values that were good."""
    fields, matching = request.fields, request.matching
    counted: list[FoundParents] = []
    for number, referring in enumerate(matching.references):
        mine = [f"asked.f{at}" for at in referring.fields]
        theirs = [f"parents.p{at}" for at in range(len(referring.fields))]
        same = equal(mine, theirs, [fields[at].type for at in referring.fields])
        asked = meeting.references(matching, referring.fields)
        values, found = database.connection.execute(
            f"SELECT count(*), count(*) FILTER (parents.here) FROM ({asked}) AS asked"
            f" LEFT JOIN {meeting.parents(fields, matching, number)} AS parents ON {same}"
        ).fetchall()[0]
        counted.append(FoundParents(values=values, found=found, missing=values - found))
    return ParentsCounted(parents=tuple(counted))
