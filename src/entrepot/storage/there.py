"""Whether a file is there. A name that is too long, or no name at all, is that of none."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import InputError


def is_file(path: Path) -> bool:
    """
    >>> is_file(Path("x" * 300)), is_file(Path("a\\0b"))
    (False, False)
    """
    try:
        return path.is_file()
    except OSError:
        return False


def not_there(path: Path) -> InputError:
    """Where a file was expected."""
    try:
        folder = path.is_dir()
    except OSError:
        folder = False
    if folder:
        return InputError("no_such_file", f"{path} is a folder, not a file.", remedy="Name a file that is in it.")
    return InputError("no_such_file", f"There is no file {path}.", remedy="Check the path.")
