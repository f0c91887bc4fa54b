"""What would become of the files of an import, beside what the stores have. Nothing is written."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from entrepot.importing.attachments.words import WORDS, problem
from entrepot.model.attachments import REFUSED, FileFate, Files, FilesPlan, RowFile
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
    folders: set[tuple[str, str]] = field(default_factory=set)
    """Those that the placings lie in."""

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
            return self._placed(Placing(collection=filing.collection, key=one.key, packed=filing.packed, file=one.file))
        same = self._is_planned(before, filing, one.file) if before else self._is_there(place, filing, one.file)
        if same and before is None and place in self.mine:
            return FileFate.RESTORED
        return FileFate.THERE if same else FileFate.KEPT if way is Files.KEEP else FileFate.CLASH

    def _placed(self, one: Placing) -> FileFate:
        """Nothing is a file and a folder."""
        place, above = (one.collection, one.key), {(one.collection, folder) for folder in folders_of(one.key)}
        if place in self.folders or not above.isdisjoint(self.placings):
            return FileFate.UNUSABLE
        self.placings[place] = one
        self.folders.update(above)
        return FileFate.RESTORED

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


def folders_of(key: str) -> list[str]:
    """
    >>> folders_of("a/b/c")
    ['a', 'a/b']
    """
    return [key[:at] for at, letter in enumerate(key) if letter == "/"]


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
    if not work.prepared.filings:
        return plan
    work.run.reporter.phase(f"Looking at the files of {plan.entity}")
    tally = Tally()
    for filing in work.prepared.filings:
        used: set[int] = set()
        with closing(pointings(work, filing)) as pointing:
            for one, number in pointing:
                tally.add(row_file(one, work, filing, shelf))
                used.add(number)
        tally.unused += sum(
            bool(file.entity) and filing.packed.has(file)
            for number, file in enumerate(filing.files)
            if number not in used
        )
    about = tally.plan()
    problems = [problem(file, plan.entity, plan.file.title) for file in about.listed]
    return replace(plan, files=about, problems=(*plan.problems, *problems))


def row_file(one: Pointing, work: Work, filing: Filing, shelf: Shelf) -> RowFile:
    fate = shelf.fate(one, filing, work.prepared.request.files, held=work.prepared.tenancy is not None)
    return RowFile(
        record=one.record,
        field=filing.field.name,
        key=one.key,
        id=one.id,
        name=one.name,
        fate=fate,
        bytes=filing.packed.size(one.file) if one.file and fate is FileFate.RESTORED else 0,
    )


@dataclass(kw_only=True)
class Tally:
    """Of many files; the first of those that are to be told, and what keeps everything out before the rest."""

    counts: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    unused: int = 0
    refused: list[RowFile] = field(default_factory=list)
    told: list[RowFile] = field(default_factory=list)

    def add(self, file: RowFile) -> None:
        self.counts[str(file.fate)] += 1
        self.bytes += file.bytes
        some = self.refused if file.fate in REFUSED else self.told
        if file.fate in WORDS and len(some) < SHOWN:
            some.append(file)

    def plan(self) -> FilesPlan:
        return FilesPlan(
            counts=dict(self.counts),
            bytes=self.bytes,
            unused=self.unused,
            listed=tuple([*self.refused, *self.told][:SHOWN]),
        )


def pointings(work: Work, filing: Filing) -> Generator[tuple[Pointing, int]]:
    """Each with the number of its file; -1: the package has none."""
    prepared = work.prepared
    with closing(work.bench.row_files(prepared.fields, prepared.matching, filing.filed)) as blocks:
        for block in blocks:
            work.run.cancel.check()
            for values in csv.reader(io.StringIO(block.decode(), newline="")):
                yield _pointing(values, filing.files)


def _pointing(values: Sequence[str], files: Sequence[PackedFile]) -> tuple[Pointing, int]:
    record, what, key, which, name, at = values
    number = int(at) if at else -1
    file = files[number] if at else None
    one = Pointing(record=int(record), what=what, key=key, id=which, name=file.name if file else name, file=file)
    return one, number
