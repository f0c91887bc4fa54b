"""What a workbook can be as a whole so that nothing is imported from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entrepot.model.errors import DamagedError, InputError
from entrepot.model.suggest import unknown

SAVE_AGAIN = "Open it in a spreadsheet program and save it again, or get an undamaged copy."
MOST_NAMES = 20


def damaged(file: str, fact: str) -> DamagedError:
    return DamagedError("damaged_workbook", f"The workbook {file} is damaged: {fact}.", remedy=SAVE_AGAIN)


def encrypted(file: str) -> InputError:
    return InputError(
        "encrypted_workbook",
        f"{file} is protected by a password.",
        remedy="Open it in a spreadsheet program, take the password off, and save it.",
    )


def unreadable(file: str, fact: str) -> InputError:
    return InputError("unreadable_workbook", f"{file} cannot be read as a workbook: {fact}.", remedy=SAVE_AGAIN)


def too_large(file: str, fact: str, remedy: str) -> InputError:
    return InputError("workbook_too_large", f"{file} {fact}.", remedy=remedy)


def no_sheets(file: str, hidden: Sequence[str] = ()) -> InputError:
    if hidden:
        return InputError(
            "no_sheets",
            f"All sheets of {file} are hidden: {listed(hidden)}.",
            remedy="Name the one to read: --sheet NAME.",
        )
    return InputError(
        "no_sheets", f"{file} has no sheet with cells.", remedy="Make sure that it is the right file, or save it again."
    )


def no_such_sheet(file: str, wanted: str, names: Sequence[str]) -> InputError:
    return unknown("sheet", wanted, names, file)


def several_sheets(file: str, names: Iterable[str], hidden: Iterable[str]) -> InputError:
    """Of those that can be seen, and hold something."""
    beside = f" Hidden: {listed(hidden)}." if (hidden := list(hidden)) else ""
    return InputError(
        "several_sheets",
        f"{file} has several sheets with records: {listed(names)}.{beside}",
        remedy="Name the one to read: --sheet NAME.",
    )


def listed(names: Iterable[str]) -> str:
    """
    >>> listed(["users", "orders"])
    'users, orders'
    """
    names = list(names)
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def too_many_columns(file: str, sheet: str, columns: int, most: int) -> InputError:
    return InputError(
        "too_many_columns",
        f"The sheet '{sheet}' of {file} has {columns:,} columns; {most:,} can be read.",
        remedy="Leave columns out, or allow the workbench more memory.",
    )
