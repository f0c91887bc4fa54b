"""What is told about a dump as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.workbench.reading.sql.found import Found
from entrepot.workbench.reading.sql.shape import Table


class Section(msgspec.Struct):
    """Of the layout that our own scripts begin with."""

    entity: str
    rows: int
    begin: str


def about(found: Found, table: Table | None, records: int, file: str) -> Iterator[Problem]:
    if found.not_applied:
        yield not_applied(found)
    if table is not None:
        yield from differs(found, table, records, file)


def not_applied(found: Found) -> Problem:
    """Nothing of a script is run; here is what it would have done besides."""
    kinds = sorted(found.not_applied.items())
    words = [
        f"{kind} ({count:,}, {'' if count == 1 else 'from '}line {found.first[kind].line})" for kind, count in kinds
    ]
    return Problem(
        code="not_applied",
        message=f"Rows are read, nothing is run. Not applied: {', '.join(words)}.",
        remedy="Create tables, and whatever else is needed of it, with the database's own tools.",
        severity=Severity.WARNING,
        category=Category.FIDELITY,
        place=min(found.first.values(), key=lambda place: place.byte or 0),
    )


def differs(found: Found, table: Table, records: int, file: str) -> Iterator[Problem]:
    """Our own scripts say how many rows they have."""
    try:
        sections = msgspec.json.decode(found.layout or b"[]", type=list[Section])
    except msgspec.DecodeError:
        return
    for section in sections:
        if section.begin.encode() in table.heads and section.rows != records:
            yield Problem(
                code="count_differs",
                message=f"{section.entity}: the file declares {section.rows:,} records and holds {records:,}.",
                remedy="Get an undamaged copy, or export again.",
                category=Category.COUNT,
                place=Place(file=file, entity=section.entity),
            )
