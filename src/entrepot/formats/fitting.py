"""What a format has no use for is refused, with the formats that have: nothing that is typed is passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields

from entrepot.formats.port import Format
from entrepot.formats.registry import registry
from entrepot.model.errors import EntrepotError, InputError


def check_fits(format: Format, options: Iterable[str], metadata: Mapping[str, object], *, dialect: bool) -> None:
    """An error for the first thing that `format` cannot use."""
    if dialect and not format.scripts:
        raise _without_effect(format, "SQL dialect", lambda other: other.scripts)
    if metadata and not format.metadata:
        raise _without_effect(format, "place for metadata", lambda other: other.metadata)
    for word in options:
        _check_option(format, word)


def _check_option(format: Format, word: str) -> None:
    """An option that no format has is a misspelling, which reading the options will tell better."""

    def takes(other: Format) -> bool:
        return word.replace("-", "_") in {field.name for field in fields(other.options)}

    if not takes(format) and takers(takes):
        raise _without_effect(format, f"option '{word}'", takes)


def takers(takes: Callable[[Format], bool]) -> list[str]:
    """The formats that do; one that cannot be loaded here is none of them."""
    found: list[str] = []
    for entry in registry().entries:
        try:
            found += [entry.name] if takes(entry.load()) else []
        except EntrepotError:
            continue
    return found


def _without_effect(format: Format, what: str, takes: Callable[[Format], bool]) -> InputError:
    return InputError(
        "option_without_effect",
        f"The format {format.name} has no {what}.",
        remedy=f"Leave it out, or write one of the formats that have it: {', '.join(takers(takes))}.",
    )
