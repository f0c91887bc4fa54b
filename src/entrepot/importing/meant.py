"""What was probably meant by a reference that leads nowhere, or by a value that the database does not list: the parent
whose key is nearly the same, or the listed value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from entrepot.importing.request import Prepared, Work
from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.errors import UnavailableError
from entrepot.model.judgements import Group
from entrepot.model.ports import Engine
from entrepot.model.references import NOT_FOUND
from entrepot.model.selection import Column, Query
from entrepot.model.suggest import likely
from entrepot.model.types import Kind

LISTED = re.compile(r"\b(?:in|any)\s*\(.*\)", re.IGNORECASE | re.DOTALL)
"""What the check of a table lists, in the words of SQLite and MariaDB, or in those of PostgreSQL."""
QUOTED = re.compile(r"'((?:[^']|'')*)'")
MOST_PARENTS = 10_000
"""Among more of them something is always similar."""


def with_suggestions(groups: Sequence[Group], work: Work) -> tuple[Group, ...]:
    """For names and codes only: a number that is nearly the same means nothing. What is sensitive is not told,
    nor, in one tenant's import, anything of the database: it might be somebody else's."""
    return tuple(_suggested(group, work) for group in groups)


def _suggested(group: Group, work: Work) -> Group:
    if group.code in ("no_such_parent", NOT_FOUND):
        known = _parents(group, work)
    elif group.code == "database_check" and (listed := LISTED.search(group.words or "")):
        known = [text.replace("''", "'") for text in QUOTED.findall(listed[0])]
    else:
        return group
    values = (replace(value, suggestion=likely(value.value, known) if value.value else None) for value in group.values)
    return replace(group, values=tuple(values))


def _parents(group: Group, work: Work) -> Sequence[str]:
    found = _looked_up(group.field, work) if group.code == NOT_FOUND else _referred(group.field, work)
    if found is None or work.run.known_values is None or work.prepared.tenancy is not None:
        return ()
    parent, field = found
    if field.type.kind is not Kind.TEXT or field.sensitive:
        return ()
    try:
        known = work.run.known_values(Query(entity=parent, columns=(_column(field),), limit=MOST_PARENTS + 1))
    except UnavailableError:  # a suggestion is no reason to fail
        return ()
    return known if len(known) <= MOST_PARENTS else ()


def _looked_up(field: str | None, work: Work) -> tuple[Entity, Field] | None:
    """By what a parent is found, if that is one field."""
    sought = next((sought for sought in work.prepared.lookups if sought.field.name == field), None)
    return None if sought is None or len(sought.by) != 1 else (sought.parent, sought.parent.field(sought.by[0]))


def _referred(field: str | None, work: Work) -> tuple[Entity, Field] | None:
    relation = _of(field, work.prepared)
    if relation is None:
        return None
    parent = work.run.catalog.entity(relation.parent)
    return parent, parent.field(relation.parent_fields[0])


def _of(field: str | None, prepared: Prepared) -> Relation | None:
    """The reference of one field that this one is."""
    return next((relation for relation in prepared.relations if relation.fields == (field,)), None)


def _column(field: Field) -> Column:
    return Column(field=field, name=field.name)


def known_values(engine: Engine, catalog: Catalog, work: Path, query: Query) -> list[str]:
    """Of the one column that `query` asks for."""
    with engine.snapshot(catalog, [query.entity], work) as session:
        columns = (batch.column(0).to_pylist() for batch in session.batches(query))
        return [value for values in columns for value in values if value is not None]
