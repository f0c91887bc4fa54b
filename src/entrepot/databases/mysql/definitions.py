"""CREATE statements: our own tables in their own words, other engines' tables mapped."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.databases.mysql.mapping import column_type, counts, deletion_rule, is_ours, mapped_default
from entrepot.databases.mysql.names import quote, script_literal
from entrepot.model.catalog import COMPUTED, Catalog, Entity, EntityKind, Field, Index, Origin, Relation

EXACT = "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
"""Other engines tell `a` from `A`; a collation that does not would find doubles in their keys."""
LONG = frozenset({"longtext", "longblob", "json", "text", "mediumtext", "tinytext", "blob", "mediumblob", "tinyblob"})
PREFIX = 191
"""Characters of a long text that an index can always hold."""


def create_table(entity: Entity, catalog: Catalog) -> str:
    if entity.ddl and is_ours(catalog.engine):
        return f"{entity.ddl};\n"
    lines = [*(_column(entity, field, catalog) for field in entity.fields), *_keys(entity, catalog)]
    options = "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4" if is_ours(catalog.engine) else EXACT
    comment = f" COMMENT {script_literal(entity.comment)}" if entity.comment else ""
    body = ",\n".join(f"  {line}" for line in lines)
    return f"CREATE TABLE {script_table(entity)} (\n{body}\n) {options}{comment};\n"


def script_table(entity: Entity) -> str:
    """Tables of other schemas keep them in their name, for MySQL's schemas are databases."""
    return quote(entity.name)


def _column(entity: Entity, field: Field, catalog: Catalog) -> str:
    ours = is_ours(catalog.engine)
    words = [quote(field.name), column_type(entity, field, catalog)]
    if ours and field.collation:
        words.append(f"COLLATE {field.collation}")
    formula = field.origin in COMPUTED and field.expression and entity.kind is EntityKind.TABLE
    if formula:
        kept = "STORED" if field.origin is Origin.STORED else "VIRTUAL"
        words.append(f"GENERATED ALWAYS AS ({field.expression}) {kept}")
    else:
        words += ["NULL" if field.nullable else "NOT NULL", *_value_words(entity, field, ours=ours)]
    if field.comment:
        words.append(f"COMMENT {script_literal(field.comment)}")
    return " ".join(words)


def _value_words(entity: Entity, field: Field, *, ours: bool) -> Iterator[str]:
    """Where the value comes from. A view that travels as a table computes nothing any more."""
    if entity.kind is EntityKind.VIEW:
        return
    if counts(entity, field):
        yield "AUTO_INCREMENT"
        return
    default = field.default if ours else mapped_default(field)
    if default is not None:
        yield f"DEFAULT {default}"
    if ours and field.on_update:
        yield f"ON UPDATE {field.on_update}"


def _keys(entity: Entity, catalog: Catalog) -> Iterator[str]:
    """Keys and indexes stand in the table, because MySQL needs the one that counts from the start."""
    ours = is_ours(catalog.engine)
    if entity.primary_key:
        own = entity.primary_key_ddl if ours else None
        yield own or f"PRIMARY KEY ({_part_list(entity, entity.primary_key, catalog)})"
    for key in entity.keys:
        name = f" {quote(key.name)}" if ours else ""
        yield f"UNIQUE KEY{name} ({_part_list(entity, key.fields, catalog)})"
    yield from (line for index in entity.indexes for line in _index(entity, index, catalog))
    for relation in entity.relations:
        if not relation.declared and relation.parent in catalog.by_name:
            name = f"CONSTRAINT {quote(relation.name)} " if ours else ""
            yield name + _foreign_key(entity, relation, catalog)
    if ours:
        yield from (check.ddl for check in entity.checks if check.ddl)


def _index(entity: Entity, index: Index, catalog: Catalog) -> Iterator[str]:
    ours = is_ours(catalog.engine)
    if ours and index.ddl:
        yield index.ddl
    elif index.fields:
        whole = not any(_is_long(entity, name, catalog) for name in index.fields)
        kind = "UNIQUE KEY" if index.unique and whole else "KEY"
        name = f" {quote(index.name)}" if ours else ""
        yield f"{kind}{name} ({_part_list(entity, index.fields, catalog)})"


def _part_list(entity: Entity, names: tuple[str, ...], catalog: Catalog) -> str:
    return ", ".join(quote(name) + (f"({PREFIX})" if _is_long(entity, name, catalog) else "") for name in names)


def _is_long(entity: Entity, name: str, catalog: Catalog) -> bool:
    """Whether an index holds the field only in part. Our own keys say so themselves."""
    return not is_ours(catalog.engine) and column_type(entity, entity.field(name), catalog).lower() in LONG


def _foreign_key(entity: Entity, relation: Relation, catalog: Catalog) -> str:
    fields = ", ".join(map(quote, relation.fields))
    parent = script_table(catalog.entity(relation.parent))
    words = f"FOREIGN KEY ({fields}) REFERENCES {parent} ({', '.join(map(quote, relation.parent_fields))})"
    on_update = "NO ACTION" if relation.on_update in ("SET DEFAULT", "SET NULL") else relation.on_update
    return f"{words} ON DELETE {deletion_rule(entity, relation)} ON UPDATE {on_update}"
