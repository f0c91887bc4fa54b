"""What would become of the files of an import, beside what the stores have. Nothing is written."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from entrepot.importing.attachments.words import WORDS, problem
from entrepot.model.attachments import FileFate, Files, FilesPlan, RowFile, counted
from entrepot.model.file_stores import FileStore
from entrepot.model.packed import PackedFile
from entrepot.model.plans import ImportPlan

if TYPE_CHECKING:
    from entrepot.importing.attachments.filing import Filing
    from entrepot.importing.attachments.packed import PackedFiles
    from entrepot.importing.request import Work

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Pointing:
    """A record that comes in, or is there, and points to a file."""

    record: int
    what: str
    """`created`, or whether its row `has` the key or `gets` it."""
    key: str
    id: str
    name: str
    file: PackedFile | None


@dataclass(frozen=True, kw_only=True)
class Placing:
    """A file on its way."""

    collection: str
    key: str
    packed: PackedFiles
    file: PackedFile


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """The stores as they are, and what an import would put there: of all its tables."""

    stores: Mapping[str, FileStore]
    mine: Collection[tuple[str, str]] = ()
    """What this very import put there, in an attempt that came to nothing."""
    placings: dict[tuple[str, str], Placing] = field(default_factory=dict)

    def fate(self, one: Pointing, filing: Filing, way: Files, *, held: bool) -> FileFate:
        """`held`: the import is one tenant's, who must learn nothing of files of others, and get none."""
        place, size = (filing.collection, one.key), self.stores[filing.collection].size(one.key)
        theirs = held and one.what != "has" and size is not None and place not in self.mine
        if one.file is None or not filing.packed.has(one.file):
            return FileFate.UNUSABLE if theirs else FileFate.MISSING if size is None else FileFate.THERE
        if (theirs and way is not Files.REWRITE) or not self.stores[filing.collection].is_usable(one.key):
            return FileFate.UNUSABLE
        before = self.placings.get(place)
        if before is None and size is None:
            self.placings[place] = Placing(
                collection=filing.collection, key=one.key, packed=filing.packed, file=one.file
            )
            return FileFate.RESTORED
        same = self._is_planned(before, filing, one.file) if before else self._is_there(place, filing, one.file)
        if same and before is None and place in self.mine:
            return FileFate.RESTORED
        return FileFate.THERE if same else FileFate.KEPT if way is Files.KEEP else FileFate.CLASH

    def _is_planned(self, before: Placing, filing: Filing, file: PackedFile) -> bool:
        if before.packed is filing.packed and before.file.member == file.member:
            return True
        then, now = before.packed.content(before.file), filing.packed.content(file)
        return (then.bytes, then.sha256) == (now.bytes, now.sha256)

    def _is_there(self, place: tuple[str, str], filing: Filing, file: PackedFile) -> bool:
        collection, key = place
        if self.stores[collection].size(key) != filing.packed.size(file):
            return False
        return digest_of(self.stores[collection], key) == filing.packed.content(file).sha256


def digest_of(store: FileStore, key: str) -> str | None:
    """SHA-256 of what is there; None if nothing is."""
    found = store.open(key)
    if found is None:
        return None
    digest = hashlib.sha256()
    with found as blocks:
        for block in blocks:
            digest.update(block)
    return digest.hexdigest()


def with_files(work: Work, plan: ImportPlan, shelf: Shelf) -> ImportPlan:
    """After all records were decided about."""
    filings = work.prepared.filings
    if not filings:
        return plan
    work.run.reporter.phase(f"Looking at the files of {plan.entity}")
    found = [(file, number) for filing in filings for file, number in _row_files(work, filing, shelf)]
    files = [file for file, _ in found]
    told = [file for file in files if file.fate in WORDS]
    used = {number for _, number in found}
    packed = filings[0].packed
    mine = {number for filing in filings for number, file in _numbered(filing) if file.entity and packed.has(file)}
    about = FilesPlan(
        counts=counted(file.fate for file in files),
        bytes=sum(file.bytes for file in files),
        unused=len(mine - used),
        listed=tuple(sorted(told, key=lambda file: file.record)[:SHOWN]),
    )
    problems = [problem(file, plan.entity, plan.file.title) for file in about.listed]
    return replace(plan, files=about, problems=(*plan.problems, *problems))


def _numbered(filing: Filing) -> Iterator[tuple[tuple[int, int], PackedFile]]:
    for number, file in enumerate(filing.files):
        yield (filing.filed.field, number), file


def _row_files(work: Work, filing: Filing, shelf: Shelf) -> Iterator[tuple[RowFile, tuple[int, int | None]]]:
    """With the number of the file in its field."""
    request = work.prepared.request
    for one, number in pointings(work, filing):
        fate = shelf.fate(one, filing, request.files, held=work.prepared.tenancy is not None)
        size = filing.packed.size(one.file) if one.file and fate is FileFate.RESTORED else 0
        row = RowFile(
            record=one.record, field=filing.field.name, key=one.key, id=one.id, name=one.name, fate=fate, bytes=size
        )
        yield row, (filing.filed.field, number)


def pointings(work: Work, filing: Filing) -> Iterator[tuple[Pointing, int | None]]:
    prepared = work.prepared
    for block in work.bench.row_files(prepared.fields, prepared.matching, filing.filed):
        work.run.cancel.check()
        for values in csv.reader(io.StringIO(block.decode(), newline="")):
            yield _pointing(values, filing.files)


def _pointing(values: Sequence[str], files: Sequence[PackedFile]) -> tuple[Pointing, int | None]:
    record, what, key, which, name, at = values
    number = int(at) if at else None
    file = None if number is None else files[number]
    one = Pointing(record=int(record), what=what, key=key, id=which, name=file.name if file else name, file=file)
    return one, number
