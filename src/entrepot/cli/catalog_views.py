"""A catalog as a table, as a tree, as a Mermaid graph, as plain data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict

from entrepot.cli.output import table
from entrepot.model.catalog import Catalog, Entity, Field, Origin, Relation
from entrepot.model.graph import cycles, load_order, tenant_paths


def table_lines(catalog: Catalog) -> Iterator[str]:
    tenants = tenant_words(catalog)
    rows = [
        (
            entity.title,
            f"~{entity.rows_estimate:,}" if entity.rows_estimate is not None else "?",
            str(len(entity.fields)),
            ", ".join(entity.primary_key) or "none",
            ", ".join(sorted({catalog.entity(r.parent).title for r in entity.relations})) or "-",
            tenants[entity.name],
        )
        for entity in _ordered(catalog)
    ]
    yield from table(("entity", "rows", "fields", "key", "refers to", "tenant"), rows, right=(1, 2))
    yield ""
    yield from cycle_lines(catalog)


def tree_lines(catalog: Catalog, names: tuple[str, ...] = ()) -> Iterator[str]:
    for entity in _ordered(catalog):
        if names and entity.name not in names:
            continue
        comment = f"  — {entity.comment}" if entity.comment else ""
        yield f"{entity.title}{f' ({entity.label})' if entity.label else ''}{comment}"
        lines = [*_field_lines(entity), *_key_lines(entity), *_relation_lines(entity, catalog), *_own_lines(entity)]
        for index, line in enumerate(lines):
            yield f"{'└─' if index == len(lines) - 1 else '├─'} {line}"
        yield ""
    yield from (f"not carried: {words}" for words in catalog.not_carried)


def _field_lines(entity: Entity) -> Iterator[str]:
    width = max((len(field.name) for field in entity.fields), default=0)
    for field in entity.fields:
        yield f"{field.name:<{width}}  {field.type.describe()}{_field_words(field)}"


def _field_words(field: Field) -> str:
    words = [
        "" if field.nullable else "required",
        "" if field.origin is Origin.PLAIN else field.origin.value.replace("_", " "),
        f"default {field.default}" if field.default else "",
        f"one of {', '.join(field.type.values)}" if field.type.values else "",
        f"sensitive: {field.sensitive}" if field.sensitive else "",
        f"file in {field.file}" if field.file else "",
        "" if field.lossless else "lossy",
    ]
    return "".join(f" · {word}" for word in words if word)


def _key_lines(entity: Entity) -> Iterator[str]:
    if entity.primary_key:
        yield f"key ({', '.join(entity.primary_key)})"
    yield from (f"unique ({', '.join(key.fields)})" for key in entity.keys)
    if entity.natural_key:
        yield f"natural key ({', '.join(entity.natural_key)})"


def _relation_lines(entity: Entity, catalog: Catalog) -> Iterator[str]:
    for relation in entity.relations:
        target = f"{catalog.entity(relation.parent).title} ({', '.join(relation.parent_fields)})"
        yield f"({', '.join(relation.fields)}) → {target}{_relation_words(relation)}"


def _relation_words(relation: Relation) -> str:
    words = [
        "" if relation.on_delete == "NO ACTION" else f"on delete {relation.on_delete.lower()}",
        "deferrable" if relation.deferrable else "",
        "declared in the settings" if relation.declared else "",
    ]
    return "".join(f" · {word}" for word in words if word)


def _own_lines(entity: Entity) -> Iterator[str]:
    """What the table sees to by itself."""
    yield from (f"check {check.expression}" for check in entity.checks)
    yield from (f"trigger {trigger.words}" for trigger in entity.triggers)


def cycle_lines(catalog: Catalog) -> Iterator[str]:
    found = cycles(catalog)
    if not found:
        yield "No cycles: every entity can be loaded after its parents."
    for cycle in found:
        titles = [catalog.entity(name).title for name in cycle]
        words = f"{titles[0]} refers to itself" if len(titles) == 1 else f"cycle: {' ↔ '.join(titles)}"
        yield f"{words[0].upper()}{words[1:]}."


def mermaid_lines(catalog: Catalog, names: tuple[str, ...] = ()) -> Iterator[str]:
    """Of the entities of these names, and of the relations among them; all without names."""
    shown = set(names or catalog.by_name)
    yield "erDiagram"
    for entity in (entity for entity in _ordered(catalog) if entity.name in shown):
        yield f"    {_node(entity)} {{"
        for field in entity.fields:
            marks = ["PK"] if field.name in entity.primary_key else []
            marks += ["FK"] if any(field.name in r.fields for r in entity.relations) else []
            yield f"        {_word(field.type.describe())} {_word(field.name)} {','.join(marks)}".rstrip()
        yield "    }"
    for relation in (r for r in catalog.relations() if {r.entity, r.parent} <= shown):
        child, parent = catalog.entity(relation.entity), catalog.entity(relation.parent)
        optional = any(child.field(name).nullable for name in relation.fields)
        link = "|o--o{" if optional else "||--o{"
        yield f'    {_node(parent)} {link} {_node(child)} : "{_quoted(", ".join(relation.fields))}"'


def _node(entity: Entity) -> str:
    return f'"{_quoted(entity.title)}"'


def _quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace('"', "'"))


def _word(text: str) -> str:
    return re.sub(r"\W+", "_", text).strip("_") or "_"


def tenant_words(catalog: Catalog) -> dict[str, str]:
    """Per entity: how its rows find their tenant."""
    paths = tenant_paths(catalog) if catalog.tenant_root else {}
    return {entity.name: _path_words(catalog, entity, paths.get(entity.name)) for entity in catalog.entities}


def _path_words(catalog: Catalog, entity: Entity, path: tuple[Relation, ...] | None) -> str:
    if catalog.tenant_root is None:
        return "-"
    if path is None:
        return "global"
    if entity.name == catalog.tenant_root:
        return "the tenants"
    return " → ".join(", ".join(relation.fields) for relation in path)


def _ordered(catalog: Catalog) -> Iterator[Entity]:
    for component in load_order(catalog):
        yield from (catalog.entity(name) for name in component)


def as_data(catalog: Catalog, names: tuple[str, ...] = ()) -> dict[str, object]:
    """Everything, for programs: the catalog, its load order, cycles and tenant paths; with names, these entities."""
    paths = tenant_paths(catalog) if catalog.tenant_root else {}
    return {
        **asdict(catalog),
        "entities": [asdict(entity) for entity in catalog.entities if entity.name in (names or catalog.by_name)],
        "load_order": load_order(catalog),
        "cycles": cycles(catalog),
        "tenant_paths": {
            name: None if path is None else [relation.name for relation in path] for name, path in paths.items()
        },
    }
