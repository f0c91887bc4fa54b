"""The files of a package, as its archive has them: bytes go from one into the other, and never into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from entrepot.model.packed import Declared, Packed, PackedFile
from entrepot.model.receipts import FileReceipt
from entrepot.zips.checks import Archive, Entry
from entrepot.zips.reading import measured, member_blocks


def files_of(archive: Archive, packed: Packed) -> PackedFiles | None:
    """None where there are none."""
    return PackedFiles(archive=archive, files=packed.files, declared=packed.declared) if packed.files else None


@dataclass(frozen=True, kw_only=True)
class PackedFiles:
    """Of a sound archive whose members were compared with what is declared of them."""

    archive: Archive
    files: tuple[PackedFile, ...]
    declared: Mapping[str, Declared]
    _entries: dict[str, Entry] = field(default_factory=dict)
    _known: dict[str, FileReceipt] = field(default_factory=dict)

    def has(self, file: PackedFile) -> bool:
        return self._entry(file) is not None

    def size(self, file: PackedFile) -> int:
        entry = self._entry(file)
        return entry.header.size if entry else 0

    def content(self, file: PackedFile) -> FileReceipt:
        """Size and SHA-256; read only where nobody declares them."""
        entry = self._entry(file)
        assert entry is not None
        if entry.name not in self._known:
            self._known[entry.name] = self._declared(entry) or measured(self.archive, entry)
        return self._known[entry.name]

    def blocks(self, file: PackedFile) -> Iterator[bytes]:
        entry = self._entry(file)
        assert entry is not None
        return member_blocks(self.archive, entry)

    def _declared(self, entry: Entry) -> FileReceipt | None:
        algorithm, digits = self.declared.get(entry.name, Declared()).digest or ("", "")
        if algorithm != "sha256":
            return None
        return FileReceipt(name=entry.name, bytes=entry.header.size, sha256=digits, media_type="")

    def _entry(self, file: PackedFile) -> Entry | None:
        if not self._entries:
            self._entries.update((entry.name, entry) for entry in self.archive.entries if not entry.is_folder)
        return None if file.member is None else self._entries.get(file.member)
