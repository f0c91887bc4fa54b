"""The first values that cleaning changed, as they were and as they are."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.judgements import Change, Sample
from entrepot.workbench.judging.ways import Way, ways_of
from entrepot.workbench.source import Database

SAMPLES = 3
SHOWN_CHARACTERS = 200


def changes(database: Database, fields: Sequence[TargetField]) -> tuple[Change, ...]:
    """What `judge` counted, with samples."""
    ways = ways_of(fields)
    if not ways:
        return ()
    asked = ", ".join(
        f"count(*) FILTER (c{number}), arg_min(record, record, {SAMPLES}) FILTER (c{number})"
        for number, _ in enumerate(ways)
    )
    row = database.connection.execute(f"SELECT {asked} FROM odd").fetchall()[0]
    return tuple(
        Change(
            field=fields[way.field].name,
            by=way.by,
            records=row[2 * number],
            samples=samples(database, way, row[2 * number + 1]),
        )
        for number, way in enumerate(ways)
        if row[2 * number]
    )


def samples(database: Database, way: Way, records: Sequence[int]) -> tuple[Sample, ...]:
    chosen = ", ".join(str(int(record)) for record in records)
    rows = database.connection.execute(
        f"SELECT record, left({way.was}, {SHOWN_CHARACTERS}), left({way.now}, {SHOWN_CHARACTERS})"
        f" FROM examined WHERE record IN ({chosen}) ORDER BY record"
    ).fetchall()
    return tuple(Sample(record=record, was=was, now=now) for record, was, now in rows)
