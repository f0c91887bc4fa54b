"""The rows that a reference may lead to, where they are few: read in one snapshot, for drop-downs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.importing.tenancy import Tenancy
from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.ports import Cancel, Engine, Session
from entrepot.model.selection import Column, Order, Query
from entrepot.model.types import NUMBERS, Kind
from entrepot.templating.entities import EntityTemplate, Parents, TemplateField
from entrepot.templating.naming import are_names

LISTED = NUMBERS | {Kind.TEXT, Kind.UUID, Kind.DATE}
"""The kinds of keys that stand in a list as they are."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What rows are read with."""

    engine: Engine
    catalog: Catalog
    work: Path
    cancel: Cancel
    tenancy: Tenancy | None
    """Whose rows; None: everybody's."""
    discreet: bool
    """Whoever asks is bound to the tenant: rows that belong to nobody are not told either."""
    most: int
    """A drop-down of more rows helps nobody."""


def with_parents(templates: Sequence[EntityTemplate], reader: Reader) -> tuple[EntityTemplate, ...]:
    wanted = {relation.parent for template in templates for item in template.fields for relation in _single(item)}
    parents = [entity for entity in map(reader.catalog.entity, sorted(wanted)) if _may_tell(entity, reader)]
    if not parents or reader.most <= 0:
        return tuple(templates)
    with reader.engine.snapshot(reader.catalog, _looked_at(parents, reader), reader.work) as session:
        known = _Known(session, reader, frozenset(entity.name for entity in parents))
        return tuple(
            replace(template, fields=tuple(known.filled(item) for item in template.fields)) for template in templates
        )


def _single(item: TemplateField) -> Iterator[Relation]:
    """What one column can say."""
    return (relation for relation in item.relations if len(relation.fields) == 1)


def _may_tell(entity: Entity, reader: Reader) -> bool:
    return reader.tenancy is None or reader.tenancy.ways[entity.name] is not None or not reader.discreet


def _looked_at(parents: Sequence[Entity], reader: Reader) -> list[Entity]:
    found = list(parents)
    if reader.tenancy is not None:
        found += reader.tenancy.on_the_way(parents, reader.catalog)
    return list({entity.name: entity for entity in found}.values())


class _Known:
    """Each list is read once."""

    def __init__(self, session: Session, reader: Reader, names: frozenset[str]) -> None:
        self._session, self._reader, self._names = session, reader, names
        self._read: dict[tuple[str, str, Field | None], Parents | None] = {}

    def filled(self, item: TemplateField) -> TemplateField:
        relation = next((r for r in _single(item) if r.parent in self._names), None)
        if relation is None or item.allowed:
            return item
        place = relation.parent, relation.parent_fields[0], item.named_by
        if place not in self._read:
            self._read[place] = self._parents(item, *place)
        return replace(item, parents=self._read[place])

    def _parents(self, item: TemplateField, name: str, field_name: str, named_by: Field | None) -> Parents | None:
        """By their names where the import knows them by these: a list of numbers tells nobody anything."""
        entity = self._reader.catalog.entity(name)
        key = entity.field(field_name)
        label = named_by or label_of(entity, key)
        if key.type.kind not in LISTED or key.sensitive or (label is not None and label.sensitive):
            return None
        rows = self._rows(entity, [key] if label is None else [key, label])
        if not rows or len(rows) > self._reader.most:
            return None
        if named_by is not None and are_names([row[-1] for row in rows], item.field.type.kind):
            return Parents(title=entity.title, keys=tuple(str(row[-1]) for row in rows), by_name=True)
        labels = {row[0]: row[1] for row in rows if len(row) > 1 and row[0] is not None and row[1]}
        keys = tuple(dict.fromkeys(row[0] for row in rows if row[0] is not None))
        return Parents(title=entity.title, keys=keys, labels={k: v for k, v in labels.items() if v is not None})

    def _rows(self, entity: Entity, fields: Sequence[Field]) -> list[tuple[str | None, ...]]:
        """One more than may be shown, so that too many are noticed."""
        query = Query(
            entity=entity,
            columns=tuple(Column(field=field, name=field.name) for field in fields),
            where=None if self._reader.tenancy is None else self._reader.tenancy.inside(entity),
            order=Order.KEY,
            limit=self._reader.most + 1,
        )
        found: list[tuple[str | None, ...]] = []
        for batch in self._session.batches(query):
            self._reader.cancel.check()
            columns = [batch.column(at).to_pylist() for at, _ in enumerate(fields)]
            found += zip(*columns, strict=True)
        return found


def label_of(entity: Entity, key: Field) -> Field | None:
    """What people know a row by, where its key does not say it: nothing that is personal."""
    if key.type.kind is Kind.TEXT:
        return None
    names = [*(entity.natural_key if len(entity.natural_key) == 1 else ())]
    names += [known.fields[0] for known in entity.keys if len(known.fields) == 1]
    names += [name for name in ("name", "title", "label", "code") if name in entity.by_field]
    fields = (entity.field(name) for name in names)
    return next((f for f in fields if f.type.kind is Kind.TEXT and not f.sensitive and f.name != key.name), None)
