"""Options given per entity: by its name, or by `*` for every chosen entity that has all the fields named."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError
from entrepot.model.names import Names, field_names
from entrepot.model.suggest import nearest

Option = TypeVar("Option")


@dataclass(frozen=True, kw_only=True)
class PerEntity(Generic[Option]):
    what: str
    """What it is called in a message: `fields`, `where`, …"""
    named: Mapping[str, tuple[Option, ...]]
    """By the entity's own name."""
    common: tuple[Option, ...]
    words: Callable[[Option], Sequence[str]]
    """The fields that an option names."""

    def of(self, entity: Entity) -> tuple[Option, ...]:
        """The options that hold for `entity`: the common ones first, then its own."""
        found = (option for option in self.common if self._fits(entity, option))
        return (*found, *self.named.get(entity.name, ()))

    def check(self, chosen: Iterable[Entity]) -> None:
        """A common option that fits no chosen entity is a mistake, not a wish for nothing."""
        entities = tuple(chosen)
        for option in self.common:
            if not any(self._fits(entity, option) for entity in entities):
                raise self._fits_nowhere(self.words(option), entities)

    def idle(self, chosen: Iterable[str]) -> tuple[str, ...]:
        """Entities that options are given for and that are not chosen."""
        return tuple(sorted(set(self.named) - set(chosen)))

    def _fits(self, entity: Entity, option: Option) -> bool:
        names = field_names(entity)
        return all(names.get(word) is not None for word in self.words(option))

    def _fits_nowhere(self, words: Sequence[str], entities: Sequence[Entity]) -> InputError:
        known = {f.title for entity in entities for f in entity.fields}
        guesses = [nearest(word, known) for word in words if word not in known]
        close = [guess for guess in guesses if guess is not None]
        return InputError(
            "unknown_field",
            f"No chosen entity has {_listed(words)}, which '{self.what}' names for all of them.",
            remedy=(f"Did you mean {_listed(close)}? " if close else "")
            + f"Give '{self.what}' per entity, or name fields that one of them has.",
        )


def _listed(words: Sequence[str]) -> str:
    return " and ".join(f"'{word}'" for word in dict.fromkeys(words))


def per_entity(
    what: str, given: Mapping[str, Option], names: Names[Entity], words: Callable[[Option], Sequence[str]]
) -> PerEntity[Option]:
    """Where an entity has two names, an option under each of them would be a guess."""
    keys: dict[str, str] = {}
    for key in (key for key in given if key != "*"):
        other = keys.setdefault(names.find(key).name, key)
        if other != key:
            raise _given_twice(what, other, key)
    return PerEntity(
        what=what,
        named={name: (given[key],) for name, key in keys.items()},
        common=(given["*"],) if "*" in given else (),
        words=words,
    )


def _given_twice(what: str, one: str, other: str) -> InputError:
    return InputError(
        "given_twice",
        f"'{what}' is given for '{one}' and for '{other}', which are one entity.",
        remedy="Give it once, under one of the names.",
    )
