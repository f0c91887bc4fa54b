"""Columns that tell of a parent instead of referring to it: `customer`, `customer_email`, or a column of the reference
whose values are no ids. Only keys are looked up without being asked for: what the settings say, the natural key of the
parent, a unique field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.mapping import map_columns, plain, spaced
from entrepot.model.catalog import COMPUTED, Catalog, Entity, Field, Relation
from entrepot.model.drafts import SourceColumn
from entrepot.model.mappings import ColumnMapping, How, Mapped, MappingRequest, Suggestion
from entrepot.model.names import field_names
from entrepot.model.references import said_by
from entrepot.model.types import Kind

NAMED, TOLD, BY_VALUE = 90, 80, 75
"""Per cent of certainty: a column named like the parent and its field, like the parent alone, or like neither."""
ENDINGS = frozenset({"id", "ids", "fk", "ref", "key", "no", "nr", "number", "code", "uuid"})
IDS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.UUID})
"""Kinds of which it is plain to see whether a text is one."""
Samples = Mapping[str, SourceColumn]
"""By name."""


@dataclass(frozen=True, kw_only=True)
class Pointer:
    """A field that refers to rows of another entity, and how files may tell of these."""

    field: Field
    relation: Relation
    parent: Entity
    words: frozenset[str]
    """What the parent is called by names of columns, plainly."""
    keys: tuple[tuple[str, ...], ...]
    """Fields of the parent by which it is looked up; what was said or declared stands first."""
    said: tuple[str, ...] = ()
    """What the request says of it, without naming columns."""

    @property
    def declared(self) -> tuple[tuple[str, ...], ...]:
        """Keys that somebody said files go by."""
        return self.said, declared(self.field), self.parent.natural_key

    @property
    def referred(self) -> str:
        return self.relation.parent_fields[self.relation.fields.index(self.field.name)]


def pointers(entity: Entity, catalog: Catalog, request: MappingRequest) -> dict[str, Pointer]:
    """By field: of references of one field."""
    found: dict[str, Pointer] = {}
    single = [relation for relation in entity.relations if len(relation.fields) == 1]
    for relation in single:
        field, parent = entity.field(relation.fields[0]), catalog.entity(relation.parent)
        if field.name in found or field.origin in COMPUTED:
            continue
        alone = [other for other in single if other.parent == relation.parent] == [relation]
        own_words = alone and parent.name != entity.name
        said = request.fields.get(field.name) or request.fields.get(field.title)
        by = said.find_by if said is not None and not said.columns else ()
        wanted = tuple(field_names(parent).find(name).name for name in by if name)
        found[field.name] = Pointer(
            field=field,
            relation=relation,
            parent=parent,
            words=frozenset((*_own_words(field, relation), *(_parent_words(parent) if own_words else ()))),
            keys=tuple(dict.fromkeys(_keys(field, parent, wanted, relation.parent_fields))),
            said=wanted,
        )
    return found


def _own_words(field: Field, relation: Relation) -> Iterator[str]:
    endings = ENDINGS | {plain(name) for name in relation.parent_fields}
    for name in filter(None, (field.name, field.public, field.label, *field.aliases)):
        words = spaced(name).split()
        while len(words) > 1 and words[-1] in endings:
            words.pop()
        yield plain("".join(words))


def _parent_words(parent: Entity) -> Iterator[str]:
    for name in filter(None, (parent.table, parent.public, parent.label, *parent.aliases)):
        yield plain(name)
        yield plain(name).removesuffix("s")


def _keys(field: Field, parent: Entity, said: Sequence[str], referred: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key in (tuple(said), declared(field), parent.natural_key):
        if key and key != referred:
            yield key
    unique = [key.fields for key in parent.keys] + [index.fields for index in parent.indexes if index.unique]
    yield from (key for key in unique if len(key) == 1 and key != referred and _is_name(parent.field(key[0])))


def declared(field: Field) -> tuple[str, ...]:
    return field.find.fields if field.find else ()


def ignores_case(field: Field) -> bool:
    return field.find is not None and field.find.ignore_case


def _is_name(field: Field) -> bool:
    return field.type.kind is Kind.TEXT


def mapped_columns(
    columns: Sequence[SourceColumn],
    entity: Entity,
    catalog: Catalog,
    request: MappingRequest,
    own_ids: Sequence[str] = (),
) -> ColumnMapping:
    """With what they tell of parents. Whatever `own_ids` look like, they are ids."""
    known, samples = pointers(entity, catalog, request), {column.name: column for column in columns}

    def point(left: Sequence[str], taken: Mapping[str, Mapped]) -> Iterator[Mapped]:
        return pointing(left, taken, known, samples)

    found = map_columns([column.name for column in columns], entity, request, point)
    told = {name: one for name, one in known.items() if one.said or one.parent.name not in own_ids}
    return by_values(found, told, samples)


def pointing(
    columns: Sequence[str],
    taken: Mapping[str, Mapped],
    pointers: Mapping[str, Pointer],
    samples: Mapping[str, SourceColumn],
) -> Iterator[Mapped]:
    """Fields that nothing fills yet."""
    left = list(columns)
    for name, pointer in pointers.items():
        found = None if name in taken else _pointed(left, pointer, samples)
        if found is not None:
            left = [column for column in left if column not in found.columns]
            yield found


def _pointed(columns: Sequence[str], pointer: Pointer, samples: Samples) -> Mapped | None:
    """By a key whose fields all have a column, or by the first key of one field that the parent's bare name means."""
    hits = dict(_hits(columns, pointer))
    for key in pointer.keys:
        if all(name in hits for name in key):
            return _mapped(pointer, tuple(hits[name] for name in key), key, NAMED)
    bare = next((column for column in columns if plain(column) in pointer.words), None)
    alone = next(iter(pointer.keys), ())
    if bare is None or len(alone) != 1 or _may_be_id(samples.get(bare), pointer.field):
        return None
    if pointer.field.type.kind not in IDS and alone not in pointer.declared:
        return None  # `country` may well be the code
    return _mapped(pointer, (bare,), alone, TOLD)


def _hits(columns: Sequence[str], pointer: Pointer, names: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """Fields of the parent that a column names after it: those of its keys, if it is not said which."""
    for name in dict.fromkeys(names or (name for key in pointer.keys for name in key)):
        field = pointer.parent.field(name)
        ends = {plain(word) for word in (field.name, field.public, field.label, *field.aliases) if word}
        wanted = {f"{word}{end}" for word in pointer.words for end in ends}
        column = next((column for column in columns if plain(column) in wanted), None)
        if column is not None:
            yield name, column


def _mapped(pointer: Pointer, columns: tuple[str, ...], key: tuple[str, ...], confidence: int) -> Mapped:
    return Mapped(
        field=pointer.field.name,
        columns=columns,
        how=How.REFERENCE,
        confidence=confidence,
        find_by=key,
        ignore_case=ignores_case(pointer.field),
    )


def _may_be_id(column: SourceColumn | None, field: Field) -> bool:
    """Whether any of the first values could be one; where texts are ids, nobody can see it."""
    if column is None or field.type.kind not in IDS:
        return False
    return any(looks_like_id(sample, field.type.kind) for sample in column.samples)


def looks_like_id(sample: str, kind: Kind) -> bool:
    """
    >>> looks_like_id("1,007", Kind.INTEGER), looks_like_id("ann@x.org", Kind.INTEGER)
    (True, False)
    """
    if kind is Kind.UUID:
        return len([letter for letter in sample.lower() if letter in "0123456789abcdef"]) >= 32
    return not any(letter.isalpha() for letter in sample)


def by_values(mapping: ColumnMapping, pointers: Mapping[str, Pointer], samples: Samples) -> ColumnMapping:
    """Columns that went into a reference, although they hold no ids."""
    mapped = tuple(_by_value(one, pointers.get(one.field), samples) for one in mapping.mapped)
    beside = tuple(_beside(mapping, pointers))
    known = {suggestion.column for suggestion in beside}
    others = (suggestion for suggestion in mapping.suggestions if suggestion.column not in known)
    return replace(mapping, mapped=mapped, suggestions=(*others, *beside))


def _by_value(mapped: Mapped, pointer: Pointer | None, samples: Samples) -> Mapped:
    if pointer is None or mapped.find_by or len(mapped.columns) != 1:
        return mapped
    column, key = samples.get(mapped.columns[0]), next(iter(pointer.keys), ())
    if len(key) != 1:
        return mapped
    if pointer.said:
        return replace(mapped, find_by=key, ignore_case=ignores_case(pointer.field))
    if pointer.field.type.kind in IDS:
        is_told = column is not None and bool(column.samples) and not _may_be_id(column, pointer.field)
    else:
        is_told = key == declared(pointer.field)
    if is_told:
        return replace(
            mapped, how=How.REFERENCE, confidence=BY_VALUE, find_by=key, ignore_case=ignores_case(pointer.field)
        )
    return mapped


def _beside(mapping: ColumnMapping, pointers: Mapping[str, Pointer]) -> Iterator[Suggestion]:
    """Columns that tell of a parent to which another column refers already, or by what is no key of it."""
    filled = {mapped.field: mapped for mapped in mapping.mapped}
    for name, pointer in pointers.items():
        mapped = filled.get(name)
        if mapped is None or (mapped.columns and not mapped.find_by):
            others = [field.name for field in pointer.parent.fields if field.name != pointer.referred]
            for by, column in _hits(mapping.unmapped, pointer, others):
                yield Suggestion(column=column, field=said_by(name, by), confidence=NAMED - 1)
