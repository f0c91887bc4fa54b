"""The first values that cleaning changed, as they were and as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.judgements import Change, Sample
from entrepot.workbench.judging.judge import parts
from entrepot.workbench.judging.ways import Way, ways_of
from entrepot.workbench.source import Database

SAMPLES = 3
SHOWN_CHARACTERS = 200


def changes(database: Database, fields: Sequence[TargetField]) -> tuple[Change, ...]:
    """What `judge` counted, with samples."""
    return tuple(change for part, (_, some) in enumerate(parts(fields)) for change in changes_of(database, part, some))


def changes_of(database: Database, part: int, fields: Sequence[TargetField]) -> Iterator[Change]:
    for number, way in enumerate(ways_of(fields)):
        records, first = database.connection.execute(
            f"SELECT count(*), arg_min(record, record, {SAMPLES}) FROM odd_{part} WHERE c{number}"
        ).fetchall()[0]
        if records:
            told = samples(database, part, way, first)
            yield Change(field=fields[way.field].name, by=way.by, records=records, samples=told)


def samples(database: Database, part: int, way: Way, records: Sequence[int]) -> tuple[Sample, ...]:
    chosen = ", ".join(str(int(record)) for record in records)
    rows = database.connection.execute(
        f"SELECT record, left({way.was}, {SHOWN_CHARACTERS}), left({way.now}, {SHOWN_CHARACTERS})"
        f" FROM examined_{part} WHERE record IN ({chosen}) ORDER BY record"
    ).fetchall()
    return tuple(Sample(record=record, was=was, now=now) for record, was, now in rows)
