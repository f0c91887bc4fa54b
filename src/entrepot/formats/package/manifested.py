"""`manifest.json` read back: what applications with packages of their own say in it, as far as it concerns tables."""

from __future__ import annotations

from typing import Any

import msgspec

from entrepot.formats.package.contents import LARGEST_DESCRIPTOR_BYTES, AttachmentWords, MemberWords, bad
from entrepot.formats.package.names import MANIFEST
from entrepot.zips.checks import Archive
from entrepot.zips.reading import member_bytes


class ListedMember(MemberWords, frozen=True):
    entity: str = ""


class ManifestWords(msgspec.Struct, frozen=True):
    """In both spellings. Whatever else stands there is the application's own."""

    entity_counts: dict[str, int] = {}
    counts: dict[str, int] = msgspec.field(default_factory=dict[str, int], name="entityCounts")
    members: tuple[ListedMember, ...] = ()
    attachments: tuple[AttachmentWords, ...] = ()

    def count_of(self, entity: str) -> int | None:
        return {**self.entity_counts, **self.counts}.get(entity)


def read_manifest(archive: Archive) -> ManifestWords | None:
    """None where there is none, or one of something else than tables."""
    entry = archive.entry(MANIFEST)
    if entry is None:
        return None
    data = member_bytes(archive, entry, LARGEST_DESCRIPTOR_BYTES)
    try:
        words: Any = msgspec.json.decode(data)
        if not isinstance(words, dict):
            raise bad("bad_descriptor", "manifest.json is no object", MANIFEST)
        return msgspec.convert(words, ManifestWords)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad("bad_descriptor", f"manifest.json cannot be understood ({error})", MANIFEST) from error
