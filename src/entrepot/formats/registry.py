"""Which formats there are. Names and endings are known at once; a format's code is imported when it is asked for.

A third party adds one by an entry point in the group `entrepot.formats` that names a `Format` value; the entry
point's name is the format's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.formats.options import describe_options, parse_options
from entrepot.formats.port import Format
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.suggest import unknown

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["Registry", "by_extension", "describe_options", "format_for", "formats", "parse_options", "registry"]

GROUP = "entrepot.formats"
SEALS = frozenset({".gz", ".zst", ".age"})
"""Endings that compression and encryption add behind a format's own."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is known of a format before its code is loaded."""

    name: str
    module: str
    """`package.module`, where `FORMAT` stands, or `package.module:attribute`."""
    extensions: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def load(self) -> Format:
        module, _, attribute = self.module.partition(":")
        try:
            found = getattr(import_module(module), attribute or "FORMAT")
        except EntrepotError:
            raise
        except Exception as error:
            raise broken(self, repr(error)) from error
        if not isinstance(found, Format):
            raise broken(self, f"it is a {type(found).__name__}, not a Format")
        return found


BUILT_IN = (
    Entry(name="csv", module="entrepot.formats.csv", extensions=(".csv",)),
    Entry(name="json", module="entrepot.formats.json", extensions=(".json",)),
    Entry(
        name="ndjson",
        module="entrepot.formats.ndjson",
        extensions=(".ndjson", ".jsonl"),
        aliases=("jsonl", "jsonlines"),
    ),
    Entry(name="xlsx", module="entrepot.formats.xlsx", extensions=(".xlsx",), aliases=("excel",)),
    Entry(name="pdf", module="entrepot.formats.pdf", extensions=(".pdf",)),
    Entry(name="sql", module="entrepot.formats.sql", extensions=(".sql",)),
    Entry(name="parquet", module="entrepot.formats.parquet", extensions=(".parquet",)),
    Entry(name="package", module="entrepot.formats.package", extensions=(".zip",), aliases=("zip",)),
)


@dataclass(frozen=True, kw_only=True)
class Registry:
    entries: tuple[Entry, ...]

    def names(self) -> tuple[str, ...]:
        return tuple(entry.name for entry in self.entries)

    def find(self, word: str) -> Entry | None:
        """By name, alias or ending, case ignored; the first one that is listed wins."""
        low = word.lower()
        return next((e for e in self.entries if low in {e.name, *e.aliases, *e.extensions}), None)

    def format_for(self, word: str) -> Format:
        entry = self.find(word)
        if entry is None:
            raise unknown("format", word, [name for e in self.entries for name in (e.name, *e.aliases)])
        return entry.load()

    def by_extension(self, path: Path) -> Format | None:
        """The format that a file name's ending names, behind .gz, .zst and .age; None if it names none."""
        endings = [suffix.lower() for suffix in path.suffixes]
        while endings and endings[-1] in SEALS:
            endings.pop()
        entry = self.find(endings[-1]) if endings else None
        return entry.load() if entry else self.by_loading(endings[-1] if endings else "")

    def by_loading(self, ending: str) -> Format | None:
        """Formats of third parties tell their ending only once they are loaded."""
        strangers = (entry.load() for entry in self.entries if not entry.extensions)
        return next((found for found in strangers if found.extension == ending), None)


def with_third_parties(found: tuple[EntryPoint, ...]) -> Registry:
    """Built-in names cannot be taken over."""
    taken = {name for entry in BUILT_IN for name in (entry.name, *entry.aliases)}
    strangers = tuple(Entry(name=point.name.lower(), module=point.value) for point in found)
    for entry in strangers:
        if entry.name in taken:
            raise broken(entry, "the name is taken")
        taken.add(entry.name)
    return Registry(entries=(*BUILT_IN, *strangers))


@cache
def registry() -> Registry:
    """All formats of this installation."""
    from importlib.metadata import entry_points  # takes a third of the start-up time of a command that needs no format

    return with_third_parties(tuple(entry_points(group=GROUP)))


def format_for(word: str) -> Format:
    """The format of that name, alias or ending.

    >>> format_for("jsonl").name
    'ndjson'
    """
    return registry().format_for(word)


def formats() -> tuple[Format, ...]:
    """All of them, loaded."""
    return tuple(entry.load() for entry in registry().entries)


def by_extension(path: Path) -> Format | None:
    """The format that a file name announces.

    >>> by_extension(Path("users.csv.zst.age")).name
    'csv'
    """
    return registry().by_extension(path)


def broken(entry: Entry, why: str) -> InputError:
    return InputError(
        "broken_format",
        f"The format '{entry.name}' ({entry.module}) cannot be used: {why}.",
        remedy="Update or uninstall the package that brings it.",
    )
