"""How the workbench finds the file that a record points to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Filed:
    """Columns are numbered as those of the file, fields as the target fields. `packed_N` has the files of the package
    that the rows of this field may point to: `id, name, number, key`, where no name means that any will do."""

    field: int
    """The one that holds the key: `N`."""
    column: int
    """Where it comes from."""
    id: int
    """The column that says which file it is."""
    name: int | None = None
    """The one that says what it is called; None: the last part of the key."""

    @property
    def table(self) -> str:
        return f"packed_{self.field}"


PACKED = ("id", "name", "number", "key")
"""The columns of `packed_N`."""
