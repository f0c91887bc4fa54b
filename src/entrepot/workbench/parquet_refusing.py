"""What is said of a Parquet file that cannot be read: cut off, damaged, encrypted, or written in a way of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from entrepot.model.errors import DamagedError, InputError
from entrepot.model.problems import Place, Problem
from entrepot.workbench.source import has_no_room

MAGIC, ENCRYPTED = b"PAR1", b"PARE"
LONGEST_WORDS = 200
OURS = re.compile(r"[^\s'\"]*rows\.parquet")
CONVERT = "Write it with other settings (no encryption, zstd or snappy), or convert it to CSV or NDJSON."


def check_ends(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(len(MAGIC))
        size = file.seek(0, 2)
        file.seek(max(0, size - len(MAGIC)))
        ends = file.read()
    if begins == ENCRYPTED:
        raise encrypted(path)
    if begins != MAGIC:
        raise damaged(path, "it does not begin as Parquet files do")
    if ends != MAGIC or size <= 2 * len(MAGIC):
        raise damaged(path, "it does not end as Parquet files do: it may be cut off")


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """What DuckDB says about a file is about that file; but not what it says about memory and disks."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        if has_no_room(error):
            raise
        raise unreadable(path, error) from error


def unreadable(path: Path, error: duckdb.Error) -> DamagedError | InputError:
    words = " ".join(str(error).partition("\n")[0].split())
    if "encrypt" in words.lower():
        return encrypted(path)
    if isinstance(error, duckdb.NotImplementedException):
        return InputError(
            "unsupported_parquet", f"{path.name} holds what cannot be read: {shown(words, path)}.", remedy=CONVERT
        )
    return damaged(path, f"it cannot be read ({shown(words, path)})")


def shown(words: str, path: Path) -> str:
    """With the name that people know."""
    return OURS.sub(path.name, words).rstrip(".")[:LONGEST_WORDS]


def damaged(path: Path, fact: str) -> DamagedError:
    problem = Problem(code="damaged_parquet", message=f"{path.name} is damaged: {fact}.", place=Place(file=path.name))
    return DamagedError(problem.code, problem.message, remedy="Get an undamaged copy.", problems=(problem,))


def encrypted(path: Path) -> InputError:
    return InputError(
        "unsupported_parquet", f"{path.name} is encrypted in the way of Parquet, which cannot be read.", remedy=CONVERT
    )
