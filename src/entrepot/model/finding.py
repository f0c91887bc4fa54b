"""How the parent of a reference is found where a file does not have its id."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Missing(StrEnum):
    """What becomes of a record whose parent is not found."""

    ERROR = "error"
    SKIP = "skip"
    """It is left out."""
    EMPTY = "empty"
    """It refers to nothing."""
    CREATE = "create"
    """A parent is made of what the file says, before anything else happens; for whom none can be made, it is an
    error."""

    @property
    def fails(self) -> bool:
        return self in (Missing.ERROR, Missing.CREATE)


@dataclass(frozen=True, kw_only=True)
class FindBy:
    """What the settings say of a field that refers to rows of another entity."""

    fields: tuple[str, ...] = ()
    """The parent's, by which files name it."""
    ignore_case: bool = False
    """Whether case and blanks around such values mean nothing."""
    missing: Missing | None = None
