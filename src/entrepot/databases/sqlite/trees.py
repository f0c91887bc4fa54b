"""Rows that go from a table that refers to itself, where RESTRICT holds every row by itself: leaves first, in turns.
Only what refers to each other in a circle is let loose before; a plain tree is never updated, so that no rule and no
trigger for changed rows sees it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.databases.compile import ROWS
from entrepot.databases.dialect import Dialect
from entrepot.databases.sqlite import keysets
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.keysets import same_as
from entrepot.databases.sqlite.loading import make_like, temporary
from entrepot.databases.sqlite.statements import delete_in, indexed, staged
from entrepot.databases.untying import Untied, untied
from entrepot.model.catalog import Entity, Field, Relation

DIALECT = SqliteDialect()
HOLDING = ("NO ACTION", "RESTRICT")


@dataclass(frozen=True, kw_only=True)
class Going:
    """Rows of `entity` whose `keys` are on a stage."""

    connection: sqlite3.Connection
    entity: Entity
    keys: Sequence[Field]
    stage: str

    def delete(self) -> int:
        """Where nothing is said of RESTRICT, references are asked about when all rows are gone."""
        inner = [it for it in self.entity.relations if it.parent == self.entity.name and not it.declared]
        holding = [relation for relation in inner if relation.on_delete in HOLDING]
        count = 0
        if restricting := [relation for relation in inner if relation.on_delete == "RESTRICT"]:
            keysets.index(self.connection, self.stage, self.keys)
            count = self._by_leaves(inner) + self._by_leaves(holding)
            loose = untied(self.entity, restricting, [field.name for field in self.keys])
            if loose and self._untie(loose, holding):
                count += self._by_leaves(holding)
        return count + self._execute(delete_in(self.entity, self.keys, self.stage))

    def _by_leaves(self, relations: Sequence[Relation]) -> int:
        """Rows that no other row refers to, and so on."""
        free = " AND ".join(f"({_referred(self.entity, relation)}) IS NOT TRUE" for relation in relations)
        statement, count = f"{delete_in(self.entity, self.keys, self.stage)} AND {free}", 0
        while gone := self._execute(statement):
            count += gone
        return count

    def _untie(self, loose: Untied, relations: Sequence[Relation]) -> int:
        """What refers to no other row of the circle does not belong to it."""
        circle, columns = temporary("circle"), [f"v{number:d}" for number in range(len(self.keys))]
        make_like(self.connection, circle, self.entity, self.keys, columns)
        table, names = DIALECT.table(self.entity), ", ".join(f"{ROWS}.{DIALECT.quote(it.name)}" for it in self.keys)
        rows = f"SELECT {names} FROM {table} AS {ROWS} WHERE {staged(self.keys, self.stage)}"
        self._execute(f"INSERT INTO {circle} {rows}")
        keysets.index(self.connection, circle, self.keys)
        outside = " AND ".join(f"NOT EXISTS ({self._referring(relation, circle)})" for relation in relations)
        while self._execute(f"DELETE FROM {circle} AS c WHERE {outside}"):
            pass
        pairs = (f"{DIALECT.quote(name)} = {DIALECT.quote(its) if its else 'NULL'}" for name, its in loose.items())
        found = staged(self.keys, circle)
        return self._execute(f"UPDATE {table} AS {ROWS} SET {', '.join(pairs)} WHERE {found}")

    def _referring(self, relation: Relation, circle: str) -> str:
        """The row of a key of the circle, if it refers to another one there."""
        table = DIALECT.table(self.entity)
        own = [same_as(f"{ROWS}.{DIALECT.quote(field.name)}", field) for field in self.keys]
        theirs = [same_as(f"p.{DIALECT.quote(field.name)}", field) for field in self.keys]
        given = (same_as(f"c.v{number:d}", field) for number, field in enumerate(self.keys))
        others = [same_as(f"o.v{number:d}", field) for number, field in enumerate(self.keys)]
        found = " AND ".join(f"{ours} = {its}" for ours, its in zip(own, given, strict=True))
        itself = " AND ".join(f"{ours} = {its}" for ours, its in zip(own, theirs, strict=True))
        there = DIALECT.matched(theirs, others, f"{circle} AS o", ())
        joined = f"{table} AS {ROWS} JOIN {table} AS p ON {' AND '.join(_meeting(relation, 'p', ROWS))}"
        return f"SELECT 1 FROM {joined} WHERE {found} AND NOT ({itself}) AND {there}"

    def _execute(self, statement: str) -> int:
        return self.connection.execute(statement).rowcount


def _referred(entity: Entity, relation: Relation) -> str:
    """Whether another row refers to ours: by an index, or all of them are read once."""
    theirs = [f"r.{DIALECT.quote(name)}" for name in relation.fields]
    ours = [f"{ROWS}.{DIALECT.quote(name)}" for name in relation.parent_fields]
    itself = " AND ".join(_meeting(relation, "r", "r"))
    where = [*(f"{name} IS NOT NULL" for name in theirs), f"({itself}) IS NOT TRUE"]
    source = f"{DIALECT.table(entity)} AS r"
    if indexed(entity, relation.fields):
        return Dialect.matched(DIALECT, theirs, ours, source, where)  # the parent first, here too
    return DIALECT.matched(ours, theirs, source, where)


def _meeting(relation: Relation, parent: str, child: str) -> Iterator[str]:
    """The parent's field first: it says how values compare."""
    for ours, theirs in zip(relation.fields, relation.parent_fields, strict=True):
        yield f"{parent}.{DIALECT.quote(theirs)} = {child}.{DIALECT.quote(ours)}"
