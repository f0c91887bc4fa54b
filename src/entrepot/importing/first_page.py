"""The first page of a preview: what would become of the first records of a large file, while nobody knows yet what
becomes of the others. It is an ordinary preview of a short file, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from entrepot.importing.look import look
from entrepot.importing.pieces import QUOTE, rows_end
from entrepot.importing.request import Draft, Run
from entrepot.model.errors import CancelledError, EntrepotError
from entrepot.model.plans import DraftFile, ImportPlan, ImportRequest
from entrepot.storage.faults import reading
from entrepot.storage.opening import seal_of
from entrepot.storage.there import is_file

LARGE = 4 << 20
"""Smaller files are read whole almost as fast."""
HEAD = 256 << 10

FirstPage = Callable[[ImportPlan], object]


def tell_first_page(file: Path, request: ImportRequest, run: Run, tell: FirstPage) -> None:
    """Where there is one; what is wrong with the whole is for the whole preview to say."""
    if not is_file(file) or file.stat().st_size < LARGE or request.corrects or seal_of(file):
        return
    if head := head_of(file, request.reading.quote):
        page = _looked(file.name, head, request, run)
        if page is not None:
            tell(page)


def _looked(name: str, head: bytes, request: ImportRequest, run: Run) -> ImportPlan | None:
    path = run.work / "first page"
    path.write_bytes(head)
    draft = Draft(path=path, file=DraftFile(name=name, bytes=len(head), sha256=""))
    try:
        return look(draft, replace(request, declared=None), replace(run, keep_errors=None))
    except CancelledError:
        raise
    except EntrepotError:
        return None  # what ends the whole preview says so itself
    finally:
        path.unlink()


def head_of(file: Path, quote: str | None) -> bytes:
    """Whole records; nothing where records do not end with their lines."""
    with reading(file), file.open("rb") as opened:
        head = opened.read(HEAD)
    if b"\0" in head or is_document(head):
        return b""
    return head[: rows_end(head, quote.encode() if quote else QUOTE)]


def is_document(head: bytes) -> bool:
    """Whether it is JSON whose records are inside of something.

    >>> is_document(b' [{"id": 1}'), is_document(b'{\\n"users": ['), is_document(b'{"id": 1}\\n{"id": 2}')
    (True, True, False)
    """
    first = head.lstrip(b"\xef\xbb\xbf \t\r\n").partition(b"\n")[0].strip()
    return first.startswith(b"[") or (first.startswith(b"{") and not first.endswith(b"}"))
