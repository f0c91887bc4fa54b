"""Where locked keys lie, and what they are called.

`orders.csv.age.key` opens `orders.csv.age`, `export.age.key` opens all files of a folder. A name that is taken is never
taken again, because what that key opens may still be there: the next one is `orders.csv.age.2.key`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

FOLDER_STEM = "export.age"
ENDING = ".key"
LOCKED_KEY = "application/age"
"""The media type of a locked key in a receipt."""
NAME = re.compile(r".*\.age(\.[0-9]+)?\.key", re.DOTALL)


def is_key_file(name: str) -> bool:
    """
    >>> [is_key_file(name) for name in ("a.csv.age.key", "export.age.3.key", "a.key")]
    [True, True, False]
    """
    return NAME.fullmatch(name) is not None


def key_files(folder: Path, stem: str) -> list[Path]:
    """All there are, in the order in which they came; none where the folder is gone."""
    pattern = re.compile(re.escape(stem) + r"(?:\.([0-9]+))?\.key")
    found = ((pattern.fullmatch(path.name), path) for path in (folder.iterdir() if folder.is_dir() else ()))
    return [path for _, path in sorted((int(match[1] or 1), path) for match, path in found if match)]


def key_files_for(path: Path) -> list[Path]:
    """Those that may open `path`: its own, then those of its folder."""
    return [*key_files(path.parent, path.name), *key_files(path.parent, FOLDER_STEM)]


def key_names(stem: str) -> Iterator[str]:
    yield stem + ENDING
    for number in count(2):
        yield f"{stem}.{number}{ENDING}"
