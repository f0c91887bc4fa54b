"""«Did you mean …?» for every name a person can mistype."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from entrepot.model.brief import brief
from entrepot.model.errors import InputError


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The closest known word, case ignored; None if nothing is close.

    >>> nearest("custmers", ["customers", "orders"])
    'customers'
    """
    by_lower = {name.lower(): name for name in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


CLOSE = 80
"""How alike two values must be, of 100, for one to be meant by the other: closer than names, which are few."""


def likely(value: str, known: Sequence[str]) -> str | None:
    """The value that was probably meant, case ignored.

    >>> likely("Germny", ["France", "Germany"])
    'Germany'
    """
    from rapidfuzz.fuzz import ratio

    folded = value.casefold()
    best = max(known, key=lambda name: ratio(folded, name.casefold()), default="")
    return best if ratio(folded, best.casefold()) >= CLOSE else None


def unknown(what: str, word: str, known: Iterable[str], place: str = "") -> InputError:
    """The error for a name that does not exist (in `place`), with the nearest one and the choice.

    >>> unknown("entity", "custmers", ["customers", "orders"]).remedy
    "Did you mean 'customers'? Known: customers, orders."
    """
    names = sorted(known)
    guess = nearest(word, names)
    shown = ", ".join(names[:20]) + (f" … ({len(names)} in all)" if len(names) > 20 else "")
    question = f"Did you mean '{guess}'? " if guess else ""
    remedy = f"{question}Known: {shown}." if names else f"There is no {what} at all."
    where = f" in {place}" if place else ""
    return InputError(f"unknown_{what.replace(' ', '_')}", f"There is no {what} '{brief(word)}'{where}.", remedy=remedy)
