"""Tables that refer to themselves. The server looks at every row at once, so parents go in before their children and
out behind them, whatever order they come in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from entrepot.databases.compile import ROWS
from entrepot.databases.mysql.kept import KEPT, Kept
from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.staging import NUMBER
from entrepot.model.catalog import Entity, Relation

TURN = "turn"
Execute = Callable[[str], int]


def inner_references(entity: Entity) -> list[Relation]:
    return [relation for relation in entity.relations if relation.parent == entity.name and not relation.declared]


def inner_references_among(entity: Entity, fields: Sequence[str]) -> list[Relation]:
    """Those by which one of the new rows may refer to another one."""
    given = set(fields)
    return [
        relation
        for relation in inner_references(entity)
        if given.issuperset((*relation.fields, *relation.parent_fields))
    ]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Rows that wait for their turn. Turn 0: whose parents are not there yet; without relations, all."""

    rows: Kept
    relations: Sequence[Relation]

    def create(self, scratch: str) -> Iterator[str]:
        yield self.rows.drop()
        extra = f"{NUMBER} BIGINT UNSIGNED NOT NULL DEFAULT 0, {TURN} INT NOT NULL DEFAULT 0, KEY ({TURN})"
        yield self.rows.definition(scratch, extra)

    def insert(self, execute: Execute) -> int:
        count, turn = 0, 1
        while self.relations and execute(self._choose(turn)):
            count += execute(self._insertion(turn))
            turn += 1
        return count + execute(self._insertion(0))  # none, or rows that the server refuses in its own words

    def _choose(self, turn: int) -> str:
        ready = " AND ".join(map(self._has_parent, self.relations))
        return f"UPDATE {self.rows.table} AS {KEPT} SET {TURN} = {turn:d} WHERE {TURN} = 0 AND {ready}"

    def _has_parent(self, relation: Relation) -> str:
        """It refers to nothing, to itself, or to a row that is there."""
        column = {name: f"{KEPT}.c{number}" for number, name in enumerate(self.rows.fields)}
        pairs = list(zip(relation.fields, relation.parent_fields, strict=True))
        nothing = " OR ".join(f"{column[ours]} IS NULL" for ours, _ in pairs)
        itself = " AND ".join(f"{column[ours]} = {column[theirs]}" for ours, theirs in pairs)
        found = " AND ".join(f"p.{quote(theirs)} = {column[ours]}" for ours, theirs in pairs)
        there = f"EXISTS (SELECT 1 FROM {table_name(self.rows.entity)} AS p WHERE {found})"
        return f"({nothing} OR ({itself}) OR {there})"

    def _insertion(self, turn: int) -> str:
        names = ", ".join(map(quote, self.rows.fields))
        values = ", ".join(f"c{number}" for number in range(len(self.rows.fields)))
        chosen = f"SELECT {values} FROM {self.rows.table} WHERE {TURN} = {turn:d} ORDER BY {NUMBER}"
        return f"INSERT INTO {table_name(self.rows.entity)} ({names}) {chosen}"


def delete_by_turns(kept: Kept, relations: Sequence[Relation], execute: Execute) -> int:
    """First the rows that no other row refers to, and so on; what is left at the end goes in one statement, or not."""
    count = 0
    while relations and (gone := execute(_leaves(kept, relations))):
        count += gone
    return count + execute(deletion(kept))


def deletion(kept: Kept) -> str:
    return f"DELETE {ROWS} FROM {kept.joined()}"


def _leaves(kept: Kept, relations: Sequence[Relation]) -> str:
    joins: list[str] = []
    free: list[str] = []
    for number, relation in enumerate(relations):
        child = f"r{number:d}"
        pairs = zip(relation.fields, relation.parent_fields, strict=True)
        refers = " AND ".join(f"{child}.{quote(ours)} = {ROWS}.{quote(theirs)}" for ours, theirs in pairs)
        joins.append(f"LEFT JOIN {table_name(kept.entity)} AS {child} ON {refers}")
        free.append(f"{child}.{quote(relation.fields[0])} IS NULL")
    return f"{deletion(kept)} {' '.join(joins)} WHERE {' AND '.join(free)}"
