"""From names, `*` and `@groups` to entities."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from entrepot.exporting.notes import warning
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.errors import InputError
from entrepot.model.graph import load_order
from entrepot.model.names import Names
from entrepot.model.problems import Problem
from entrepot.model.selection import Selection
from entrepot.model.suggest import unknown

EVERYTHING = ("*", "all")


def chosen_entities(
    selection: Selection, catalog: Catalog, names: Names[Entity]
) -> tuple[tuple[Entity, ...], frozenset[str]]:
    """The entities asked for, parents first, and the names of those that were asked for one by one."""
    left_out = excluded_names(selection, catalog, names)
    wanted: dict[str, bool] = {}
    for word in selection.entities:
        for name, by_name in _meant(word, catalog, names):
            wanted[name] = wanted.get(name, False) or by_name
    if selection.within is not None:
        wanted = _narrowed(wanted, selection.within, catalog, names)
    ordered = [name for part in load_order(catalog) for name in part if name in wanted and name not in left_out]
    if not ordered:
        raise _nothing(selection)
    return tuple(catalog.entity(name) for name in ordered), frozenset(n for n in ordered if wanted[n])


def with_fields(wanted: Sequence[Entity], by_name: Collection[str]) -> tuple[tuple[Entity, ...], tuple[Problem, ...]]:
    """A table may have no columns at all (PostgreSQL): its rows say nothing, and no format has a place for them."""
    bare = [entity for entity in wanted if not entity.fields]
    asked = [entity.title for entity in bare if entity.name in by_name]
    if asked:
        raise InputError(
            "no_fields_at_all",
            f"{', '.join(asked)} has no fields, so there is nothing to export.",
            remedy="Leave it out.",
        )
    told = (f"{entity.title} has no fields, so it is left out." for entity in bare)
    return tuple(e for e in wanted if e.fields), tuple(warning("no_fields_at_all", words, "") for words in told)


def _narrowed(wanted: Mapping[str, bool], within: Selection, catalog: Catalog, names: Names[Entity]) -> dict[str, bool]:
    """What the named selection holds of it; asking by name for something else is an error."""
    held = {entity.name for entity in chosen_entities(within, catalog, names)[0]}
    outside = [catalog.entity(name).title for name, by_name in wanted.items() if by_name and name not in held]
    if outside:
        raise InputError(
            "outside_selection",
            f"The selection '{within.name}' does not hold {', '.join(outside)}.",
            remedy=f"Leave it out, or add it to [exports.{within.name}] entities.",
        )
    return {name: by_name for name, by_name in wanted.items() if name in held}


def excluded_names(selection: Selection, catalog: Catalog, names: Names[Entity]) -> frozenset[str]:
    return frozenset(name for word in selection.exclude for name, _ in _meant(word, catalog, names))


def _meant(word: str, catalog: Catalog, names: Names[Entity]) -> Iterable[tuple[str, bool]]:
    """(entity, whether by its own name) for each entity that `word` means."""
    if word.startswith("@"):
        return [(entity.name, False) for entity in _group(word[1:], catalog)]
    found = names.get(word)
    if found is not None:
        return [(found.name, True)]
    if word.lower() in EVERYTHING:
        return [(entity.name, False) for entity in catalog.entities if _own_rows(entity)]
    parts = re.split(r"[,;\s]+", word.strip())
    if len(parts) > 1 and all(part.startswith("@") or names.get(part) for part in parts):
        raise _run_together(word, parts)
    return [(names.find(word).name, True)]


def _run_together(word: str, parts: Sequence[str]) -> InputError:
    """A way of typing several names, not a misspelling of one."""
    return InputError(
        "unknown_entity",
        f"'{word}' is not the name of one entity, but names several.",
        remedy=f"Give each name by itself: {' '.join(parts)}.",
    )


def _own_rows(entity: Entity) -> bool:
    """A view repeats the rows of tables: it goes out only by name, or where the settings made it public."""
    return entity.kind is EntityKind.TABLE or entity.public is not None


def _group(word: str, catalog: Catalog) -> list[Entity]:
    groups: Mapping[str, str] = {group.casefold(): group for entity in catalog.entities for group in entity.groups}
    group = groups.get(word.casefold())
    if group is None:
        raise unknown("group", f"@{word}", [f"@{name}" for name in groups.values()])
    return [entity for entity in catalog.entities if group in entity.groups]


def _nothing(selection: Selection) -> InputError:
    asked = ", ".join(selection.entities) or "nothing"
    without = f" without {', '.join(selection.exclude)}" if selection.exclude else ""
    return InputError(
        "nothing_selected",
        f"The selection ({asked}{without}) comes to no entity at all.",
        remedy="Name at least one entity; `entrepot catalog` shows them.",
    )
