"""Finding entities and fields by what people call them.

The exact name of the schema always wins; otherwise case is ignored and public names, labels' aliases and
table names count too. A word that fits two things is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.suggest import unknown

Item = TypeVar("Item", Entity, Field)


class Names(Generic[Item]):
    """What things of one sort (`entity`, `field`) are called."""

    def __init__(self, what: str, items: Iterable[tuple[Item, Iterable[str | None]]], place: str = "") -> None:
        self.what = what
        self.place = place
        self._exact: dict[str, Item] = {}
        self._loose: dict[str, dict[str, Item]] = {}
        for item, words in items:
            self._exact[item.name] = item
            for word in (item.name, *words):
                if word is not None:
                    self._loose.setdefault(word.casefold(), {})[item.name] = item

    def get(self, word: str) -> Item | None:
        """What `word` means; None if nothing answers to it."""
        found = self._exact.get(word)
        if found is not None:
            return found
        candidates = self._loose.get(word.casefold(), {})
        if len(candidates) > 1:
            raise self._ambiguous(word, candidates)
        return next(iter(candidates.values()), None)

    def find(self, word: str) -> Item:
        """What `word` means; an error with the nearest name otherwise."""
        found = self.get(word)
        if found is None:
            raise unknown(self.what, word, sorted(item.title for item in self._exact.values()), self.place)
        return found

    def _ambiguous(self, word: str, candidates: Mapping[str, Item]) -> InputError:
        return InputError(
            f"ambiguous_{self.what}",
            f"'{word}' can mean each of: {', '.join(sorted(candidates))}.",
            remedy="Write the one you mean as it stands there.",
        )


def entity_names(catalog: Catalog) -> Names[Entity]:
    """Entities by name, public name, aliases and, in other schemas, by the bare table name."""
    return Names("entity", ((e, (e.public, e.table, *e.aliases)) for e in catalog.entities))


def field_names(entity: Entity) -> Names[Field]:
    """Fields by name, public name and aliases."""
    return Names("field", ((f, (f.public, *f.aliases)) for f in entity.fields), f"'{entity.title}'")
