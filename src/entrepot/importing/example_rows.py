"""The example row of a template comes back with the file that was filled in, and is left out of the import."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from entrepot.importing.request import Prepared
from entrepot.model.drafts import OnConflict, Staged
from entrepot.model.example_rows import MARK
from entrepot.model.matching import Ruling
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.rulings import merged
from entrepot.model.shares import standing
from entrepot.storage.faults import reading

BLOCK_BYTES = 1 << 20


def without_examples(rulings: tuple[Ruling, ...], staged: Staged, request: ImportRequest) -> tuple[Ruling, ...]:
    """What somebody decides about such a record holds; and a file whose receipt says how many records it has is an
    export, where everything is what it is."""
    if request.declared is not None or not staged.examples:
        return rulings
    decided = [record for record in staged.examples if any(r.first <= record <= r.last for r in rulings)]
    left = [
        Ruling(first=record, last=record, does=OnConflict.SKIP) for record in staged.examples if record not in decided
    ]
    return merged(sorted((*rulings, *left), key=lambda ruling: (ruling.first, ruling.last)))


def mentions_example(path: Path) -> bool:
    """Whether a file of UTF-8 has to be looked at record by record for it; wherever somebody put it."""
    mark, before = MARK.encode(), b""
    with reading(path), path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            if mark in block or mark in before + block[: len(mark)]:
                return True
            before = block[-len(mark) :]
    return False


def told(prepared: Prepared) -> Iterator[Problem]:
    sizes = [(share.title, share.staged.records) for share in prepared.shares]
    for ruling in prepared.matching.rulings:
        for number in range(ruling.first, ruling.last + 1) if ruling.does is OnConflict.SKIP else ():
            if number in prepared.staged.examples:
                title, record = standing(number, sizes)
                file = title or prepared.draft.file.name
                yield Problem(
                    code="example_left_out",
                    message=f"Record {record} is the example of a template and is left out.",
                    remedy="",
                    severity=Severity.INFO,
                    category=Category.FORMAT,
                    place=Place(file=file, entity=prepared.entity.title, record=record),
                )
