"""What a JSON file can be as a whole so that there is nothing to import."""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.errors import InputError

MOST_NAMES = 20


def no_records(file: str, what: str) -> InputError:
    return InputError(
        "no_records",
        f"{file} holds no records: {what}.",
        remedy="Give a list of objects, an object with such a list, or an object a line.",
    )


def no_such_list(file: str, entity: str, lists: Mapping[str, int]) -> InputError:
    there = f"It holds {described(lists)}." if lists else "It holds no lists of objects with names."
    return InputError(
        "no_such_list",
        f"{file} has no list of objects named {entity!r}. {there}",
        remedy="Name one that it holds, as it is spelled there." if lists else "Leave the name out.",
    )


def several_lists(file: str, lists: Mapping[str, int]) -> InputError:
    return InputError(
        "several_lists",
        f"{file} holds several lists: {described(lists)}.",
        remedy="Name the one to read: --list NAME.",
    )


def too_sparse(file: str, columns: int, records: int) -> InputError:
    return InputError(
        "too_sparse",
        f"The first {records:,} records of {file} have {columns:,} different names, and hardly any in common.",
        remedy="Names that are data belong into a value: make a list of name and value of them.",
    )


def too_many_columns(file: str, most: int) -> InputError:
    return InputError(
        "too_many_columns",
        f"{file} has more than {most:,} different names of values; so many columns can be read.",
        remedy="Names that are data belong into a value. If they are columns, allow the workbench more memory.",
    )


def described(lists: Mapping[str, int]) -> str:
    """
    >>> described({"users": 2, "orders": 1})
    'users (2 records), orders (1 record)'
    """
    words = [f"{name} ({count:,} record{'s' * (count != 1)})" for name, count in lists.items()]
    more = len(words) - MOST_NAMES
    return ", ".join(words[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
