"""Private folders for temporary data: 0700, gone afterwards, and those of the dead are swept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.storage.rooms import room, sweep_rooms

PREFIX = "entrepot-work-"


@contextmanager
def work_folder(parent: Path | None = None) -> Iterator[Path]:
    """A fresh folder in `parent` (the system's place for temporary files if None, which may be named as `.`). Children
    that work in it know it by its whole path."""
    home = (parent or Path(tempfile.gettempdir())).absolute()
    sweep_rooms(home, f"{PREFIX}*")
    with room(home, prefix=PREFIX) as folder:
        yield folder
