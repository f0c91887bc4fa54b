"""What people are told of files that do not go as they should."""

from __future__ import annotations

from entrepot.model.attachments import FileFate, RowFile
from entrepot.model.brief import brief
from entrepot.model.problems import Category, Place, Problem, Severity

GO_ON = "Give the files new keys: --files rewrite; or leave them out: --files ignore."
WORDS: dict[FileFate, tuple[str, str, str]] = {
    FileFate.MISSING: (
        "missing_attachment",
        "neither the package has it nor the store, so its row comes in without it.",
        "Get a package that has it, or put it into the store.",
    ),
    FileFate.KEPT: ("file_kept", "the store has another file under its key, which stays.", ""),
    FileFate.CLASH: (
        "file_conflict",
        "the store has another file under its key, or the package has two.",
        f"{GO_ON} Or let what is there stay: --files keep.",
    ),
    FileFate.UNUSABLE: (
        "unusable_key",
        "no file can be put under its key: it leads elsewhere, is taken, or is a folder of others.",
        GO_ON,
    ),
}


def problem(file: RowFile, entity: str, given: str) -> Problem:
    code, fact, remedy = WORDS[file.fate]
    wrong = file.fate in (FileFate.CLASH, FileFate.UNUSABLE)
    return Problem(
        code=code,
        message=f"{entity}: the file '{brief(file.name)}' ({brief(file.id)}) of record {file.record:,}: {fact}",
        remedy=remedy,
        severity=Severity.ERROR if wrong else Severity.WARNING,
        category=Category.REFERENCE,
        place=Place(file=given, record=file.record, column=file.field),
        value=file.key,
    )
