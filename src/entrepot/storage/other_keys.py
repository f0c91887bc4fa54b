"""By which other keys an application may know a file: those that go through links that it has made in the folder."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Links = Mapping[str, list[str]]
"""By what they lead to, inside the folder ("." is the folder itself), as keys."""
DEEP = 3
"""A link in a folder that a link leads to, and so on: each makes a file's keys more, without end where it leads to a
folder above itself."""


def other_keys(home: Path, keys: Iterable[str]) -> dict[str, list[str]]:
    """Of those that have any."""
    links = links_in(home)
    found = {key: list(dict.fromkeys(_others(key, links, DEEP))) for key in keys} if links else {}
    return {key: others for key, others in found.items() if others}


def links_in(home: Path) -> Links:
    root, found = home.resolve(), dict[str, list[str]]()
    for folder, folders, files in os.walk(root):
        for place in (Path(folder, name) for name in (*folders, *files)):
            target = _target(place)
            if target is not None and target.is_relative_to(root):
                found.setdefault(target.relative_to(root).as_posix(), []).append(place.relative_to(root).as_posix())
    return found


def _target(place: Path) -> Path | None:
    """None: it is no link, or leads round in a circle."""
    try:
        return place.resolve() if place.is_symlink() else None
    except (OSError, RuntimeError):
        return None


def _others(key: str, links: Links, deep: int) -> Iterator[str]:
    above = [*_folders(key), key]
    for target in above if deep else ():
        for link in links.get(target, ()):
            other = link if target == key else f"{link}/{key.removeprefix('' if target == '.' else f'{target}/')}"
            yield other
            yield from _others(other, links, deep - 1)


def _folders(key: str) -> Iterator[str]:
    """
    >>> list(_folders("a/b/c"))
    ['.', 'a', 'a/b']
    """
    yield "."
    parts = key.split("/")
    yield from ("/".join(parts[:depth]) for depth in range(1, len(parts)))
