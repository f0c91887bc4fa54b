"""Archives of tables: sound or refused, and taken apart member by member, each under a name of ours.

found = opened_archive(path, name)        # None: it is no archive of tables; an error: a bad one
found.packed.tables                       # what it holds; nothing was unpacked yet
table = found.unpacked(table, work, keys) # with its `path`; read as `table.read_as(request.reading)` says
found.prove(but=[...])                    # that all other members are what they should be
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from entrepot.formats.package.kinds import WORKBOOK, ending
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.formats.package.tables import archive_in_archive, packed
from entrepot.importing.archive_marks import may_be_archive
from entrepot.model.errors import DamagedError, InputError, StorageError
from entrepot.model.how_many import how_many
from entrepot.model.packed import Declared, Packed, PackedTable
from entrepot.model.problems import Category, Place, Problem
from entrepot.model.receipts import FileReceipt
from entrepot.storage.faults import reading, storing
from entrepot.storage.keys import Keys
from entrepot.storage.opening import plain_file
from entrepot.zips.checks import Archive, Entry, check_archive, sound
from entrepot.zips.reading import extract, measured, member_blocks

SAMPLE_BYTES = 65_536
LISTS = frozenset({"json", "sql", "xlsx", "xlsb", "xls", "ods"})
"""Such a member may be several tables itself."""
ROOM = 0.9
"""The part of the free disk that may be used."""
SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class OpenedArchive:
    archive: Archive
    packed: Packed

    def table(self, wanted: str | None) -> PackedTable:
        """The one that is named, or the only one; of a table that is a document, a list of it: `table/list`."""
        tables = self.packed.tables
        named = [each for each in tables if wanted is not None and (wanted + "/").startswith(each.name + "/")]
        if named:
            return max(named, key=lambda each: len(each.name))
        if len(tables) == 1 and (wanted is None or ending(tables[0].member) in LISTS):
            return tables[0]
        raise several_tables(self.packed) if wanted is None else no_such_table(self.packed, wanted)

    def unpacked(self, table: PackedTable, work: Path, keys: Keys | None = None) -> PackedTable:
        """Exactly what was declared, or an error; what seals it is peeled off."""
        entry = self.archive.entry(table.member)
        assert entry is not None
        must_fit(entry, work)
        folder = Path(mkdtemp(dir=work))
        member = folder / "member"
        with storing(member):
            found = extract(self.archive, entry, member)
        self._compare(entry, found)
        plain = plain_file(member, folder, keys, given=Path(self.packed.name) / table.member)
        if plain != member:
            member.unlink()
        refuse_archive(plain, table.member)
        return replace(table, path=plain)

    def prove(self, but: Collection[str]) -> None:
        """Read every other member to its end, and compare it with what is declared about it."""
        for entry in self.archive.entries:
            if not entry.is_folder and entry.name not in but:
                self._compare(entry, measured(self.archive, entry))

    def _compare(self, entry: Entry, found: FileReceipt) -> None:
        declared = self.packed.declared.get(entry.name, Declared())
        if declared.bytes not in (None, found.bytes):
            fact = f"{declared.bytes:,} bytes are declared, and it has {found.bytes:,}"
            raise differs("size_differs", entry.name, fact)
        if declared.digest is None:
            return
        algorithm, digits = declared.digest
        had = found.sha256 if algorithm == "sha256" else self._digest(entry, algorithm)
        if had != digits:
            raise differs("hash_differs", entry.name, f"the {algorithm} {digits} is declared, but it has {had}")

    def _digest(self, entry: Entry, algorithm: str) -> str:
        taken = hashlib.new(algorithm, usedforsecurity=False)
        for block in member_blocks(self.archive, entry):
            taken.update(block)
        return taken.hexdigest()


def opened_archive(path: Path, name: str) -> OpenedArchive | None:
    """`name` is what people call the file. All that can be wrong with the archive as a whole is found here."""
    with reading(path):
        archive = check_archive(path) if may_be_archive(path, name) else None
    if archive is None or is_workbook(archive):
        return None
    sound(archive)
    try:
        return OpenedArchive(archive=archive, packed=packed(archive, name))
    except InputError:
        read_through(archive)
        raise


def read_through(archive: Archive) -> None:
    """Where nothing is of use, that it is damaged is the better answer."""
    for entry in archive.entries:
        for _ in member_blocks(archive, entry):
            pass


def is_workbook(archive: Archive) -> bool:
    """Workbooks and documents are ZIPs, and for other readers."""
    names = {entry.name for entry in archive.entries}
    if names:
        return not names.isdisjoint(WORKBOOK) and DESCRIPTOR not in names
    with archive.path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    return any(name.encode() in sample for name in WORKBOOK)


def refuse_archive(plain: Path, member: str) -> None:
    """Whatever it is called."""
    with reading(plain):
        archive = check_archive(plain) if may_be_archive(plain, "") else None
    if archive is not None and not is_workbook(archive):
        raise archive_in_archive(member)


def must_fit(entry: Entry, work: Path) -> None:
    if entry.header.size > shutil.disk_usage(work).free * ROOM:
        raise StorageError(
            "insufficient_storage",
            f"{entry.name} has {entry.header.size:,} bytes, which do not fit on the disk of the work folder.",
            remedy="Make room, or set TMPDIR to a larger place.",
        )


def differs(code: str, member: str, fact: str) -> DamagedError:
    """The member is not what the archive says elsewhere."""
    problem = Problem(
        code=code,
        message=f"{member}: {fact}.",
        remedy="Get an undamaged copy, or export again.",
        category=Category.INTEGRITY,
        place=Place(file=member),
    )
    return DamagedError(code, problem.message, remedy=problem.remedy, problems=(problem,))


def several_tables(packed: Packed) -> InputError:
    return InputError(
        "several_tables",
        f"{packed.name} holds several tables: {described(packed)}.",
        remedy="Name the one to read: --list NAME.",
    )


def no_such_table(packed: Packed, wanted: str) -> InputError:
    return InputError(
        "no_such_table",
        f"{packed.name} has no table named {wanted!r}. It holds {described(packed)}.",
        remedy="Name one that it holds, as it is spelled there.",
    )


def described(packed: Packed) -> str:
    """With the records that it declares."""
    words = [
        each.name if each.records is None else f"{each.name} ({how_many(each.records, 'record')})"
        for each in packed.tables
    ]
    more = len(words) - SHOWN
    return ", ".join(words[:SHOWN]) + (f" and {more} more" if more > 0 else "")
