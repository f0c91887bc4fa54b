"""What no export may replace or lie among: the data that it reads, and the settings that say how."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.errors import InputError


@dataclass(frozen=True, kw_only=True)
class Guard:
    """By what the files are, not by how their names are written: links lead to the same refusal."""

    files: Mapping[Path, str] = field(default_factory=dict)
    """Each with what it is, in words; some may not exist now."""
    folders: Mapping[Path, str] = field(default_factory=dict)

    def check(self, final: Path) -> None:
        """Refuse `final` as the name of a file to write, whether something is to be overwritten or not."""
        for file, words in self.files.items():
            if is_same(final, file):
                raise _protected(f"{final} is {words}.", "Choose another name for the export.")
        for folder, words in self.folders.items():
            if lies_in(final, folder):
                raise _protected(f"{final} lies in {folder}, {words}.", "Choose a place outside of it.")


def lies_in(path: Path, folder: Path) -> bool:
    """Whether `path` is or would be inside of `folder`, or leads there."""
    return any(is_same(parent, folder) for parent in _around(path))


def is_same(one: Path, other: Path) -> bool:
    with suppress(OSError, ValueError):
        if one.samefile(other):
            return True
    return os.path.realpath(one) == os.path.realpath(other)


def _around(final: Path) -> set[Path]:
    """The folders that the name lies in, and those that the file itself lies in if the name is a link."""
    named = Path(os.path.realpath(final.parent)) / final.name
    linked = Path(os.path.realpath(final))
    return {named, linked, *named.parents, *linked.parents}


def _protected(fact: str, remedy: str) -> InputError:
    return InputError("protected_target", fact, remedy=remedy)
