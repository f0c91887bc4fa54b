"""What stands in the way of rows that would become what they were: they stay, and so does whatever hangs on them, of
whatever entity it is.

One row that stays can keep others: what it refers to must stay as well, what it has that is unique is not free, and who
refers to it cannot come back without it. So it is gone round until no more rows stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb

from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart, Beside, Blocking, Claim, Fate, Need, Settled, kin
from entrepot.workbench.deciding.forms import differ, equal
from entrepot.workbench.source import literal
from entrepot.workbench.undoing.compare import KEPT_BY, Comparing


@dataclass(frozen=True)
class Settling:
    connection: duckdb.DuckDBPyConnection
    parts: Sequence[BackPart]

    def settle(self, beside: Beside) -> Settled:
        self.connection.execute(KEPT_BY)
        finding = [(one.of, Fate.BLOCKED, self._blocked(one)) for one in beside.blocking]
        finding += [(one.of, Fate.TAKEN, self._taken(one)) for one in beside.claims]
        finding += [(one.of, Fate.PARENTLESS, self._parentless(one)) for one in beside.needs]
        while sum(self._stay(part, fate, query) for part, fate, query in finding):
            pass
        for part in self.parts:
            if part.part is Part.CREATED:
                self._explain(part)
        return Settled(
            parts=tuple(self._of(part.number).compared() for part in self.parts), blocked_by=self._blocking()
        )

    def _blocking(self) -> dict[str, int]:
        """How many rows of others there are that refer to created ones."""
        counts = self.connection.execute(
            "SELECT reason, sum(children)::BIGINT FROM (SELECT reason, part, count(DISTINCT child) AS children"
            " FROM kept_by WHERE child IS NOT NULL GROUP BY reason, part) GROUP BY reason"
        ).fetchall()
        return dict(counts)

    def _stay(self, part: int, fate: Fate, query: str) -> bool:
        """Whether more rows must than before. Each reason is told once."""
        self.connection.execute(
            f"INSERT INTO kept_by SELECT {part:d}, found.n, found.reason, found.child FROM ({query}) AS found"
            f" ANTI JOIN (SELECT * FROM kept_by WHERE part = {part:d}) AS known ON known.n = found.n"
            " AND known.reason = found.reason AND known.child IS NOT DISTINCT FROM found.child"
        )
        found = self.connection.execute(
            f"UPDATE {self._of(part).table} SET fate = '{fate}' WHERE fate = '{Fate.BACK}'"
            f" AND n IN (SELECT n FROM kept_by WHERE part = {part:d})"
        ).fetchone()
        return bool(found and found[0])

    def _explain(self, part: BackPart) -> None:
        """Created rows that the database refuses because others refer to them: better told which."""
        blocked = f"SELECT n FROM kept_by WHERE part = {part.number:d} AND child IS NOT NULL"
        self.connection.execute(
            f"UPDATE {part.table('back')} SET fate = '{Fate.BLOCKED}'"
            f" WHERE fate = '{Fate.REFUSED}' AND n IN ({blocked})"
        )
        self.connection.execute(
            f"DELETE FROM kept_by WHERE part = {part.number:d} AND child IS NULL AND n IN ({blocked})"
        )

    def _blocked(self, one: Blocking) -> str:
        """SQL: rows that others refer to, who do not go as well and will not refer elsewhere."""
        created, children = self._of(one.of), f"children_{one.number}"
        fates = f"'{Fate.BACK}', '{Fate.BLOCKED}', '{Fate.REFUSED}'"
        refer = [f"{children}.p{number}" for number in range(len(one.fields))]
        staying = f"NOT {self._leaves(children, one.child)}"
        if one.lets_go:
            staying += f" AND NOT {self._changes(children, one.child, one.fields, refer)}"
        return (
            f"SELECT was.n, {literal(one.title)} AS reason, {children}.n AS child FROM {created.rows} AS was"
            f" JOIN {created.table} AS back ON back.n = was.n AND back.fate IN ({fates})"
            f" LEFT JOIN same_{one.number} AS same ON same.of::BIGINT = was.n"
            f" JOIN {children} ON {children}.of::BIGINT = coalesce(same.first::BIGINT, was.n) WHERE {staying}"
        )

    def _taken(self, one: Claim) -> str:
        """SQL: rows whose value another one has, that neither goes nor gives it up."""
        mine, holders = self._of(one.of), f"holders_{one.number}"
        entity = mine.part.entity
        values = [f"was.c{at}" for at in mine.part.numbers(one.fields)]
        changes = self._changes("holder", entity, one.fields, values)
        itself = self._is_it("holder", mine.part, "was") if mine.part.part is Part.UPDATED else "false"
        return (
            f"SELECT was.n, {literal(', '.join(one.fields))} AS reason, NULL::BIGINT AS child FROM {mine.going_back()}"
            f" JOIN {holders} AS holder ON holder.of::BIGINT = was.n"
            f" WHERE NOT ({itself}) AND NOT {self._leaves('holder', entity)} AND NOT {changes}"
        )

    def _parentless(self, one: Need) -> str:
        """SQL: rows whose parent neither is there nor comes back."""
        mine = self._of(one.of)
        names = [f"c{at}" for at in mine.part.numbers(one.fields)]
        same = " AND ".join(f"was.{name} = each.{name}" for name in names)
        alike = f"alike_{one.number} AS alike"
        come = "".join(
            f" UNION ALL SELECT alike.first::BIGINT FROM {alike} JOIN ({self._coming(part)}) AS coming"
            " ON coming.n = alike.of::BIGINT"
            for part in one.sources(self.parts)
        )
        there = (
            f"(WITH found(of) AS (SELECT of::BIGINT FROM there_{one.number}{come}) SELECT of FROM found"
            f" UNION ALL SELECT alike.of::BIGINT FROM {alike} JOIN found ON found.of = alike.first::BIGINT)"
        )
        return (
            f"SELECT was.n, {literal(one.title)} AS reason, NULL::BIGINT AS child FROM {mine.going_back()}"
            f" JOIN {mine.each(names)} AS each ON {same} WHERE each.first NOT IN {there}"
        )

    def _coming(self, part: BackPart) -> str:
        """SQL: its rows that come back, by their numbers beyond those of others."""
        return f"SELECT {part.beyond:d} + parent.n AS n FROM {self._of(part.number).going_back('parent')}"

    def _leaves(self, row: str, entity: str) -> str:
        """SQL: it is a created row that goes."""
        return self._some(
            f"EXISTS (SELECT 1 FROM {self._of(part.number).going_back('going')}"
            f" WHERE {self._is_it(row, part, 'going')})"
            for part in self._those(entity, Part.CREATED)
        )

    def _changes(self, row: str, entity: str, fields: Sequence[str], values: Sequence[str]) -> str:
        """SQL: it is an updated row that gets back something else than these values of the fields."""
        return self._some(
            f"EXISTS (SELECT 1 FROM {self._of(part.number).going_back('changing')}"
            f" WHERE {self._is_it(row, part, 'changing')} AND ({self._others(part, fields, values)}))"
            for part in self._those(entity, Part.UPDATED)
        )

    def _others(self, part: BackPart, fields: Sequence[str], values: Sequence[str]) -> str:
        pairs = [(value, name) for value, name in zip(values, fields, strict=True) if name in part.columns]
        columns = part.numbers([name for _, name in pairs])
        other = (
            differ(value, f"changing.c{at}", part.types[at]) for (value, _), at in zip(pairs, columns, strict=True)
        )
        return " OR ".join(other) or "false"

    def _is_it(self, row: str, part: BackPart, other: str) -> str:
        mine = [f"{row}.{name}" for name, _ in kin([part], part.entity)]
        return equal(mine, [f"{other}.c{at}" for at in part.key], [part.types[at] for at in part.key])

    def _those(self, entity: str, which: Part) -> Iterator[BackPart]:
        return (part for part in self.parts if part.entity == entity and part.part is which)

    def _some(self, conditions: Iterable[str]) -> str:
        return f"({' OR '.join(conditions) or 'false'})"

    def _of(self, number: int) -> Comparing:
        return Comparing(self.connection, self.parts[number])
