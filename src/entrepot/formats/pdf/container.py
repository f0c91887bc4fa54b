"""A PDF file written front to back: objects go out as they are finished, only their places are kept.

Libraries hold every page until the end; here memory does not grow with pages. Numbers of objects can be reserved
and the objects written later: that is how the first page knows how many pages there are.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Mapping, Sequence

from isal import isal_zlib

from entrepot.model.ports import Sink

HEAD = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
KIDS = 200
"""Pages under one node of the page tree."""


class PdfFile:
    """Objects, page tree, cross-reference table."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._places = array("Q")
        self._position = 0
        self._hash = hashlib.sha256()
        self._pages = PageTree(self)
        self.resources = self.reserve()
        """Shared by all pages and forms; written at the end, when all fonts and forms are known."""
        self._write(HEAD)

    def reserve(self) -> int:
        """The number of an object that comes later."""
        self._places.append(0)
        return len(self._places)

    def put(self, body: str | bytes, number: int | None = None) -> int:
        number = number or self.reserve()
        self._places[number - 1] = self._position
        data = body.encode("latin-1") if isinstance(body, str) else body
        self._write(b"%d 0 obj\n%b\nendobj\n" % (number, data))
        return number

    def stream(self, data: bytes, entries: str = "", number: int | None = None) -> int:
        packed = isal_zlib.compress(data, 2)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n"
        return self.put(head.encode("latin-1") + packed + b"\nendstream", number)

    def form(self, content: str, box: tuple[float, float, float, float], number: int) -> None:
        """A drawing that pages refer to by name."""
        edges = " ".join(f"{edge:.2f}" for edge in box)
        entries = f"/Type /XObject /Subtype /Form /BBox [{edges}] /Resources {self.resources} 0 R"
        self.stream(content.encode("latin-1"), entries, number)

    def page(self, content: str, size: tuple[float, float], links: Sequence[str], number: int) -> None:
        contents = self.stream(content.encode("latin-1"))
        notes = f" /Annots [{' '.join(links)}]" if links else ""
        self.put(
            f"<< /Type /Page /Parent {self._pages.parent()} 0 R /MediaBox [0 0 {size[0]:g} {size[1]:g}] "
            f"/Resources {self.resources} 0 R /Contents {contents} 0 R{notes} >>",
            number,
        )
        self._pages.add(number)

    def close(self, catalog: str, info: Mapping[str, str], fonts: Mapping[str, int], forms: Mapping[str, int]) -> None:
        """`catalog` holds further entries of the document's root."""
        self.put(f"<< /Font {names(fonts)} /XObject {names(forms)} /ProcSet [/PDF /Text] >>", self.resources)
        root = self.put(f"<< /Type /Catalog /Pages {self._pages.close()} 0 R {catalog} >>")
        about = self.put("<< " + " ".join(f"/{key} {value}" for key, value in info.items()) + " >>")
        self._cross_reference(root, about)

    def _cross_reference(self, root: int, about: int) -> None:
        start, count = self._position, len(self._places) + 1
        self._write(b"xref\n0 %d\n0000000000 65535 f \n" % count)
        for first in range(0, len(self._places), 1000):
            part = self._places[first : first + 1000]
            self._write(b"".join(b"%010d 00000 n \n" % place for place in part))
        identity = self._hash.hexdigest()[:32]
        self._write(
            f"trailer\n<< /Size {count} /Root {root} 0 R /Info {about} 0 R /ID [<{identity}> <{identity}>] >>\n"
            f"startxref\n{start}\n%%EOF\n".encode()
        )

    def _write(self, data: bytes) -> None:
        self._sink.write(data)
        self._hash.update(data)
        self._position += len(data)


class PageTree:
    """Nodes of at most KIDS pages under one root, so that viewers find a page fast."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._root = 0
        self._node = 0
        self._kids: list[int] = []
        self._nodes: list[tuple[int, int]] = []

    def parent(self) -> int:
        """The node under which the next page goes."""
        self._root = self._root or self._file.reserve()
        self._node = self._node or self._file.reserve()
        return self._node

    def add(self, page: int) -> None:
        self._kids.append(page)
        if len(self._kids) == KIDS:
            self._finish()

    def _finish(self) -> None:
        if self._kids:
            kids = f"/Count {len(self._kids)} /Kids {references(self._kids)}"
            self._file.put(f"<< /Type /Pages /Parent {self._root} 0 R {kids} >>", self._node)
            self._nodes.append((self._node, len(self._kids)))
        self._node = 0
        self._kids.clear()

    def close(self) -> int:
        self._finish()
        nodes = [node for node, _ in self._nodes]
        total = sum(count for _, count in self._nodes)
        return self._file.put(f"<< /Type /Pages /Count {total} /Kids {references(nodes)} >>", self._root)


def references(numbers: Sequence[int]) -> str:
    return "[" + " ".join(f"{number} 0 R" for number in numbers) + "]"


def names(objects: Mapping[str, int]) -> str:
    return "<< " + " ".join(f"/{name} {number} 0 R" for name, number in objects.items()) + " >>"


def text_string(text: str) -> str:
    """Text outside of pages: titles, bookmarks."""
    return "<feff" + text.encode("utf-16-be", "replace").hex() + ">"
