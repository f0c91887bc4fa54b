"""What stands beside each record while its way is decided: other records of its key, rows that it met, and parents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.differing import differing
from entrepot.workbench.deciding.forms import same_form
from entrepot.workbench.deciding.scope import joined

if TYPE_CHECKING:
    from entrepot.workbench.deciding.decide import Deciding


def doubles_of(deciding: Deciding) -> str:
    """Keys that stand in the file more than once, and where first: in all of it, whatever the scope is."""
    key = deciding.matching.key
    keys = ", ".join(f"{form} AS d{number}" for number, form in enumerate(_key_forms(deciding, "f", key)))
    there = " AND ".join(f"f{at} IS NOT NULL" for at in key)
    return (
        f"CREATE TABLE IF NOT EXISTS doubles AS SELECT {keys}, min(record) AS first FROM judged WHERE {there}"
        " GROUP BY ALL HAVING count(*) > 1"
    )


def beside(deciding: Deciding) -> Iterator[str]:
    """FROM what, and the joins."""
    matching = deciding.matching
    yield f"judged{joined(matching)}"
    if matching.key:
        forms = _key_forms(deciding, "judged.f", matching.key)
        doubled = " AND ".join(f"{form} = doubles.d{number}" for number, form in enumerate(forms))
        yield f"LEFT JOIN doubles ON {doubled}"
        yield f"LEFT JOIN {meeting.doubled()} AS doubled ON doubled.record = judged.record"
        kept = [matching.compared.index(at) for at in matching.leading if at in matching.compared]
        met = meeting.rows(matching, kept, numbered=matching.versions is not None)
        yield f"LEFT JOIN {met} AS met ON met.record = judged.record"
        yield f"LEFT JOIN {differing(matching)} AS differing ON differing.record = judged.record"
    if matching.baseline is not None:
        yield "LEFT JOIN based ON based.record = judged.record"
    for number in range(len(matching.unique)):
        yield f"LEFT JOIN {meeting.taken(number)} AS taken{number} ON taken{number}.record = judged.record"
    for number, referring in enumerate(matching.references):
        parents = f"{meeting.parents(deciding.fields, matching, number)} AS parents{number}"
        prefix = f"parents{number}.p"
        same = deciding.same(referring.fields, prefix)
        if not referring.own and referring.elsewhere is None:  # both sides are the same texts of the file
            same = " AND ".join(f"judged.f{at} = {prefix}{place}" for place, at in enumerate(referring.fields))
        yield f"LEFT JOIN {parents} ON {same}"


def _key_forms(deciding: Deciding, prefix: str, numbers: Sequence[int]) -> list[str]:
    return [same_form(deciding.fields[at].type, f"{prefix}{at}") for at in numbers]
