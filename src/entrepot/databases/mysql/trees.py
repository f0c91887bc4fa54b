"""Tables that refer to themselves. The server looks at every row at once, so parents go in before their children and
out behind them, whatever order they come in; and what is referred to in a circle, untied for a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from entrepot.databases.compile import ROWS
from entrepot.databases.mysql.dialect import MySqlDialect
from entrepot.databases.mysql.kept import KEPT, Kept
from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.staging import NUMBER
from entrepot.databases.untying import Untied, untied
from entrepot.model.catalog import Entity, Relation

TURN = "turn"
HOLDING = ("NO ACTION", "RESTRICT")
NOTHING: Untied = {}
Execute = Callable[[str], int]


def inner_references(entity: Entity) -> list[Relation]:
    return [relation for relation in entity.relations if relation.parent == entity.name and not relation.declared]


def inner_references_among(entity: Entity, fields: Sequence[str]) -> list[Relation]:
    """Those by which one of the new rows may refer to another one, as far as they are given: what the database fills
    by itself says nothing of their order."""
    return [given for relation in inner_references(entity) if (given := _given(relation, set(fields)))]


def _given(relation: Relation, fields: set[str]) -> Relation | None:
    pairs = list(zip(relation.fields, relation.parent_fields, strict=True))
    if fields.issuperset(name for pair in pairs for name in pair):
        return relation
    pairs = [pair for pair in pairs if fields.issuperset(pair) and pair[0] != pair[1]]
    if not pairs:
        return None
    ours, theirs = zip(*pairs, strict=True)
    return replace(relation, fields=ours, parent_fields=theirs)


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
        return count + self._insert_circles(execute)

    def _insert_circles(self, execute: Execute) -> int:
        """None, or rows that refer to each other in a circle, or such that the server refuses in its own words."""
        loose = untied(self.rows.entity, self.relations, ())
        count = execute(self._insertion(0, loose))
        if count and loose:
            execute(self._tying(loose))
        return count

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

    def _insertion(self, turn: int, loose: Untied = NOTHING) -> str:
        fields = self.rows.fields
        names = ", ".join(map(quote, fields))
        others = [loose.get(name, name) for name in fields]
        values = ", ".join("NULL" if name is None else f"c{fields.index(name)}" for name in others)
        chosen = f"SELECT {values} FROM {self.rows.table} WHERE {TURN} = {turn:d} ORDER BY {NUMBER}"
        return f"INSERT INTO {table_name(self.rows.entity)} ({names}) {chosen}"

    def _tying(self, loose: Untied) -> str:
        """A moment of the last change stays the one that was given, or came of itself."""
        entity, numbers = self.rows.entity, {name: number for number, name in enumerate(self.rows.fields)}
        given = dict.fromkeys([*loose, *(name for name in numbers if entity.field(name).on_update)])
        found_by = dict.fromkeys(name for relation in self.relations for name in relation.parent_fields)
        pairs, same = ([f"{ROWS}.{quote(it)} = {KEPT}.c{numbers[it]}" for it in some] for some in (given, found_by))
        joined = f"{self.rows.table} AS {KEPT} STRAIGHT_JOIN {table_name(entity)} AS {ROWS} ON {' AND '.join(same)}"
        moments = (quote(field.name) for field in entity.fields if field.on_update and field.name not in numbers)
        pairs.extend(f"{ROWS}.{name} = {ROWS}.{name}" for name in moments)
        return f"UPDATE {joined} SET {', '.join(pairs)} WHERE {KEPT}.{TURN} = 0"


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """Rows that go, of a table that refers to itself."""

    kept: Kept
    relations: Sequence[Relation]
    scratch: str
    unchecked: Callable[[], AbstractContextManager[None]]
    """The server does not look at keys meanwhile; they are looked up behind it."""

    def delete(self, execute: Execute) -> int:
        """First the rows that no other row refers to, and so on; what is left refers to itself, or in a circle."""
        count = 0
        while self.relations and (gone := execute(_leaves(self.kept, self.relations))):
            count += gone
        holding = [relation for relation in self.relations if relation.on_delete in HOLDING]
        loose = untied(self.kept.entity, holding, self.kept.fields[: self.kept.keys])
        if empty := [f"{ROWS}.{quote(name)} = NULL" for name, its in loose.items() if its is None]:
            execute(f"UPDATE {self.kept.joined()} SET {', '.join(empty)}")
        filled = {name: its for name, its in loose.items() if its is not None}
        alone = bool(filled) and not self._hang_up(filled, execute) and self._is_any_left(execute)
        with self.unchecked() if alone else nullcontext():
            return count + execute(deletion(self.kept))

    def _is_any_left(self, execute: Execute) -> bool:
        return bool(execute(f"SELECT 1 FROM {table_name(self.kept.entity)} LIMIT 1"))

    def _hang_up(self, filled: Mapping[str, str], execute: Execute) -> bool:
        """The server does not let a row go that refers to itself: what cannot be NULL refers to a row that stays.
        False if none does."""
        staying = MySqlDialect().rowset("staying")
        columns = ", ".join(f"{ROWS}.{quote(its)} AS c{number}" for number, its in enumerate(filled.values()))
        pairs = zip(range(self.kept.keys), self.kept.fields, strict=False)
        same = " AND ".join(f"{KEPT}.c{number} = {ROWS}.{quote(name)}" for number, name in pairs)
        others = f"{table_name(self.kept.entity)} AS {ROWS} LEFT JOIN {self.kept.table} AS {KEPT} ON {same}"
        execute(f"DROP TEMPORARY TABLE IF EXISTS {staying}")
        found = execute(
            f"CREATE TEMPORARY TABLE {staying} ENGINE={self.scratch} AS SELECT {columns} FROM {others}"
            f" WHERE {KEPT}.c0 IS NULL LIMIT 1"
        )
        values = ", ".join(f"{ROWS}.{quote(name)} = s.c{number}" for number, name in enumerate(filled))
        if found:
            execute(f"UPDATE {self.kept.joined()} STRAIGHT_JOIN {staying} AS s SET {values}")
        return bool(found)


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
