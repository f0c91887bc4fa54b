"""One table whose columns feed two entities: its records, and the parents that stand in them.

The parents are a part of their own, of the same file. Where records refer to their parents by a key that the file does
not have, what it has instead – an e-mail address, a number – stands for it as an id of the file's own: the parent's
row is found by it or made anew, and the records follow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.own_ids.tables import why_not
from entrepot.model.bundles import BundleRequest
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.names import entity_names, field_names
from entrepot.model.plans import ImportRequest


@dataclass(frozen=True, kw_only=True)
class Within:
    """What is said of parents."""

    parent: Entity
    asked: ImportRequest
    fields: Mapping[str, FieldMapping]
    """By the names of fields."""

    @property
    def key(self) -> str:
        """The field by which the parents are told apart."""
        said = tuple(field_names(self.parent).find(word).name for word in self.asked.key)
        unique = [key.fields for key in self.parent.keys]
        for fields in (said, self.parent.natural_key, *unique, self.parent.primary_key):
            if len(fields) == 1 and fields[0] in self.fields:
                return fields[0]
        title = self.parent.title
        raise InputError(
            "no_key_of_parents",
            f"Nothing says by which column the {title} of the file are told apart.",
            remedy=f"Map a column to a field that no two rows share: --map {title}:COLUMN=FIELD; or name it:"
            f" --key {title}:FIELD",
        )

    @property
    def column(self) -> str:
        columns = self.fields[self.key].columns
        if len(columns) == 1:
            return columns[0]
        raise InputError(
            "no_key_of_parents",
            f"{self.key} of {self.parent.title} is made of several columns, so nothing in a line can stand for it.",
            remedy="Tell the parents apart by one column.",
        )

    @property
    def reference(self) -> FieldMapping:
        """What stands for a parent, made to what the parent has."""
        return FieldMapping(columns=(self.column,), steps=self.fields[self.key].steps)


def with_parents(
    children: Sequence[ImportRequest], tables: Mapping[str, Sequence[int]], asked: BundleRequest, catalog: Catalog
) -> list[tuple[int, ImportRequest]]:
    """What is asked of each table, by its number; behind them, of the parents that stand in some. `tables` has the
    numbers of these, by the parents."""
    now = list(children)
    parents: list[tuple[int, ImportRequest]] = []
    for word, numbers in tables.items():
        found = within(word, asked, catalog)
        for at in numbers:
            now[at], more = parents_of(now[at], found, catalog)
            parents.append((at, more))
    return [*enumerate(now), *parents]


def within(word: str, asked: BundleRequest, catalog: Catalog) -> Within:
    parent, request = entity_names(catalog).find(word), asked.tables.get(word, asked.each)
    names, all_of_them = field_names(parent), asked.each.mapping.fields
    own = {name: field for name, field in request.mapping.fields.items() if all_of_them.get(name) != field}
    said = {names.find(name).name: field for name, field in own.items()}
    if not any(field.columns for field in said.values()):
        raise InputError(
            "no_columns_of_parents",
            f"Nothing says which columns hold {parent.title}.",
            remedy=f"Say it: --map {word}:COLUMN=FIELD",
        )
    key = request.key if request.key != asked.each.key else ()
    rules = tuple(rule for rule in request.rules if rule not in asked.each.rules)
    request = replace(request, key=key, rules=rules, mapping=MappingRequest(fields=said), use="", save_as="")
    return Within(parent=parent, asked=request, fields=said)


def parents_of(child: ImportRequest, found: Within, catalog: Catalog) -> tuple[ImportRequest, ImportRequest]:
    """What is asked of the records, which refer to their parents now, and of the parents."""
    entity = entity_names(catalog).find(child.entity)
    relation = _relation(entity, child, found)
    referred, fields, own_ids = relation.parent_fields[0], dict(found.fields), found.asked.own_ids
    if referred != found.key:
        _must_be_made(found, relation, catalog)
        fields[referred] = found.reference
        own_ids = (*own_ids, found.parent.name)
    parents = replace(
        found.asked,
        entity=found.parent.name,
        reading=child.reading,
        declared=child.declared,
        declared_by=child.declared_by,
        mapping=replace(found.asked.mapping, fields=fields, ignored=()),
        key=(found.key,),
        on_conflict=found.asked.on_conflict or _existing(found.asked.mode),
        own_ids=own_ids,
        within=entity.name,
    )
    return _referring(child, entity, relation, found), parents


def _existing(mode: Mode) -> OnConflict | None:
    """That a parent is there is no reason to refuse its children."""
    return OnConflict.SKIP if mode is Mode.CREATE else None


def _referring(child: ImportRequest, entity: Entity, relation: Relation, found: Within) -> ImportRequest:
    """Columns that are the parents' alone go nowhere here."""
    names, mapping = field_names(entity), child.mapping
    said = {column for field in mapping.fields.values() for column in field.columns}
    theirs = {column for field in found.fields.values() for column in field.columns}
    nowhere = {column: "" for column in sorted(theirs - said) if names.get(column) is None and column != found.column}
    fields = {names.find(word).name: field for word, field in mapping.fields.items()}
    own, reference = fields.get(relation.fields[0], FieldMapping()), found.reference
    fields[relation.fields[0]] = replace(own, columns=reference.columns, steps=own.steps or reference.steps)
    return replace(child, mapping=replace(mapping, fields=fields, remembered={**mapping.remembered, **nowhere}))


def _relation(entity: Entity, child: ImportRequest, found: Within) -> Relation:
    """The one by which the records refer to these parents."""
    ways = [one for one in entity.relations if one.parent == found.parent.name and len(one.fields) == 1]
    names = field_names(entity)
    said = {names.find(name).name: field.columns for name, field in child.mapping.fields.items() if field.columns}
    exact = [one for one in ways if said.get(one.fields[0]) == (found.column,)]
    free = exact or [one for one in ways if one.fields[0] not in said]
    if len(free) != 1:
        what = "in several ways" if free else "by no field of its own that is free"
        raise InputError(
            "no_way_to_parents",
            f"{entity.title} refers to {found.parent.title} {what}.",
            remedy=f"Say by which field it does: --map {entity.title}:{found.column}=FIELD",
        )
    return free[0]


def _must_be_made(found: Within, relation: Relation, catalog: Catalog) -> None:
    why = why_not(found.parent, catalog)
    if relation.parent_fields != found.parent.primary_key:
        why = f"it is referred to by {relation.parent_fields[0]}, which is not its key"
    if why is not None:
        raise InputError(
            "no_way_to_parents",
            f"{found.parent.title} cannot come from columns of its children: {why}.",
            remedy="Bring it in by a file of its own, or map what it is referred to by.",
        )


def shared_columns(requests: Mapping[str, ImportRequest]) -> set[str]:
    """By their names: entities whose columns came from one table together with others'. Where these went is no example
    for a table that is imported by itself."""
    return {name for entity, one in requests.items() if one.within for name in (entity, one.within)}
