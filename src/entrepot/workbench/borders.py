"""Where one row ends and the next begins, by counting quotes; and that no row is longer than DuckDB can take.

DuckDB does not refuse a row beyond its limit: it cuts a value in two. So rows are measured here, on the way.
"""

from __future__ import annotations

from entrepot.model.errors import InputError

TRIES = 50
"""Line breaks to look at, from the end, for one outside of a value."""
BUFFERS = 8
"""DuckDB holds several CSV buffers at a time, so one may have this part of the memory, and a row must fit into it."""
USUAL_BYTES = 4 << 20
"""Few rows are longer. DuckDB parses nothing before its buffer is full, and reads nothing while it parses."""
TOO_LONG = "row_too_long"


def longest_row(memory_bytes: int) -> int:
    return memory_bytes // BUFFERS


def usual_row(memory_bytes: int) -> int:
    """What is made room for until a longer one comes."""
    return min(USUAL_BYTES, longest_row(memory_bytes))


class RowBorders:
    """Fed with all bytes in order."""

    def __init__(self, *, quote: bytes, longest_row_bytes: int) -> None:
        self.quote, self.longest = quote, longest_row_bytes
        self.quotes = 0
        self.open_bytes = 0
        """What came since a place that is certainly between two rows."""

    @property
    def inside(self) -> bool:
        """Whether a quote is open."""
        return self.quotes % 2 == 1

    @property
    def between_rows(self) -> bool:
        return self.open_bytes == 0

    def take(self, data: bytes) -> None:
        if self.open_bytes + len(data) > self.longest:
            self.walk(data)
        else:
            self.settle(data)

    def settle(self, data: bytes) -> None:
        """The quick way: find the last border, if it is near the end."""
        self.quotes += data.count(self.quote)
        behind, end = 0, len(data)
        for _ in range(TRIES):
            at = data.rfind(b"\n", 0, end)
            if at < 0:
                break
            behind += data.count(self.quote, at, end)
            if not (self.quotes - behind) % 2:
                self.open_bytes = len(data) - at - 1
                return
            end = at
        self.open_bytes += len(data)

    def walk(self, data: bytes) -> None:
        """The exact way, line by line, where a row might be too long."""
        for line in lines(data):
            self.open_bytes += len(line)
            if self.open_bytes > self.longest:
                raise self.too_long()
            self.quotes += line.count(self.quote)
            if line.endswith(b"\n") and not self.inside:
                self.open_bytes = 0

    def too_long(self) -> InputError:
        return InputError(
            TOO_LONG,
            f"A row is longer than {self.longest:,} bytes, the most that the workbench can hold.",
            remedy="Give it more ([workbench] memory_mb in entrepot.toml), or leave out the field with that value.",
        )


def lines(data: bytes) -> list[bytes]:
    """Split at line feeds alone."""
    parts = data.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [parts[-1]]
