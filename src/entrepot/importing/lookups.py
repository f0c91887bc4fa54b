"""What is to be looked up of parents: which values of the file, by which fields, and where their ids go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.columns import located
from entrepot.importing.pointing import ignores_case
from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.drafts import TargetField
from entrepot.model.errors import InputError
from entrepot.model.finding import Missing
from entrepot.model.mappings import ColumnMapping, FieldMapping, Mapped, MappingRequest
from entrepot.model.names import field_names
from entrepot.model.references import Lookup, said_by
from entrepot.model.rules import Step, joined_steps

LABELS = ("name", "title", "label", "full_name", "display_name")
"""Fields by which people know a row, where nothing says which."""


@dataclass(frozen=True, kw_only=True)
class Sought:
    """A reference whose parents are looked up."""

    field: Field
    parent: Entity
    by: tuple[str, ...]
    """Fields of the parent."""
    referred: str
    """The parent's field that the reference holds."""
    columns: tuple[str, ...]
    lookup: Lookup

    @property
    def label(self) -> str | None:
        """By what else people know the parent."""
        known = (*self.parent.natural_key, *LABELS)
        found = (self.parent.by_field.get(name) for name in known if name not in (*self.by, self.referred))
        return next((field.name for field in found if field is not None and not field.sensitive), None)


@dataclass(frozen=True, kw_only=True)
class Seeking:
    """What is known of the file and of where it goes."""

    entity: Entity
    catalog: Catalog
    columns: Sequence[str]
    request: MappingRequest
    fields: Mapping[str, TargetField]

    def sought(self, mapped: Mapped, column: int) -> Sought | None:
        """`column` gets the ids; None where the file has nothing but these."""
        field, target = self.entity.field(mapped.field), self.fields[mapped.field]
        relation = relation_of(self.entity, field)
        parent = self.catalog.entity(relation.parent)
        referred = relation.parent_fields[relation.fields.index(field.name)]
        sources = by_parents_field(mapped, parent, referred)
        names = tuple(name for name in sources if name != referred)
        if not names:
            return None
        said = self.request.fields.get(field.name) or self.request.fields.get(field.title) or FieldMapping()
        lookup = Lookup(
            column=column,
            sought=tuple(self._value(parent.field(name), sources[name], said) for name in names),
            given=self._bare(target, sources[referred], said.steps) if referred in sources else None,
            own=self._own(relation, names),
            own_id=self._own_id(relation, referred),
            id_type=target.type,
            ignore_case=mapped.ignore_case or said.ignore_case or ignores_case(field),
            missing=missing_of(field, said),
            words=f"{parent.title} with the {' and '.join(parent.field(name).title for name in names)}",
        )
        return Sought(field=field, parent=parent, by=names, referred=referred, columns=mapped.columns, lookup=lookup)

    def _value(self, field: Field, columns: Sequence[str], said: FieldMapping) -> TargetField:
        """As the parent's own imports would bring it in."""
        plain = TargetField(name=field.name, type=field.type, steps=joined_steps(said.steps, field.steps))
        return self._bare(replace(plain, separator=said.separator), columns, plain.steps)

    def _bare(self, target: TargetField, columns: Sequence[str], steps: tuple[Step, ...]) -> TargetField:
        """Nothing is asked of a value but that it is one."""
        places = [located(column, self.columns) for column in columns]
        return TargetField(
            name=target.name,
            type=target.type,
            sources=tuple(at for at, _ in places),
            pointers=tuple(pointer for _, pointer in places) if any(pointer for _, pointer in places) else (),
            separator=target.separator,
            steps=steps,
        )

    def _own(self, relation: Relation, names: Sequence[str]) -> tuple[TargetField, ...]:
        """Where parents may be other records of the file: what these say of themselves."""
        if relation.parent != self.entity.name or any(name not in self.fields for name in names):
            return ()
        return tuple(replace(self.fields[name], required=False, rules=()) for name in names)

    def _own_id(self, relation: Relation, referred: str) -> TargetField | None:
        found = self.fields.get(referred) if relation.parent == self.entity.name else None
        return None if found is None else replace(found, required=False, rules=())


def as_named(request: MappingRequest, entity: Entity) -> MappingRequest:
    """A field may be called `paid by card`."""
    names = {name for field in entity.fields for name in (field.name, field.public)}
    fields: dict[str, FieldMapping] = {}
    for name, said in request.fields.items():
        whole = next((said_by(name, by, ignore_case=said.ignore_case) for by in said.find_by if by), name)
        is_field = name not in names and whole in names
        fields[whole if is_field else name] = replace(said, find_by=(), ignore_case=False) if is_field else said
    return replace(request, fields=fields)


def with_lookups(
    seeking: Seeking, fields: Sequence[TargetField], mapping: ColumnMapping
) -> tuple[tuple[TargetField, ...], tuple[Sought, ...]]:
    """The fields that get ids which are found, behind the columns of the file, and what is to be found."""
    sought: list[Sought] = []
    for mapped in mapping.mapped:
        one = seeking.sought(mapped, len(seeking.columns) + len(sought)) if any(mapped.find_by) else None
        if one is not None:
            sought.append(one)
    columns = {one.field.name: one.lookup.column for one in sought}
    found = (
        replace(field, found=columns[field.name], pointers=(), steps=()) if field.name in columns else field
        for field in fields
    )
    return tuple(found), tuple(sought)


def relation_of(entity: Entity, field: Field) -> Relation:
    """That of the one field before one of several."""
    relations = sorted((r for r in entity.relations if field.name in r.fields), key=lambda r: len(r.fields))
    if not relations:
        raise InputError(
            "no_reference",
            f"'{field.title}' refers to no other entity, so there is nothing to be found by.",
            remedy="Map the column to the field as it stands, or declare the reference in the settings.",
        )
    return relations[0]


def by_parents_field(mapped: Mapped, parent: Entity, referred: str) -> dict[str, list[str]]:
    """The columns that tell of each field; those of an empty one hold what is referred to itself."""
    if len(mapped.find_by) != len(mapped.columns):
        raise InputError(
            "find_by_width",
            f"'{mapped.field}' comes from {len(mapped.columns)} columns, and is found by {len(mapped.find_by)} fields.",
            remedy="Name one field of the parent for each column.",
        )
    names, found = field_names(parent), dict[str, list[str]]()
    for column, by in zip(mapped.columns, mapped.find_by, strict=True):
        found.setdefault(names.find(by).name if by else referred, []).append(column)
    return found


def missing_of(field: Field, said: FieldMapping) -> Missing:
    wanted = said.missing or (field.find.missing if field.find else None) or Missing.ERROR
    if wanted is Missing.EMPTY and not field.nullable:
        raise InputError(
            "never_empty",
            f"'{field.title}' is never empty, so a parent that is not found cannot be left out of it.",
            remedy="Leave such records out (--missing skip), or let them fail.",
        )
    return wanted
