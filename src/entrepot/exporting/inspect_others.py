"""What lies in a folder besides the files of its receipt: exports of their own, what belongs to them, and the rest."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from entrepot.exporting.inspection import Findings
from entrepot.exporting.receipt_file import RECEIPT_ENDING, receipt_path
from entrepot.formats.registry import by_extension
from entrepot.model.problems import Place
from entrepot.storage.key_files import is_key_file


@dataclass(frozen=True, kw_only=True)
class Others:
    exports: tuple[Path, ...]
    """Files with a receipt of their own, else with the name of an export."""
    gone: tuple[str, ...]
    """Files that only their receipt is left of."""
    foreign: tuple[str, ...]
    unproven: tuple[str, ...]
    """Files with the name of an export that no receipt speaks of: of another day, perhaps."""

    @classmethod
    def of(cls, folder: Path, listed: set[str]) -> Others:
        """All of `folder` but what is `listed`. If a receipt lists anything, other names alone mean nothing."""
        found = sorted(path for path in folder.iterdir() if path.name not in listed)
        receipts = {path.name for path in found if path.name.endswith(RECEIPT_ENDING)}
        files = [path for path in found if path.name not in receipts and not is_key_file(path.name)]
        exports = [path for path in files if path.is_file() and is_export(path, receipts, alone=len(listed) < 2)]
        there = {path.name for path in files} | {name for name in listed if (folder / name).is_file()}
        return cls(
            exports=tuple(exports),
            gone=tuple(
                sorted(name for name in (r.removesuffix(RECEIPT_ENDING) for r in receipts) if name not in there)
            ),
            foreign=tuple(path.name for path in files if path not in exports and not named_like_one(path)),
            unproven=tuple(path.name for path in files if path not in exports and named_like_one(path)),
        )

    def note(self, findings: Findings) -> None:
        for name in self.gone:
            message = f"There is a receipt of {name}, but the file is not there."
            findings.wrong("missing_file", message, Place(file=name))
        for name in self.foreign:
            findings.note("foreign_file", f"{name} is in the folder, but no receipt names it.")
        for name in self.unproven:
            findings.doubt(
                "file_without_receipt",
                f"{name} looks like an export, but no receipt names it: it may be of another moment than the others.",
                name,
            )


def is_export(path: Path, receipts: set[str], *, alone: bool) -> bool:
    if receipt_path(path, False).name in receipts:
        return True
    return alone and named_like_one(path)


def named_like_one(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and by_extension(path) is not None
