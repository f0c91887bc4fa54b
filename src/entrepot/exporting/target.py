"""Where an export goes, from what people type: `-o out.csv.gz`, `-o folder/`, or nothing at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.formats.names import safe_stem
from entrepot.formats.port import Format
from entrepot.formats.registry import by_extension, format_for
from entrepot.model.errors import InputError

COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
SEALS = (*COMPRESSIONS, ".age")
ENDINGS = {"gzip": ".gz", "zstd": ".zst"}


@dataclass(frozen=True, kw_only=True)
class Target:
    """`path` is the final file, or the folder of a format that writes a file per entity."""

    format: Format
    path: Path
    folder: bool
    stem: str
    compression: str | None
    encrypted: bool

    @property
    def ending(self) -> str:
        """What stands behind the format's own extension."""
        return ENDINGS.get(self.compression or "", "") + (".age" if self.encrypted else "")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for besides the name."""

    format: str | None
    compress: str | None
    encrypt: bool
    otherwise: str | None = None
    """The format if neither the name nor `format` says it."""


def resolve_target(to: str | Path | None, wish: Wish, *, database: str, entities: Sequence[str]) -> Target:
    """Format, compression and encryption come from the options, else from the endings of the name. `entities` are
    the titles of all that may go out."""
    if wish.otherwise is not None:
        format_for(wish.otherwise)  # a wrong word in the settings is told whether it matters this time or not
    text = str(to) if to is not None else ""
    path = Path(text)
    if text == "-":
        raise InputError(
            "no_standard_output",
            "An export is a file with its receipt beside it, so it cannot go to standard output.",
            remedy="Name a file or a folder.",
        )
    if not text or text.endswith("/") or path.is_dir():
        return _in_folder(path, wish, database=database, entities=entities)
    return _as_file(path, wish, entities)


def announced_format(to: str | Path | None, asked: str | None) -> Format | None:
    """The format as far as words tell it before anything is known of the database; what is wrong with them is told
    later."""
    try:
        return format_for(asked) if asked else by_extension(Path(to or ""))
    except InputError:
        return None


def _as_file(path: Path, wish: Wish, entities: Sequence[str]) -> Target:
    stem, compression, encrypted = _peel(path.name)
    chosen = _agreed(format_for(wish.format), stem) if wish.format else _format_of(stem, path, wish.otherwise)
    if chosen.many_files and len(entities) > 1:
        raise _one_file_too_few(chosen, path)
    _agree(compression, wish.compress, path)
    target = Target(
        format=chosen,
        path=path,
        folder=False,
        stem=Path(stem).stem,
        compression=wish.compress or compression,
        encrypted=wish.encrypt or encrypted,
    )
    return _with_endings(target, path)


def _in_folder(path: Path, wish: Wish, *, database: str, entities: Sequence[str]) -> Target:
    name = wish.format or wish.otherwise
    if name is None:
        raise InputError(
            "no_format",
            "Neither a format nor a file name that tells it is given.",
            remedy="Use -o with a name such as out.xlsx, or --format.",
        )
    chosen = format_for(name)
    stem = re.sub(r"[^\w.-]+", "_", database).strip("._") or "export"
    several = chosen.many_files and len(entities) > 1
    if several:
        path = path if str(path) != "." else Path(stem)
    elif chosen.many_files:  # a lone entity is a file like any other, named after itself
        stem = safe_stem(entities[0])
    target = Target(
        format=chosen, path=path, folder=several, stem=stem, compression=wish.compress, encrypted=wish.encrypt
    )
    return target if several else _with_endings(target, path / f"{stem}{chosen.extension}")


def _with_endings(target: Target, path: Path) -> Target:
    """The name says what the bytes are, whether people typed the endings or asked by options."""
    if target.ending and not path.name.endswith(target.ending):
        path = path.with_name(_peel(path.name)[0] + target.ending)
    return replace(target, path=path)


def _peel(name: str) -> tuple[str, str | None, bool]:
    """`a.csv.gz.age` → (`a.csv`, gzip, True)."""
    _in_small_letters(name)
    encrypted = name.endswith(".age")
    name = name.removesuffix(".age")
    for ending, compression in COMPRESSIONS.items():
        if name.endswith(ending):
            return _once(name.removesuffix(ending)), compression, encrypted
    return name, None, encrypted


def _in_small_letters(name: str) -> None:
    """`a.csv.AGE` would pass for encrypted and hold plain bytes."""
    endings = [ending for ending in Path(name).suffixes if ending.lower() in SEALS and ending != ending.lower()]
    if endings:
        raise InputError(
            "ending_in_capitals",
            f"{name} ends with {endings[-1]}, which nobody would read as {endings[-1].lower()}.",
            remedy="Write the endings .gz, .zst and .age in small letters.",
        )


def _once(name: str) -> str:
    """Behind a second ending there would be no file of that kind."""
    if name.endswith(SEALS):
        raise InputError(
            "sealed_twice",
            f"The name says that {name} is inside, but a file is compressed once, and encrypted after that.",
            remedy="Give it one ending, such as .csv.gz or .csv.zst.age.",
        )
    return name


def _agreed(asked: Format, name: str) -> Format:
    """A name that announces another format would deceive whoever gets the file."""
    found = by_extension(Path(name))
    if found is not None and found.name != asked.name:
        raise InputError(
            "format_conflict",
            f"{name} says {found.name}, but {asked.name} was asked for.",
            remedy="Change the name or leave the option out.",
        )
    return asked


def _format_of(name: str, path: Path, otherwise: str | None) -> Format:
    found = by_extension(Path(name)) or (format_for(otherwise) if otherwise else None)
    if found is None:
        raise InputError(
            "no_format",
            f"The name {path.name} does not tell the format.",
            remedy="Give it an ending such as .csv or .xlsx, or use --format.",
        )
    return found


def _agree(compression: str | None, asked: str | None, path: Path) -> None:
    if compression and asked and compression != asked:
        raise InputError(
            "compression_conflict",
            f"{path.name} says {compression}, but {asked} was asked for.",
            remedy="Change the name or leave the option out.",
        )


def _one_file_too_few(format: Format, path: Path) -> InputError:
    name = path.name.split(".")[0]
    return InputError(
        "one_file_per_entity",
        f"{format.title} holds one entity per file, and several were chosen.",
        remedy=f"Give a folder (-o {name}/ --format {format.name}) or a package (-o {name}.zip).",
    )
