"""What docs/how-to/bring-data-in.md promises, in plain Python and row by row: the model that real imports are held to.

It shares nothing with the product but the words of its decisions. The database is a list of rows, a file a list of
records; both are mappings from fields to text forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from entrepot.model.drafts import Blank, Decision, Mode, OnConflict
from entrepot.model.plans import ImportRequest
from recovery.plain_nicks import stuck, taken, twice

Row = Mapping[str, str | None]
Record = Mapping[str, str | None] | None
"""None: it could not be read. A field that is not in it was not given."""
FIELDS = ("id", "email", "name", "age", "score", "boss", "team_id", "nick")
WHOLE, LONGEST_NAME = ("id", "age", "boss", "team_id"), 20
SCORE = re.compile(r"-?\d{1,6}(\.\d{1,2})?")


@dataclass(frozen=True, kw_only=True)
class World:
    people: tuple[Row, ...]
    teams: frozenset[str]

    def ids(self) -> set[str | None]:
        return {row["id"] for row in self.people}


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What becomes of one record."""

    decision: Decision
    met: Row | None = None
    becomes: Row | None = None
    """The row as it will be; an id that the database gives out is None."""


FAILED = Fate(decision=Decision.FAILED)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A file and what was asked for."""

    records: Sequence[Record]
    columns: tuple[str, ...]
    key: tuple[str, ...]
    request: ImportRequest
    lines: bool
    """Of JSON."""


@dataclass(frozen=True, kw_only=True)
class Foretold:
    fates: tuple[Fate, ...]
    world: World = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        return {each: sum(fate.decision is each for fate in self.fates) for each in Decision}

    @property
    def blocked(self) -> bool:
        return any(fate.decision is Decision.FAILED for fate in self.fates)

    def people(self) -> list[Row]:
        """Afterwards."""
        changed = {fate.met["id"]: fate.becomes for fate in self.fates if fate.met and fate.becomes}
        kept = [changed.get(row["id"]) or row for row in self.world.people]
        return kept + [fate.becomes for fate in self.fates if fate.becomes and not fate.met]


def foretell(wanted: Wanted, world: World) -> Foretold:
    """Of records that would give one nick to two rows the first one stays, whatever becomes of it."""
    settled = _settled(wanted, world, frozenset())
    out = frozenset(twice(settled))
    while True:
        foretold = _settled(wanted, world, out)
        more = out.union(taken(foretold), stuck(foretold, wanted))
        if more == out:
            return foretold
        out = more


def _settled(wanted: Wanted, world: World, out: frozenset[int]) -> Foretold:
    """Whoever refers to a record that does not come in, does not come in either, whatever row has its id."""
    known = world.ids() | {record.get("id") for record in wanted.records if record}
    while True:
        fates = tuple(
            FAILED if number in out else _fate(number, wanted, world, known) for number in range(len(wanted.records))
        )
        left = _lent(fates, wanted, world)
        if left >= known:
            return Foretold(fates=fates, world=world)
        known &= left


def _lent(fates: Sequence[Fate], wanted: Wanted, world: World) -> set[str | None]:
    """The ids that stand for who was meant: what a record says is not the row that only has its id."""
    stays = {fate.met["id"] for fate in fates if fate.met and not fate.becomes}
    brought = {fate.becomes["id"] for fate in fates if fate.becomes}
    return stays | brought | (world.ids() - set(_failing(fates, wanted, world)))


def _failing(fates: Sequence[Fate], wanted: Wanted, world: World) -> Iterator[str]:
    seen: set[str] = set()
    for record, fate in zip(wanted.records, fates, strict=True):
        number = record.get("id") if record else None
        if number is not None and _is_good("id", number):
            is_row = number in world.ids() and number not in seen and wanted.request.conflicts is not OnConflict.FAIL
            seen.add(number)
            if fate.decision is Decision.FAILED and not is_row:
                yield number


def _fate(number: int, wanted: Wanted, world: World, known: set[str | None]) -> Fate:
    record = wanted.records[number]
    if record is None or not all(_is_good(name, record.get(name)) for name in wanted.columns):
        return FAILED
    if not _refers_well(record, known, world.teams):
        return FAILED
    return _by_key(record, wanted.records[:number], wanted, world)


def _by_key(record: Row, earlier: Sequence[Record], wanted: Wanted, world: World) -> Fate:
    key = _key(record, wanted.key)
    missing = FAILED if wanted.request.mode is Mode.UPDATE else _new(record)
    if not key or None in key:
        return missing
    met = [row for row in world.people if _key(row, wanted.key) == key]
    if len(met) > 1 or any(_key(other, wanted.key) == key for other in earlier if other is not None):
        return FAILED
    return _existing(record, met[0], wanted) if met else missing


def _is_good(name: str, value: str | None) -> bool:
    if value is None or (value == "" and name not in ("email", "name")):
        return name != "id"
    if name in WHOLE:
        return value.isdigit()
    if name == "score":
        return SCORE.fullmatch(value) is not None
    return name != "name" or len(value) <= LONGEST_NAME


def _refers_well(record: Row, known: set[str | None], teams: frozenset[str]) -> bool:
    team, boss = _plain("team_id", record.get("team_id")), _plain("boss", record.get("boss"))
    return team in {None, *teams} and boss in {None, *known}


def _key(row: Row, key: Sequence[str]) -> tuple[str | None, ...]:
    return tuple(_plain(name, row.get(name)) for name in key)


def _plain(name: str, value: str | None) -> str | None:
    """Equal texts for equal values."""
    if value is None or (value == "" and name not in ("email", "name")):
        return None
    return f"{float(value):.2f}" if name == "score" else value


def _new(record: Row) -> Fate:
    return Fate(decision=Decision.CREATED, becomes={name: _plain(name, record.get(name)) for name in FIELDS})


def _existing(record: Row, met: Row, wanted: Wanted) -> Fate:
    conflict = wanted.request.conflicts
    if conflict is OnConflict.FAIL:
        return FAILED
    if conflict is OnConflict.SKIP:
        return Fate(decision=Decision.SKIPPED, met=met)
    given = {name: _plain(name, record[name]) for name in wanted.columns if name in record}
    after = {**met, **{name: _kept(met[name], value, wanted.request) for name, value in given.items()}}
    if after == met:
        return Fate(decision=Decision.UNCHANGED, met=met)
    return Fate(decision=Decision.UPDATED, met=met, becomes=after)


def _kept(there: str | None, given: str | None, request: ImportRequest) -> str | None:
    if request.conflicts is OnConflict.OVERWRITE or request.blank is Blank.CLEAR:
        return given
    first, second = (there, given) if request.blank is Blank.FILL else (given, there)
    return second if first is None else first


def same_plan(before: Foretold, now: Foretold, columns: Sequence[str]) -> bool:
    """Whether the same would come of it: the same decisions, and the same values before where rows are changed."""
    return [seen(fate, columns) for fate in before.fates] == [seen(fate, columns) for fate in now.fates]


def seen(fate: Fate, columns: Sequence[str]) -> tuple[object, ...]:
    changed = fate.met if fate.decision is Decision.UPDATED else None
    return (fate.decision, changed and [changed[name] for name in columns])
