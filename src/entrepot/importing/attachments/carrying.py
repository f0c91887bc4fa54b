"""Files on their way into the stores, beside the transaction that brings their rows in.

They are written down, and whole in the store, before the commit: what nobody committed is taken away again, by
whoever finds that out (jobs/kept_files.py). While one import is at it, no other is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from entrepot.importing.attachments.looking import Placing, Shelf, with_files
from entrepot.importing.attachments.words import WORDS
from entrepot.importing.isolating import Changed
from entrepot.importing.request import Run
from entrepot.model.attachments import REFUSED, FilesPlan, PlacedFile
from entrepot.model.errors import BugError, DamagedError, InputError
from entrepot.model.file_stores import IncomingFiles
from entrepot.model.how_many import how_many
from entrepot.model.ports import Cancel
from entrepot.model.problems import Problem


@contextmanager
def carried(done: Sequence[Changed], run: Run) -> Iterator[list[Changed]]:
    """For the rest of the transaction: its files are in the stores, and the plans say which."""
    if not any(one.work.prepared.filings for one in done):
        yield list(done)
        return
    if run.keeps_files is None:
        raise BugError("no_files_here", "The import has files, and nobody remembers which.")
    with run.keeps_files.alone(), ExitStack() as stack:
        shelf = Shelf(stores=run.file_stores, mine=run.keeps_files.kept)
        looked = [replace(one, plan=with_files(one.work, one.plan, shelf)) for one in done]
        refuse([one.plan.files for one in looked], [problem for one in looked for problem in one.plan.problems])
        place(list(shelf.placings.values()), run, stack)
        yield looked


def refuse(plans: Iterable[FilesPlan | None], problems: Sequence[Problem]) -> None:
    refused = sum(plan.refused for plan in plans if plan)
    if not refused:
        return
    codes = {WORDS[fate][0] for fate in REFUSED}
    first = next(one for one in problems if one.code in codes)
    raise InputError(
        "files_refused",
        f"{how_many(refused, 'file')} of the package cannot be put where their rows say, so nothing was written."
        f" {first.message}",
        remedy=first.remedy,
        problems=tuple(problems),
    )


def place(placings: Sequence[Placing], run: Run, stack: ExitStack) -> None:
    """All are whole before any has its key; and before that, they are remembered."""
    if not placings or run.keeps_files is None:
        return
    run.reporter.begin("Files", len(placings))
    incoming: dict[str, IncomingFiles] = {}
    placed: list[PlacedFile] = []
    for one in placings:
        if one.collection not in incoming:
            incoming[one.collection] = stack.enter_context(run.file_stores[one.collection].receiving())
        placed.append(taken(one, incoming[one.collection], run.cancel))
        run.reporter.advance(1, placed[-1].bytes)
    run.keeps_files.keep(placed)
    for store in incoming.values():
        store.publish()


def taken(one: Placing, incoming: IncomingFiles, cancel: Cancel) -> PlacedFile:
    """Exactly what was looked at before."""
    counting = Counting(one.packed.blocks(one.file), cancel)
    incoming.take(one.key, counting)
    expected = one.packed.content(one.file)
    if counting.sha256 != expected.sha256:
        raise DamagedError(
            "hash_differs",
            f"{one.file.member} is no longer what it was when the package was looked at.",
            remedy="Get an undamaged copy, or export again.",
        )
    return PlacedFile(
        collection=one.collection,
        key=one.key,
        bytes=counting.size,
        sha256=counting.sha256,
        folders=incoming.folders(one.key),
    )


class Counting:
    """Blocks that pass by."""

    def __init__(self, blocks: Iterable[bytes], cancel: Cancel) -> None:
        self._blocks, self._cancel, self._hash, self.size = blocks, cancel, hashlib.sha256(), 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            self._cancel.check()
            self._hash.update(block)
            self.size += len(block)
            yield block

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()
