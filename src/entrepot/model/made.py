"""Parents that are made because records name them: what they hold, and who asked for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A field of a parent that is made, and what its text is put together from."""

    field: str
    pieces: tuple[str | int, ...]
    """Texts as they stand, and by their numbers the fields that the parent is looked up by."""


@dataclass(frozen=True, kw_only=True)
class MadeParent:
    """One of them."""

    value: str
    file: str
    record: int
    """The first that asked for it."""


@dataclass(frozen=True, kw_only=True)
class AskedBy:
    """Records of another table of the import that may refer to such parents."""

    part: int
    number: int
    """Of what that part brings for others: the values by which it refers."""
    fields: tuple[int, ...]
    """Of the parents, which hold what is referred to."""


@dataclass(frozen=True, kw_only=True)
class MadeParents:
    files: tuple[str, ...]
    """The tables that name them, as people call these."""
    count: int
    first: tuple[MadeParent, ...] = ()
    alike: tuple[str, ...] = ()
    """Some that differ from each other in nothing but case or blanks."""


def pieces_of(template: str) -> tuple[tuple[str, str], ...]:
    """Texts and the fields behind them; an empty field: there is none.

    >>> pieces_of("new: {email}"), pieces_of("{{plain}}")
    ((('new: ', 'email'),), (('{', ''), ('plain}', '')))
    """
    found: list[tuple[str, str]] = []
    for text, name, form, conversion in Formatter().parse(template):
        if form or conversion or name == "":
            raise ValueError("a field stands alone between its braces")
        found.append((text, name or ""))
    return tuple(found)


def fields_in(template: str) -> Iterable[str]:
    """
    >>> list(fields_in("{first} {last}"))
    ['first', 'last']
    """
    return (name for _, name in pieces_of(template) if name)
