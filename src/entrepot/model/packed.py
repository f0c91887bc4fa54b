"""What an archive holds: tables, and the files that their rows point to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Problem


@dataclass(frozen=True, kw_only=True)
class PackedTable:
    """A member of an archive that holds a table; or several, if it is a document with several lists."""

    name: str
    """What people know it by: the resource or entity that the archive says it is, else the member's name without
    folder and endings. Each once in an archive."""
    member: str
    """Its name in the archive; never a path of ours."""
    reading: Reading = field(default_factory=Reading)
    """What the archive says about how it is read."""
    fields: tuple[str, ...] = ()
    """The names of its columns, as the archive says; none: it does not."""
    in_order: bool = False
    """These are its columns one by one, whatever it calls them itself."""
    records: int | None = None
    """So many the archive says it has; 0: there is nothing to import."""
    declared_by: str = ""
    """The member that says all that."""
    path: Path | None = None
    """Where it lies unpacked and plain; None: nowhere yet."""

    def read_as(self, said: Reading) -> Reading:
        """What somebody said goes before what the archive says; which list, only within the member."""
        known = {name: value for name in WORDS if (value := getattr(said, name)) is not None}
        reading = replace(self.reading, **known, null=said.null or self.reading.null)
        return replace(reading, entity=inner_list(self.name, said.entity) or reading.entity)


WORDS = ("format", "encoding", "delimiter", "quote", "header", "skip_lines", "sections")


def inner_list(table: str, entity: str | None) -> str | None:
    """
    >>> inner_list("shop", "shop/users"), inner_list("shop", "shop"), inner_list("shop", "users")
    ('users', None, 'users')
    """
    if entity is None or entity == table:
        return None
    return entity.removeprefix(f"{table}/")


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What an archive says about the bytes of a member, besides what every ZIP says."""

    bytes: int | None = None
    digest: tuple[str, str] | None = None
    """Name of the algorithm (as `hashlib` has it), and hex digits."""


@dataclass(frozen=True, kw_only=True)
class PackedFile:
    """A file that rows point to."""

    member: str | None
    """None: it was missing when the archive was made."""
    id: str
    name: str
    entity: str = ""
    """Whose rows; empty: the archive does not say."""
    field: str = ""


@dataclass(frozen=True, kw_only=True)
class Packed:
    """A sound archive; all that it says about itself agrees."""

    name: str
    """What people call it."""
    tables: tuple[PackedTable, ...]
    """At least one."""
    files: tuple[PackedFile, ...] = ()
    declared: Mapping[str, Declared] = field(default_factory=dict)
    """By member; those that are not here have their checksum alone."""
    problems: tuple[Problem, ...] = ()
    """Warnings: what is left out, and what cannot be done as the archive says."""
