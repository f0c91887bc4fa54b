"""What stands in the way of rows that would become what they were: they stay, and so does whatever hangs on them.

One row that stays can keep others: what it refers to must stay as well, what it has that is unique is not free, and who
refers to it cannot come back without it. So it is gone round until no more rows stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        finding = [(Part.CREATED, Fate.BLOCKED, self._blocked(one)) for one in beside.blocking]
        finding += [(one.part, Fate.TAKEN, self._taken(one)) for one in beside.claims]
        finding += [(one.part, Fate.PARENTLESS, self._parentless(one)) for one in beside.needs]
        while sum(self._stay(part, fate, query) for part, fate, query in finding):
            pass
        self._explain()
        counts = self.connection.execute(
            "SELECT reason, count(DISTINCT child) FROM kept_by WHERE child IS NOT NULL GROUP BY reason"
        ).fetchall()
        return Settled(
            parts={part.part: self._of(part.part).compared() for part in self.parts}, blocked_by=dict(counts)
        )

    def _stay(self, part: Part, fate: Fate, query: str) -> bool:
        """Whether more rows must than before. Each reason is told once."""
        self.connection.execute(
            f"INSERT INTO kept_by SELECT '{part}', found.n, found.reason, found.child FROM ({query}) AS found"
            f" ANTI JOIN (SELECT * FROM kept_by WHERE part = '{part}') AS known ON known.n = found.n"
            " AND known.reason = found.reason AND known.child IS NOT DISTINCT FROM found.child"
        )
        found = self.connection.execute(
            f"UPDATE back_{part} SET fate = '{fate}' WHERE fate = '{Fate.BACK}'"
            f" AND n IN (SELECT n FROM kept_by WHERE part = '{part}')"
        ).fetchone()
        return bool(found and found[0])

    def _explain(self) -> None:
        """Created rows that the database refuses because others refer to them: better told which."""
        if self._has(Part.CREATED):
            blocked = f"SELECT n FROM kept_by WHERE part = '{Part.CREATED}' AND child IS NOT NULL"
            self.connection.execute(
                f"UPDATE back_created SET fate = '{Fate.BLOCKED}' WHERE fate = '{Fate.REFUSED}' AND n IN ({blocked})"
            )
            self.connection.execute(
                f"DELETE FROM kept_by WHERE part = '{Part.CREATED}' AND child IS NULL AND n IN ({blocked})"
            )

    def _blocked(self, one: Blocking) -> str:
        """SQL: rows that others refer to, who do not go as well and will not refer elsewhere."""
        created, children = self._of(Part.CREATED), f"children_{one.number}"
        fates = f"'{Fate.BACK}', '{Fate.BLOCKED}', '{Fate.REFUSED}'"
        columns = created.part.numbers(one.referred)
        referred = [f"was.c{at}" for at in columns]
        refer = [f"{children}.p{number}" for number in range(len(columns))]
        same = equal(referred, refer, [created.part.types[at] for at in columns])
        staying = f"NOT {self._leaves(children)}"
        if one.lets_go:
            staying += f" AND NOT {self._changes(children, one.fields, refer)}"
        return (
            f"SELECT was.n, {literal(one.entity)} AS reason, {children}.n AS child FROM {created.rows} AS was"
            f" JOIN {created.table} AS back ON back.n = was.n AND back.fate IN ({fates})"
            f" JOIN {children} ON {same} WHERE {staying if one.own else 'true'}"
        )

    def _taken(self, one: Claim) -> str:
        """SQL: rows whose value another one has, that neither goes nor gives it up."""
        mine, holders = self._of(one.part), f"holders_{one.number}"
        values = [f"was.c{at}" for at in mine.part.numbers(one.fields)]
        staying = f"NOT {self._leaves('holder')} AND NOT {self._changes('holder', one.fields, values)}"
        itself = self._is_it("holder", Part.UPDATED, "was") if one.part is Part.UPDATED else "false"
        return (
            f"SELECT was.n, {literal(', '.join(one.fields))} AS reason, NULL::BIGINT AS child FROM {mine.going_back()}"
            f" JOIN {holders} AS holder ON holder.of::BIGINT = was.n WHERE NOT ({itself}) AND {staying}"
        )

    def _parentless(self, one: Need) -> str:
        """SQL: rows whose parent neither is there nor comes back."""
        mine = self._of(one.part)
        names = [f"c{at}" for at in mine.part.numbers(one.fields)]
        same = " AND ".join(f"was.{name} = each.{name}" for name in names)
        there = (
            f"(SELECT of::BIGINT FROM there_{one.number} UNION ALL SELECT alike.of::BIGINT FROM alike_{one.number} AS"
            f" alike JOIN there_{one.number} AS there ON there.of = alike.first)"
        )
        come = "".join(f" AND NOT {self._comes(source, one, names)}" for source in self._sources(one))
        return (
            f"SELECT was.n, {literal(one.entity)} AS reason, NULL::BIGINT AS child FROM {mine.going_back()}"
            f" JOIN {mine.each(names)} AS each ON {same} WHERE each.first NOT IN {there}{come}"
        )

    def _sources(self, one: Need) -> Iterator[Comparing]:
        for part in self.parts:
            if part.part is not Part.CREATED and one.parent_fields and part.has(one.parent_fields):
                yield self._of(part.part)

    def _comes(self, source: Comparing, one: Need, names: Sequence[str]) -> str:
        columns = source.part.numbers(one.parent_fields)
        same = equal(
            [f"was.{name}" for name in names],
            [f"parent.c{at}" for at in columns],
            [source.part.types[at] for at in columns],
        )
        return f"EXISTS (SELECT 1 FROM {source.going_back('parent')} WHERE {same})"

    def _leaves(self, row: str) -> str:
        """SQL: it is a created row that goes."""
        if not self._has(Part.CREATED):
            return "false"
        going = self._of(Part.CREATED).going_back("going")
        return f"EXISTS (SELECT 1 FROM {going} WHERE {self._is_it(row, Part.CREATED, 'going')})"

    def _changes(self, row: str, fields: Sequence[str], values: Sequence[str]) -> str:
        """SQL: it is an updated row that gets back something else than these values of the fields."""
        if not self._has(Part.UPDATED):
            return "false"
        updated = self._of(Part.UPDATED)
        pairs = [(value, name) for value, name in zip(values, fields, strict=True) if name in updated.part.columns]
        if not pairs:
            return "false"
        columns = updated.part.numbers([name for _, name in pairs])
        other = " OR ".join(
            differ(value, f"changing.c{at}", updated.part.types[at])
            for (value, _), at in zip(pairs, columns, strict=True)
        )
        same = self._is_it(row, Part.UPDATED, "changing")
        return f"EXISTS (SELECT 1 FROM {updated.going_back('changing')} WHERE {same} AND ({other}))"

    def _is_it(self, row: str, which: Part, other: str) -> str:
        part = self._of(which).part
        mine = [f"{row}.{name}" for name, _ in kin([part])]
        return equal(mine, [f"{other}.c{at}" for at in part.key], [part.types[at] for at in part.key])

    def _has(self, which: Part) -> bool:
        return any(part.part is which for part in self.parts)

    def _of(self, which: Part) -> Comparing:
        return Comparing(self.connection, next(part for part in self.parts if part.part is which))
