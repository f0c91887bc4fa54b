"""Where a template goes: one file, or a folder with a CSV file for each entity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from entrepot.exporting.target import Wish, resolve_target
from entrepot.formats.names import stems
from entrepot.model.errors import InputError

FORMATS = ("csv", "xlsx", "json")


@dataclass(frozen=True, kw_only=True)
class TemplateTarget:
    format: str
    paths: tuple[Path, ...]
    """The one file, or one for each entity."""


def template_target(to: str | Path | None, asked: str | None, titles: Sequence[str], database: str) -> TemplateTarget:
    """A lone entity gives its name to a file that has none."""
    if str(to) == "-":
        raise InputError("no_standard_output", "A template is a file.", remedy="Name a file or a folder.")
    stem = next(stems(titles)) if len(titles) == 1 else f"{database} template"
    target = resolve_target(to, Wish(format=asked, compress=None, encrypt=False), database=stem, entities=titles)
    if target.compression or target.encrypted:
        raise InputError(
            "template_sealed",
            f"{target.path.name} would be packed, and nobody could fill it in as it is.",
            remedy=f"Give it a name that ends with {', '.join(f'.{name}' for name in FORMATS)}.",
        )
    if target.format.name not in FORMATS:
        raise InputError(
            "no_template_format",
            f"There are no templates in the format {target.format.name}.",
            remedy=f"Use one of these: {', '.join(FORMATS)}.",
        )
    return TemplateTarget(format=target.format.name, paths=_paths(target.path, target.folder, titles))


def _paths(path: Path, folder: bool, titles: Sequence[str]) -> tuple[Path, ...]:
    return tuple(path / f"{stem}.csv" for stem in stems(titles)) if folder else (path,)
