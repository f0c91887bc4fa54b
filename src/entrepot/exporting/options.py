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
        """Told about the entity that has most of them."""
        entity = min(entities, key=lambda each: _distance(each, words))
        lacking = _lacking(entity, words)
        others = f"; no other chosen entity has {_listed(words)} either" if len(entities) > 1 else ""
        known = [f.title for f in entity.fields]
        close = [guess for word in lacking if (guess := nearest(word, known)) is not None]
        choice = f"Did you mean {_listed(close)}?" if close else f"It has: {', '.join(known[:20])}."
        return InputError(
            "unknown_field",
            f"'{self.what}' names {_listed(lacking)}, which '{entity.title}' does not have{others}.",
            remedy=f"{choice} To say it of one entity only, begin with its name: {entity.title}:…",
        )


def _lacking(entity: Entity, words: Sequence[str]) -> list[str]:
    return [word for word in words if field_names(entity).get(word) is None]


def _distance(entity: Entity, words: Sequence[str]) -> tuple[int, int]:
    """How far an entity is from having all of them: what it lacks, and of that, what it has nothing similar to."""
    lacking, known = _lacking(entity, words), [field.title for field in entity.fields]
    return len(lacking), sum(nearest(word, known) is None for word in lacking)


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
