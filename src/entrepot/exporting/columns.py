"""Which fields of an entity go out, under which names, and how they are changed on the way."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from entrepot.exporting.options import PerEntity, per_entity
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.names import Names, field_names
from entrepot.model.selection import Column, Selection
from entrepot.model.suggest import unknown
from entrepot.model.types import NUMBERS, Kind

TEXTS = frozenset({Kind.TEXT, Kind.ENUM, Kind.OTHER})
TRANSFORMS = {"lowercase": TEXTS, "uppercase": TEXTS, "trim": TEXTS, "timestamp": NUMBERS | {Kind.TEXT}}
"""The kinds that each transform understands."""


@dataclass(frozen=True, kw_only=True)
class ColumnOptions:
    fields: PerEntity[Sequence[str]]
    rename: PerEntity[Mapping[str, str]]
    transforms: PerEntity[Mapping[str, tuple[str, ...]]]
    saved: ColumnOptions | None
    """Those of the named selection: its fields are all there are; its names and transforms hold where nothing else
    is said."""
    selection: str | None
    """What the settings call it."""

    def check(self, chosen: Sequence[Entity]) -> None:
        self.fields.check(chosen)
        self.rename.check(chosen)
        self.transforms.check(chosen)

    def idle(self, chosen: Collection[str]) -> list[tuple[str, str]]:
        """(option, entity) for the entities that options are given for and that are not chosen."""
        given = [(o.what, o.idle(chosen)) for o in (self.fields, self.rename, self.transforms)]
        return [(what, name) for what, names in given for name in names]


def column_options(selection: Selection, names: Names[Entity]) -> ColumnOptions:
    return ColumnOptions(
        saved=column_options(selection.within, names) if selection.within else None,
        selection=selection.name,
        fields=per_entity("fields", selection.fields, names, _wanted),
        rename=per_entity("rename", selection.rename, names, tuple),
        transforms=per_entity("transforms", selection.transforms, names, tuple),
    )


def _wanted(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word != "*"]


def columns_of(entity: Entity, options: ColumnOptions) -> tuple[Column, ...]:
    """All fields in their order, computed ones too (they are data; an import ignores them), or those asked for."""
    names = field_names(entity)
    layers = (options.saved, options) if options.saved else (options,)
    renamed = _by_field(names, [given for layer in layers for given in layer.rename.of(entity)])
    transformed = _by_field(names, [given for layer in layers for given in layer.transforms.of(entity)])
    columns = tuple(
        Column(
            field=field,
            name=_outgoing_name(field, renamed.get(field.name)),
            transforms=_checked(field, transformed.get(field.name, ())),
        )
        for field in _fields(entity, names, options)
    )
    _check_names(entity, columns)
    return columns


Given = TypeVar("Given", str, tuple[str, ...])


def _by_field(names: Names[Field], options: Sequence[Mapping[str, Given]]) -> dict[str, Given]:
    """The last word on each field; one option that says two things about a field is a mistake."""
    found: dict[str, Given] = {}
    for option in options:
        words: dict[str, str] = {}
        for word, value in option.items():
            name = names.find(word).name
            if option[words.setdefault(name, word)] != value:
                raise _two_things(words[name], word)
            found[name] = value
    return found


def _two_things(one: str, other: str) -> InputError:
    return InputError(
        "given_twice",
        f"'{one}' and '{other}' are one field, and different things are said about it.",
        remedy="Say one of them.",
    )


def _fields(entity: Entity, names: Names[Field], options: ColumnOptions) -> Sequence[Field]:
    allowed = _fields(entity, names, options.saved) if options.saved else entity.fields
    given = options.fields.of(entity)
    if not given or "*" in given[-1]:
        return allowed
    if not given[-1]:
        raise InputError("no_fields", f"No field of '{entity.title}' is named.", remedy="Name one, or * for all.")
    wanted = tuple({field.name: field for field in map(names.find, given[-1])}.values())
    hidden = [field for field in wanted if field not in allowed]
    if hidden and options.saved:
        raise _hidden(entity, hidden, options.saved)
    return wanted


def _hidden(entity: Entity, fields: Sequence[Field], saved: ColumnOptions) -> InputError:
    return InputError(
        "outside_selection",
        f"The selection '{saved.selection}' does not let {', '.join(f.title for f in fields)} of '{entity.title}' out.",
        remedy=f"Leave it out, or add it to [exports.{saved.selection}.fields].",
    )


def _outgoing_name(field: Field, renamed: str | None) -> str:
    if renamed is None:
        return field.title
    if not renamed.strip():
        raise InputError("empty_name", f"'{field.name}' is renamed to nothing.", remedy="Give it a name.")
    return renamed


def _checked(field: Field, transforms: Sequence[str]) -> tuple[str, ...]:
    for transform in transforms:
        if transform not in TRANSFORMS:
            raise unknown("transform", transform, TRANSFORMS)
        if field.type.kind not in TRANSFORMS[transform]:
            raise InputError(
                "transform_type",
                f"'{transform}' cannot change '{field.title}', which is {field.type.describe()}.",
                remedy=f"It works on: {', '.join(sorted(TRANSFORMS[transform]))}.",
            )
    return tuple(transforms)


def _check_names(entity: Entity, columns: Sequence[Column]) -> None:
    """Two columns of one name would overwrite each other in JSON; `A` and `a` do in spreadsheets and databases,
    which is only our business where one of them is not the schema's own name."""
    seen: dict[str, Column] = {}
    for column in columns:
        other = seen.setdefault(column.name.casefold(), column)
        ours = any(c.name != c.field.name for c in (column, other))
        if other is not column and (ours or column.name == other.name):
            raise InputError(
                "duplicate_column",
                f"'{other.field.name}' and '{column.field.name}' of '{entity.title}' would both go out as "
                f"'{column.name}'.",
                remedy="Rename one of them, or leave it out.",
            )
