"""Options of an export, in the words of `service`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from entrepot.exporting.plan import ExportOptions as Written
from entrepot.formats.port import Format
from entrepot.formats.registry import format_for
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names, field_names
from entrepot.model.selection import Selection
from entrepot.systems.chenu.options import ExportOptions
from entrepot.systems.chenu.words import ALL, PACKAGE

Given = TypeVar("Given", str, str | Sequence[str])
EACH = "*"
PRESSED = frozenset({PACKAGE, "xlsx", "parquet"})
"""Compressed as they are."""
ABOUT = {"json": "include_metadata", "xlsx": "about"}
"""What their options call it that they tell of themselves."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    selection: Selection
    written: Written


def asked_out(options: ExportOptions, catalog: Catalog, user: str) -> Asked:
    must_count(options.page_size, "page_size")
    chosen = _chosen(options.entities, catalog)
    selection = Selection(
        entities=tuple(EACH if name.lower() == ALL else name for name in options.entities),
        since=None if options.date_from is None else _text(options.date_from),
        until=None if options.date_to is None else _text(_behind(options.date_to)),
        where=_by_entity(options.filters, catalog),
        rename=_by_field(options.mapping, chosen),
        transforms={name: _lists(given) for name, given in _by_field(options.transforms, chosen).items()},
    )
    return Asked(selection=selection, written=_written(options, len(chosen), user))


def must_count(number: int, name: str) -> None:
    if number < 1:
        raise InputError(f"wrong_{name}", f"{name} is {number}.", remedy="Give 1 or more.")


def lists(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _lists(given: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {name: lists(words) for name, words in given.items()}


def _written(options: ExportOptions, entities: int, user: str) -> Written:
    """What would be a file for each entity is a package of such files: there is one download."""
    asked = format_for(options.format)
    packed = asked.many_files and entities > 1
    made = format_for(PACKAGE) if packed else asked
    if options.include_attachments and made.name != PACKAGE:
        raise InputError(
            "no_place_for_files", f"The format {asked.name} has no place for attached files.", remedy="Export as zip."
        )
    return Written(
        format=made.name,
        format_options=dict(_options_of(made, asked.name if packed else None, options)),
        compress="gzip" if options.compress and made.name not in PRESSED else None,
        encrypt=options.encrypt,
        metadata={"exported_by": user} if made.metadata and options.include_metadata else {},
    )


def _options_of(format: Format, members: str | None, options: ExportOptions) -> Iterable[tuple[str, str]]:
    if format.name in ABOUT:
        yield ABOUT[format.name], str(options.include_metadata).lower()
    if format.name == PACKAGE:
        yield "attachments", str(options.include_attachments).lower()
    if members is not None:
        yield "member_format", members


def _chosen(names: Sequence[str], catalog: Catalog) -> tuple[Entity, ...]:
    if isinstance(names, str) or not names or not all(isinstance(name, str) for name in names):
        raise InputError("no_entities", "entities is no list of entities.", remedy='Give a list, such as ["all"].')
    if any(name.lower() == ALL for name in names):
        return catalog.entities
    known = entity_names(catalog)
    return tuple({entity.name: entity for entity in map(known.find, names)}.values())


def _by_entity(filters: Mapping[str, object], catalog: Catalog) -> dict[str, object]:
    """What stands below the name of an entity; the rest is about fields."""
    known = entity_names(catalog)
    own = {name: where for name, where in filters.items() if known.get(name) is not None}
    others = {name: where for name, where in filters.items() if name not in own}
    return {**own, EACH: others} if others else own


def _by_field(
    given: Mapping[str, Given | Mapping[str, Given]], chosen: Sequence[Entity]
) -> dict[str, dict[str, Given]]:
    """For each entity what concerns its fields; what concerns nobody's is refused by whoever looks for it."""
    found: dict[str, dict[str, Given]] = {name: dict(own) for name, own in given.items() if isinstance(own, Mapping)}
    for field, value in given.items():
        if isinstance(value, Mapping):
            continue
        having = [entity.name for entity in chosen if field_names(entity).get(field) is not None]
        for name in having or [EACH]:
            found.setdefault(name, {})[field] = value
    return found


def _behind(last: date | str) -> date | str:
    """The day after one that is meant as a whole."""
    if isinstance(last, datetime):
        return last
    try:
        return date.fromisoformat(str(last)) + timedelta(days=1)
    except ValueError:
        return last


def _text(moment: date | str) -> str:
    return moment if isinstance(moment, str) else moment.isoformat()
