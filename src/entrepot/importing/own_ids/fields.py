"""The fields of a table that hold ids of the files' own: its key, and references to others that have such."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from entrepot.importing.lookups import Sought, missing_of
from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.drafts import TargetField
from entrepot.model.errors import InputError
from entrepot.model.mappings import ColumnMapping, FieldMapping
from entrepot.model.names import field_names
from entrepot.model.own_ids import OwnKey, OwnLink
from entrepot.model.plans import ImportRequest
from entrepot.model.references import Lookup
from entrepot.model.types import Kind, LogicalType

TEXT = LogicalType(kind=Kind.TEXT)


@dataclass(frozen=True, kw_only=True)
class Linked:
    """A reference by such ids."""

    field: Field
    parent: Entity
    columns: tuple[str, ...]
    link: OwnLink


@dataclass(frozen=True, kw_only=True)
class Own:
    """Of one table."""

    key: OwnKey | None = None
    columns: tuple[str, ...] = ()
    """Where the file has its ids."""
    natural: Sought | None = None
    """By what else its rows are found."""
    links: tuple[Linked, ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """Those that refer to others."""
        return frozenset(linked.field.name for linked in self.links)


@dataclass(frozen=True, kw_only=True)
class Looking:
    """What is known of the file and of where it goes."""

    entity: Entity
    catalog: Catalog
    request: ImportRequest
    mapping: ColumnMapping
    fields: tuple[TargetField, ...]

    def own(self, first: int) -> tuple[tuple[TargetField, ...], Own | None]:
        """`first`: the number of the first column that is free."""
        if not self.request.own_ids:
            return self.fields, None
        numbers = count(first)
        links = tuple(self._links(numbers))
        places = {linked.link.field: linked.link.column for linked in links}
        fields = [_found(one, places[at]) if at in places else one for at, one in enumerate(self.fields)]
        at = self._key()
        if at is None:
            return tuple(fields), Own(links=links) if links else None
        natural = self._natural(fields, next(numbers))
        lookup = natural.lookup if natural else None
        key = OwnKey(column=next(numbers), field=at, own=_text(fields[at]), type=fields[at].type, natural=lookup)
        fields[at] = replace(_found(fields[at], key.column), required=True, rules=(), blank_is_left=False)
        columns = self._columns[fields[at].name]
        return tuple(fields), Own(key=key, columns=columns, natural=natural, links=links)

    @property
    def _columns(self) -> Mapping[str, tuple[str, ...]]:
        return {mapped.field: mapped.columns for mapped in self.mapping.mapped}

    @property
    def _named(self) -> frozenset[str]:
        """References that tell of their parents otherwise."""
        return frozenset(mapped.field for mapped in self.mapping.mapped if any(mapped.find_by))

    def _key(self) -> int | None:
        if self.entity.name not in self.request.own_ids:
            return None
        name = self.entity.primary_key[0]
        return next((at for at, field in enumerate(self.fields) if field.name == name and field.sources), None)

    def _links(self, numbers: Iterator[int]) -> Iterator[Linked]:
        for at, target in enumerate(self.fields):
            parent = self._parent(target.name) if target.sources and target.name not in self._named else None
            if parent is not None:
                field, column = self.entity.field(target.name), next(numbers)
                fields = self.request.mapping.fields
                said = fields.get(field.name) or fields.get(field.title) or FieldMapping()
                link = OwnLink(
                    column=column,
                    field=at,
                    own=_text(target),
                    type=parent.field(parent.primary_key[0]).type,
                    parent=column,
                    missing=missing_of(field, said),
                    words=parent.title,
                )
                yield Linked(field=field, parent=parent, columns=self._columns[field.name], link=link)

    def _parent(self, name: str) -> Entity | None:
        """Whose key the field holds, if its ids are the files' own."""
        parents = set(own_parents(self.entity, name, self.request, self.catalog))
        if len(parents) > 1:
            raise InputError(
                "own_ids_unclear",
                f"'{self.entity.field(name).title}' refers to rows of {' and of '.join(sorted(parents))}: nobody"
                " knows whose ids it holds.",
                remedy="Name in --own-ids only one of them, or import the two by ids that the database knows.",
            )
        return self.catalog.entity(parents.pop()) if parents else None

    def _natural(self, fields: Sequence[TargetField], column: int) -> Sought | None:
        """Nothing that is looked up itself can be a part of it."""
        asked = tuple(field_names(self.entity).find(name).name for name in self.request.key)
        key, by_name = self.entity.primary_key[0], {field.name: field for field in fields}
        by = asked or self.entity.natural_key
        if not by or by == (key,):
            return None
        missing = [name for name in by if name not in by_name]
        if missing and not asked:
            return None
        if missing:
            raise InputError(
                "key_not_in_file",
                f"Rows are to be found by {', '.join(missing)}, which nothing in the file fills.",
                remedy="Map a column to it, or choose another key.",
            )
        self._check_plain(by)
        lookup = Lookup(
            column=column,
            sought=tuple(replace(by_name[name], required=False, rules=()) for name in by),
            id_type=self.entity.field(key).type,
            words=self.entity.title,
        )
        field = self.entity.field(key)
        return Sought(field=field, parent=self.entity, by=by, referred=key, columns=(), lookup=lookup)

    def _check_plain(self, by: Sequence[str]) -> None:
        looked_up = [name for name in by if name in self._named]
        if looked_up:
            raise InputError(
                "key_looked_up",
                f"Rows of {self.entity.title} are found by {', '.join(by)}, and the file has no ids in {looked_up[0]}.",
                remedy="Name fields that the file has as they are: --key.",
            )


def own_parents(
    entity: Entity, name: str, request: ImportRequest, catalog: Catalog, passed: tuple[tuple[str, str], ...] = ()
) -> Iterator[str]:
    """The entities with ids of the files' own whose key the field holds: because it refers to them, or to a row that is
    known by what it refers to itself."""
    for relation in entity.relations:
        if name not in relation.fields:
            continue
        parent, referred = catalog.entity(relation.parent), relation.parent_fields[relation.fields.index(name)]
        if relation.parent in request.own_ids and parent.primary_key == (referred,):
            yield relation.parent
        elif (relation.parent, referred) not in passed:
            yield from own_parents(parent, referred, request, catalog, (*passed, (relation.parent, referred)))


def _text(field: TargetField) -> TargetField:
    return TargetField(
        name=field.name,
        type=TEXT,
        sources=field.sources,
        pointers=field.pointers,
        separator=field.separator,
        steps=field.steps,
    )


def _found(field: TargetField, column: int) -> TargetField:
    return replace(field, found=column, own_id=True, pointers=(), steps=())
