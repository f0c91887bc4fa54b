"""Names of steps and rules with their arguments; third parties add theirs by entry points."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Generic, Protocol, TypeVar

from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.suggest import nearest, unknown


class Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=Named)


@dataclass(frozen=True, kw_only=True)
class Argument:
    name: str
    words: str
    default: str | None = None
    """None: it must be given."""
    check: Callable[[str], object] | None = None
    """Raises ValueError with the reason why a text is no such argument."""


@dataclass(frozen=True, kw_only=True)
class Registry(Generic[Entry]):
    what: str
    entries: Mapping[str, Entry]

    def find(self, name: str, place: str = "") -> Entry:
        found = self.entries.get(name)
        if found is None:
            raise unknown(self.what, name, self.entries, place)
        return found


def registry(what: str, kind: type[Entry], built_in: Iterable[Entry], points: Iterable[EntryPoint]) -> Registry[Entry]:
    """Built-in names cannot be taken over."""
    entries = {entry.name: entry for entry in built_in}
    for point in points:
        entry = loaded(what, kind, point)
        if entry.name in entries:
            raise broken(what, point, f"the name '{entry.name}' is taken")
        entries[entry.name] = entry
    return Registry(what=what, entries=entries)


def loaded(what: str, kind: type[Entry], point: EntryPoint) -> Entry:
    try:
        found = point.load()
    except EntrepotError:
        raise
    except Exception as error:
        raise broken(what, point, repr(error)) from error
    if not isinstance(found, kind):
        raise broken(what, point, f"it is a {type(found).__name__}, not a {kind.__name__}")
    return found


def broken(what: str, point: EntryPoint, why: str) -> InputError:
    return InputError(
        f"broken_{what}",
        f"The {what} '{point.name}' ({point.value}) cannot be used: {why}.",
        remedy="Update or uninstall the package that brings it.",
    )


def arguments_of(place: str, known: tuple[Argument, ...], given: Mapping[str, str]) -> dict[str, str]:
    """All arguments, checked; those that were not given by their defaults. One without a name is the first."""
    if "" in given and known and known[0].name not in given:
        given = {name or known[0].name: value for name, value in given.items()}
    for name in given:
        if name not in {argument.name for argument in known}:
            raise unknown("argument", name, [argument.name for argument in known], place)
    return {argument.name: value_of(place, argument, given) for argument in known}


def value_of(place: str, argument: Argument, given: Mapping[str, str]) -> str:
    value = given.get(argument.name, argument.default)
    if value is None:
        raise InputError(
            "argument_missing", f"The argument '{argument.name}' of {place} is missing.", remedy=argument.words
        )
    try:
        if argument.check is not None:
            argument.check(value)
    except ValueError as error:
        raise InputError(
            "bad_argument",
            f"{value[:80]!r} is no '{argument.name}' for {place}: {error}.",
            remedy=argument.words,
        ) from error
    return value


def whole_number(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit()) or len(text) > 9:
        raise ValueError("it is not a whole number")
    return int(text)


def count(text: str) -> int:
    if whole_number(text) < 0:
        raise ValueError("it is below 0")
    return int(text)


def words(text: str) -> tuple[str, ...]:
    """A list: separated by commas; a value that holds one stands in double quotes."""
    found = next(csv.reader([text], skipinitialspace=True), None)
    return tuple(word for word in found or () if word)


def some_words(text: str) -> tuple[str, ...]:
    found = words(text)
    if not found:
        raise ValueError("it holds no word")
    return found


def one_of(*known: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in known:
            guess = nearest(text, known)
            question = f"; did you mean '{guess}'?" if guess else ""
            raise ValueError(f"known are {', '.join(known)}{question}")
        return text

    return check
