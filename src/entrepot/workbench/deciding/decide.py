"""The table `decided(record, way, n)`: for every record of the file the way that it goes, and the row that it met.

Besides `judged` and `rejected` it reads what the database found (`meeting`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import duckdb

from entrepot.model.drafts import Decision, FieldCount, Finding, TargetField
from entrepot.model.matching import Decided, Matching
from entrepot.workbench.bands import bands
from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.among import failed_parents, said
from entrepot.workbench.deciding.beside import beside, doubles_of
from entrepot.workbench.deciding.chains import begin_chains
from entrepot.workbench.deciding.clashes import find_clashes, tell_clashes, told_clashes
from entrepot.workbench.deciding.counting import by_decision, ways_gone
from entrepot.workbench.deciding.differing import find_differing
from entrepot.workbench.deciding.digest import digest_of
from entrepot.workbench.deciding.forms import equal
from entrepot.workbench.deciding.gaps import Gaps, defaulted, gaps_of, tell
from entrepot.workbench.deciding.gaps import told as missing
from entrepot.workbench.deciding.referred import referred_ways
from entrepot.workbench.deciding.scope import after, joined, skips, within
from entrepot.workbench.deciding.turns import settle, turn_ways, turns_of
from entrepot.workbench.deciding.unique import find_doubles, unique_ways
from entrepot.workbench.deciding.versions import newest, version_counts
from entrepot.workbench.deciding.ways import Way, no_whole_key, ways
from entrepot.workbench.judging.grouping import FINDINGS
from entrepot.workbench.judging.judge import SHOWN_CHARACTERS
from entrepot.workbench.source import literal

UNREAD = Way("rejected", Decision.FAILED)
"""Where records go that could not be read."""
LEFT_OUT = Way("left out", Decision.SKIPPED)
"""Where those go that somebody skips."""
APART = (UNREAD, LEFT_OUT)


@dataclass(frozen=True)
class Deciding:
    connection: duckdb.DuckDBPyConnection
    fields: Sequence[TargetField]
    matching: Matching

    @cached_property
    def ways(self) -> list[Way]:
        known = (
            *ways(self.fields, self.matching, self.gaps, tuple(failed_parents(self.fields, self.matching))),
            *unique_ways(self.matching),
            *referred_ways(self.matching),
        )
        return [*known, *turn_ways(self.matching), UNREAD, LEFT_OUT]

    @cached_property
    def gaps(self) -> Gaps:
        return gaps_of(self.connection, self.fields)

    @property
    def defaulted(self) -> tuple[tuple[int, ...], ...]:
        """The sets of fields that new rows leave to the database, of all records that were decided about."""
        everywhere = replace(self, matching=replace(self.matching, scope=None))
        return defaulted(self.connection, self.fields, self.gaps, everywhere.chosen(Decision.CREATED))

    def decide(self) -> Decided:
        self.begin()
        return self.settled()

    def begin(self) -> None:
        for statement in self._statements():
            self.connection.execute(statement)
        begin_chains(self)

    def settle(self, alike: Sequence[int]) -> Decided:
        """The database was asked about unique values, but for some."""
        for number in alike:
            find_doubles(self, number)
        return self.settled()

    def settled(self) -> Decided:
        settle(self)
        counts = ways_gone(self.connection)
        found = (self._count(way, counts.get(number, 0)) for number, way in enumerate(self.ways) if way.code)
        lacking = missing(self.connection, self.fields, self.matching, self.gaps)
        clashing = told_clashes(self.connection, self.fields, self.matching)
        told = (*lacking, *clashing, *(count for count in found if count.records))
        return Decided(
            counts=by_decision(self.ways, counts),
            unkeyed=sum(counts.get(number, 0) for number, way in enumerate(self.ways) if self._has_no_key(way)),
            digest=digest_of(self),
            findings=told,
            defaulted=self.defaulted,
            turns=turns_of(self.connection),
            versions=version_counts(self, counts),
        )

    def _count(self, way: Way, records: int) -> FieldCount:
        return FieldCount(field=self._name(way), code=way.code or "", records=records, words=way.words)

    def _has_no_key(self, way: Way) -> bool:
        return way.decision is Decision.CREATED and way.when == no_whole_key(self.matching)

    def _name(self, way: Way) -> str | None:
        return None if way.field is None else self.fields[way.field].name

    def findings(self, most: int) -> list[Finding]:
        """What only matching could find, in the order of the records."""
        telling = self._telling()
        if not telling:
            return []
        values = " ".join(f"WHEN {n} THEN {self.told_of(self.ways[n])}" for n in telling)
        rows = self.connection.execute(
            f"SELECT record, way, CASE way {values} END FROM decided JOIN judged USING (record)"
            f" WHERE way IN ({', '.join(map(str, telling))}) ORDER BY record LIMIT {most:d}"
        ).fetchall()
        return [self._finding(*row) for row in rows]

    def told(self) -> str:
        """SQL of all findings: of judging, of reading, and of deciding."""
        parts = [
            FINDINGS,
            f'SELECT record, NULL, "at", code, left(value, {SHOWN_CHARACTERS}), false, NULL FROM rejected',
        ]
        parts += [
            f"SELECT record, {'NULL' if way.field is None else way.field}, NULL, {literal(way.code or '')},"
            f" left({self.told_of(way)}, {SHOWN_CHARACTERS}), false,"
            f" {'NULL' if way.words is None else literal(way.words)}"
            f" FROM decided JOIN judged USING (record) WHERE way = {number}"
            for number, way in ((number, self.ways[number]) for number in self._telling())
        ]
        return " UNION ALL ".join(parts)

    def told_of(self, way: Way) -> str:
        """SQL of what is wrong; of ids of the files' own what the file says."""
        field = None if way.field is None else self.fields[way.field]
        if way.told is not None or field is None or not field.own_id:
            return way.value
        return said(field.found, f"judged.f{way.field}")

    def _telling(self) -> list[int]:
        """The ways that some record went and that tell something. Others would be planned and looked for all the same,
        in tables that may never have been made."""
        telling = [number for number, way in enumerate(self.ways) if way.code]
        if not telling:
            return []  # of a file that nobody can read, nothing was decided
        gone = {number for (number,) in self.connection.execute("SELECT DISTINCT way FROM decided").fetchall()}
        return [number for number in telling if number in gone]

    def unread(self, most: int) -> list[Finding]:
        """Records that are none, and why."""
        found = self.connection.execute(
            f'SELECT record, code, value, "at" FROM rejected ORDER BY record LIMIT {most:d}'
        ).fetchall()
        return [
            Finding(record=record, field=None, code=code, value=value, column=at) for record, code, value, at in found
        ]

    def _finding(self, record: int, number: int, value: str | None) -> Finding:
        way = self.ways[number]
        return Finding(record=int(record), field=self._name(way), code=way.code or "", value=value, words=way.words)

    def after(self, number: int) -> str:
        return after(number, self.matching, self.gaps)

    def chosen(self, decision: Decision, *, of: str = "true") -> str:
        """FROM the records of one decision, with the rows that they met (new ones meet none, so for them there is no
        `met`); `of` is what else is asked of them. These are joined first: with both joins side by side, DuckDB plans
        for minutes where there are a hundred fields."""
        there = f"way IN ({self.numbers(decision)}) AND {within(self.matching, 'decided.record')} AND {of}"
        met, values = "", ""
        if self.matching.key and decision is not Decision.CREATED:
            met, values = f" LEFT JOIN {meeting.met(self.matching)} AS met ON met.n = decided.n", ", met.*"
        rows = f"SELECT decided.record AS met_by{values} FROM decided{met} WHERE {there}"
        return f"judged JOIN ({rows}) AS met ON judged.record = met.met_by{joined(self.matching)}"

    def bands(self) -> Sequence[Deciding]:
        """About some of the records that met a row at a time."""
        spans = list(bands(self.connection, "existing", self.matching.scope))
        if len(spans) < 2:
            return [self]
        return [replace(self, matching=replace(self.matching, scope=span)) for span in spans]

    @property
    def changing(self) -> Decision:
        """What becomes of records that differ from the rows that they met."""
        return Decision.UPDATED if self.matching.versions is None else Decision.VERSIONED

    def numbers(self, decision: Decision) -> str:
        """Of the ways to it, listed for IN; -1 is none, and unlike NULL it is never unknown."""
        return ", ".join(str(n) for n, way in enumerate(self.ways) if way.decision is decision) or "-1"

    def _statements(self) -> Iterator[str]:
        if self.matching.scope is None:
            yield "DROP TABLE IF EXISTS doubles"
        if self.matching.key:
            yield from newest(self.matching)
            yield doubles_of(self)
            yield from find_differing(self)
            yield from find_clashes(self)
        cases = "".join(f" WHEN {way.when} THEN {number}" for number, way in enumerate(self.ways) if way not in APART)
        number = "met.n" if self.matching.key else "NULL::BIGINT"
        yield (
            "CREATE OR REPLACE TABLE decided AS SELECT judged.record::BIGINT AS record,"
            f" (CASE{cases} END)::USMALLINT AS way, {number} AS n FROM {' '.join(beside(self))}"
            f" WHERE {within(self.matching, 'judged.record')}"
        )
        yield from self._apart(UNREAD, "rejected")
        if skips(self.matching):
            yield from self._apart(LEFT_OUT, "left_out")
        yield from tell(self.fields, self.matching, self.gaps)
        yield from tell_clashes(self)

    def _apart(self, way: Way, table: str) -> Iterator[str]:
        """Records of which nothing was judged."""
        here = within(self.matching, "record")
        yield f"INSERT INTO decided SELECT DISTINCT record, {self.ways.index(way)}, NULL FROM {table} WHERE {here}"

    def same(self, numbers: Sequence[int], prefix: str) -> str:
        mine = [f"judged.f{at}" for at in numbers]
        theirs = [f"{prefix}{number}" for number in range(len(numbers))]
        return equal(mine, theirs, [self.fields[at].type for at in numbers])
