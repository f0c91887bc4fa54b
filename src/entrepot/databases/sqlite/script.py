"""How a `.sql` export for SQLite is written: INSERT statements in one transaction.

Loads with `sqlite3 -bail NEW.db < FILE`: whole or not at all. Keys stand in the CREATE statements, because SQLite
cannot add them later; they are not looked at before all rows are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.mapping import AUTOMATIC, NAME, losses, mapped_default, mapped_type, slot_of
from entrepot.model.catalog import COMPUTED, Catalog, Entity, EntityKind, Field, Origin, Relation
from entrepot.model.selection import Column
from entrepot.model.templates import Slot
from entrepot.model.types import Kind

DIALECT = SqliteDialect()
quote, literal = DIALECT.quote, DIALECT.string
OPENING = """\
-- Load into an empty database: sqlite3 -bail NEW.db < FILE
PRAGMA foreign_keys = OFF;
BEGIN;
"""


class SqliteScript:
    name = NAME
    one_block = False
    copy_text = False
    row_open = "("
    row_close = ")"
    row_separator = ",\n"
    field_separator = ","

    def opening(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        return OPENING

    def create(self, entity: Entity, catalog: Catalog) -> str:
        if catalog.engine == NAME and entity.ddl and entity.kind is EntityKind.TABLE:
            return f"{entity.ddl};\n"
        parts = [*_columns(entity, catalog), *_constraints(entity, catalog)]
        return f"CREATE TABLE {quote(entity.name)} (\n{_lines(parts)}\n);\n"

    def begin_rows(self, entity: Entity, columns: Sequence[Column]) -> str:
        if not columns:
            return f"INSERT INTO {quote(entity.name)} VALUES\n"
        return f"INSERT INTO {quote(entity.name)} ({_names([c.name for c in columns])}) VALUES\n"

    def end_rows(self) -> str:
        return ";\n"

    def slot(self, column: Column) -> Slot:
        return slot_of(column)

    def closing(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        indexes = (line for entity in entities for line in _indexes(entity, catalog))
        return "".join(f"{line};\n" for line in (*indexes, *_counters(catalog, entities), "COMMIT"))

    def notes(self, entity: Entity, source_engine: str) -> Iterator[str]:
        return losses(entity, source_engine)


def _lines(parts: Sequence[str]) -> str:
    return ",\n".join(f"  {part}" for part in parts)


def _names(names: Sequence[str]) -> str:
    return ", ".join(map(quote, names))


def _columns(entity: Entity, catalog: Catalog) -> Iterator[str]:
    for field in entity.fields:
        yield " ".join((quote(field.name), *_column_words(entity, field, catalog)))


def _column_words(entity: Entity, field: Field, catalog: Catalog) -> Iterator[str]:
    ours = catalog.engine == NAME
    if _counts(entity, field):
        yield "INTEGER PRIMARY KEY"
        if not ours or (entity.name, field.name) in {counter.owner for counter in catalog.sequences}:
            yield "AUTOINCREMENT"
        return
    yield field.native if ours and entity.kind is EntityKind.TABLE else mapped_type(field.type)
    if field.origin in COMPUTED and field.expression and ours:
        yield f"AS ({field.expression}) {'STORED' if field.origin is Origin.STORED else 'VIRTUAL'}"
    if not field.nullable:
        yield "NOT NULL"
    if ours and field.collation:
        yield f"COLLATE {field.collation}"
    default = field.default if ours else mapped_default(field)
    if default is not None and field.origin not in COMPUTED:
        yield f"DEFAULT ({default})"


def _counts(entity: Entity, field: Field) -> bool:
    """SQLite counts only in an integer that is the whole primary key."""
    return field.origin in AUTOMATIC and entity.primary_key == (field.name,) and field.type.kind is Kind.INTEGER


def _constraints(entity: Entity, catalog: Catalog) -> Iterator[str]:
    ours = catalog.engine == NAME
    key = entity.primary_key
    if key and not any(_counts(entity, field) for field in entity.fields):
        yield f"PRIMARY KEY ({_names(key)})"
    for unique in entity.keys:
        yield f"CONSTRAINT {quote(unique.name)} UNIQUE ({_names(unique.fields)})"
    if ours:
        yield from (f"CONSTRAINT {quote(check.name)} CHECK ({check.expression})" for check in entity.checks)
    else:
        yield from (_label_check(field) for field in entity.fields if _has_labels(field))
    known = {e.name for e in catalog.entities}
    yield from (_relation(r) for r in entity.relations if r.parent in known and not r.declared)


def _has_labels(field: Field) -> bool:
    """A MariaDB SET is several labels at once."""
    return field.type.kind is Kind.ENUM and bool(field.type.values) and not field.native.lower().startswith("set")


def _label_check(field: Field) -> str:
    return f"CHECK ({quote(field.name)} IN ({', '.join(map(literal, field.type.values))}))"


def _relation(relation: Relation) -> str:
    words = f"CONSTRAINT {quote(relation.name)} FOREIGN KEY ({_names(relation.fields)})"
    words += f" REFERENCES {quote(relation.parent)} ({_names(relation.parent_fields)})"
    words += f" ON DELETE {relation.on_delete} ON UPDATE {relation.on_update}"
    if relation.deferrable:
        words += " DEFERRABLE INITIALLY " + ("DEFERRED" if relation.initially_deferred else "IMMEDIATE")
    return words


def _indexes(entity: Entity, catalog: Catalog) -> Iterator[str]:
    """After the rows, because building an index once is cheaper. Their names are one space in SQLite."""
    for index in entity.indexes:
        if catalog.engine == NAME and index.ddl:
            yield index.ddl
        elif index.fields:
            name = index.name if catalog.engine == NAME else f"{entity.name}_{index.name}"
            unique = "UNIQUE " if index.unique else ""
            yield f"CREATE {unique}INDEX {quote(name)} ON {quote(entity.name)} ({_names(index.fields)})"


def _counters(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    """The next number must be free, and be none that was given before."""
    if catalog.engine != NAME:
        return
    chosen = {entity.name for entity in entities}
    for counter in catalog.sequences:
        if counter.owner and counter.owner[0] in chosen and counter.last is not None:
            table = literal(counter.owner[0])
            yield f"DELETE FROM sqlite_sequence WHERE name = {table}"
            rows = f"SELECT max({quote(counter.owner[1])}) FROM {quote(counter.owner[0])}"
            yield f"INSERT INTO sqlite_sequence (name, seq) SELECT {table}, max({counter.last}, coalesce(({rows}), 0))"
