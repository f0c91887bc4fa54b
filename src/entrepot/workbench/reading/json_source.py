"""The bytes of a JSON file as UTF-8, whatever they are: checked, a piece at a time, and how far one has read."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem
from entrepot.workbench.reading.encoding import in_order, known
from entrepot.workbench.reading.marks import mark_of

HEAD_BYTES = 4


class WrongBytesError(Exception):
    """Bytes that are no text in the file's encoding follow what was read."""


class Source:
    """One file, read once."""

    def __init__(self, path: Path, encoding: str | None, block_bytes: int) -> None:
        self.name, self.block_bytes = path.name, block_bytes
        self.file = path.open("rb")
        head = self.file.read(HEAD_BYTES)
        found, self.mark_bytes = mark_of(head) or (None, 0)
        try:
            self.encoding = found or in_order(known(encoding or "utf-8"))
            if found is None and encoding is None and b"\0" in head[:2]:
                raise unmarked(path)
        except InputError:
            self.file.close()
            raise
        self.file.seek(self.mark_bytes)
        self.decoder = codecs.getincrementaldecoder(self.encoding)()
        self.wrong = False

    def read(self) -> bytes:
        """The next bytes, nothing at the end. Raises WrongBytesError behind the last good ones."""
        if self.wrong:
            raise WrongBytesError
        while data := self.file.read(self.block_bytes):
            if text := self.decoded(data, final=False):
                return text
        return self.decoded(b"", final=True)

    def decoded(self, data: bytes, *, final: bool) -> bytes:
        try:
            return self.decoder.decode(data, final).encode()
        except UnicodeDecodeError as error:
            self.wrong = True
            good = error.object[: error.start].decode(self.encoding).encode()
        except UnicodeError:  # a surrogate alone
            raise WrongBytesError from None
        if not good:
            raise WrongBytesError
        return good

    def length(self, data: bytes) -> int:
        """How many bytes of the file became these."""
        return len(data) if self.encoding == "utf-8" else len(data.decode().encode(self.encoding))


@contextmanager
def opened(path: Path, encoding: str | None, block_bytes: int) -> Iterator[Source]:
    source = Source(path, encoding, block_bytes)
    try:
        yield source
    finally:
        source.file.close()


def unmarked(path: Path) -> InputError:
    fact = "a NUL byte stands where JSON begins: this is UTF-16 without a byte order mark, or no JSON"
    remedy = "Save it as UTF-8, or name its encoding, for example --encoding utf-16-le."
    problem = Problem(
        code="wrong_bytes", message=f"{fact}.", remedy=remedy, place=Place(file=path.name, line=1, byte=0)
    )
    return InputError(
        "wrong_bytes", f"{path.name}, line 1, column 1, byte 0: {fact}.", remedy=remedy, problems=(problem,)
    )
