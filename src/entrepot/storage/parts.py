"""Unfinished files: all of a publication in one hidden folder beside their final names.

Its writer holds the lock of the folder, one for all files, so that a finished one needs no open descriptor. A folder
without a holder is rubbish and goes at the next run.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from entrepot.storage.rooms import dead_rooms, evict, room, sweep_rooms

ENDING = ".entrepot-part"
LONGEST_BYTES = 150


def part_folder(home: Path, name: str) -> AbstractContextManager[Path]:
    """A locked folder in `home` for the parts of `name`, on the same file system as their final names."""
    return room(home, prefix=f".{shortened(name)}.", suffix=ENDING)


def take_away(folder: Path) -> None:
    """Parts whose writer no longer may give them their names, whether he lives or not."""
    evict(folder, ENDING)


def shortened(name: str) -> str:
    """File systems count bytes: what is added must fit behind the longest name they allow."""
    return name.encode(errors="replace")[:LONGEST_BYTES].decode(errors="ignore")


def sweep(home: Path) -> tuple[Path, ...]:
    """Remove the parts in `home` that nobody holds any more; which folders they were in."""
    return sweep_rooms(home, f".*{ENDING}")


def left_over(home: Path) -> dict[str, int]:
    """The parts that `sweep` would remove, by their folders, and how large they are."""
    found = dead_rooms(home, f".*{ENDING}")
    return {folder.name: sum(path.lstat().st_size for path in folder.rglob("*")) for folder in found}


def no_other_writes(home: Path, own: str) -> bool:
    """Whether the parts in the folder `own` are the only ones in `home`, once those of the dead are gone."""
    sweep(home)
    return all(found.name == own for found in home.glob(f".*{ENDING}"))
