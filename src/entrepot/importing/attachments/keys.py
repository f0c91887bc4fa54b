"""New keys for files: the same for the same file of the same row, whoever looks and however often."""

from __future__ import annotations

import hashlib

from entrepot.formats.package.names import safe_name
from entrepot.model.packed import PackedFile

DIGITS = 32


def new_key(file: PackedFile, sha256: str, owner: tuple[str, ...]) -> str:
    """`owner` is whoever must not share it with others: tenant, entity and field. A file that comes again has the key
    that it got, because its bytes are in it; its name stays what it was, because some applications read it there.

    >>> new_key(PackedFile(member="files/1/a.txt", id="1", name="a.txt"), "ff", ("", "documents", "file"))
    '5747413dedefc7b71649c8ec0b751309/a.txt'
    """
    words = "\0".join((*owner, file.id, sha256))
    return f"{hashlib.sha256(words.encode(errors='surrogatepass')).hexdigest()[:DIGITS]}/{safe_name(file.name)}"
