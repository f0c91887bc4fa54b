"""A plain CSV file, stretch by stretch: the proof that a database's own reader sees in its bytes what we see.

Beyond what `csv_plain` asks for, no line may begin with `\\.`, which PostgreSQL takes for the end of all data even
within quotes, and the dialect must be the one that databases are given rows in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.stretches import OddError, Sketch, Stretch
from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.csv_delimiter import first_records
from entrepot.workbench.reading.csv_plain import LongRowError, NotPlainError, Plain, PlainRows
from entrepot.workbench.reading.csv_quick import FAULTS, WholeFeed, not_plain, with_room
from entrepot.workbench.reading.csv_sections import at_first_sight
from entrepot.workbench.reading.csv_shape import shaped, whole_lines
from entrepot.workbench.reading.csv_told import about_the_end
from entrepot.workbench.reading.encoding import SAMPLE_BYTES, known, mark_told
from entrepot.workbench.reading.marks import mark_of, wide_encoding
from entrepot.workbench.reading.tables import COLUMNS_AT_ONCE, VALUES_LOOKED_AT, different, most_columns
from entrepot.workbench.reading.text import BLOCK_BYTES, TextFile
from entrepot.workbench.source import Database

STRETCH_BYTES = 16 << 20
FIRST_BYTES = 2 << 20
"""Most files that are odd are so from their beginning."""
DIALECT = CsvDialect()
END_OF_DATA = b"\\."
BYTES_PER_COLUMN = 300_000
"""All fields of a record are checked by one statement, and DuckDB needs so much for each. The long way needs less."""
LINES = 1000
"""Among so many there is the end of a record in nearly all files; a stretch that does not end is a longer one."""


@dataclass(kw_only=True)
class StretchRows(PlainRows):
    """The data records from `start` on: some megabytes of them."""

    most: int = STRETCH_BYTES
    size: int = 0
    last: bool = True

    def blocks(self) -> Iterator[bytes]:
        for block in self.text.utf8_lines(self.start, self.longest):
            cut = border(block, self.plain) if self.size + len(block) > self.most else 0
            some = block[:cut] if cut else block
            self.size += len(some)
            whole = some if some.endswith(b"\n") else some + b"\n"
            self.check(whole)
            yield whole
            if cut:
                self.last = False
                return
        if self.plain.inside:
            raise NotPlainError("unclosed quote")

    def check(self, block: bytes) -> None:
        """Blocks end with lines, so no character is cut."""
        if len(block) > self.longest:
            raise LongRowError("long line")
        if b"\\" in block and (block.startswith(END_OF_DATA) or b"\n" + END_OF_DATA in block):
            raise NotPlainError("end of data")
        if not is_utf8(block):
            raise NotPlainError("wrong bytes")
        self.plain.take(block)


def border(block: bytes, plain: Plain) -> int:
    """Behind the last record that ends in the block; 0 if none does nearby."""
    quotes, end = plain.inside + block.count(plain.quote), len(block)
    for _ in range(LINES):
        at = block.rfind(b"\n", 0, end)
        quotes -= block.count(plain.quote, at + 1, end)
        if at < 0 or quotes % 2 == 0:
            return at + 1
        end = at
    return 0


def is_utf8(block: bytes) -> bool:
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def sketch_of(database: Database, path: Path, reading: Reading) -> Sketch | None:
    """None where the beginning shows that the file is another one, or has sections. Whatever else is wrong, the long
    way tells."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE_BYTES)
    marked = mark_of(sample)
    if wide_encoding(sample) or (reading.encoding is not None and known(reading.encoding) != "utf-8"):
        return None
    text = TextFile(path=path, encoding="utf-8", mark=marked[1] if marked else 0, sound=True)
    try:
        if reading.entity is not None or at_first_sight(text, reading):
            return None
        shape = shaped(text, reading, most_columns(database.memory_bytes))
    except InputError:
        return None
    if shape.dialect != DIALECT or not 1 < len(shape.names) <= database.memory_bytes // BYTES_PER_COLUMN:
        return None
    told = (mark_told(path, marked[0]),) if marked else ()
    return Sketch(
        reading=shape.reading,
        columns=shape.names,
        start=text.mark + shape.start,
        problems=(*told, *shape.problems, *about_the_end(text)),
    )


def take_stretch(
    database: Database, path: Path, sketch: Sketch, after: Stretch | None, insert: Callable[[int, str], str]
) -> Stretch:
    """Rows go where the statement says that is made of the number of records before and of the source. Raises OddError
    if they are not plain."""
    before = after.records if after else 0

    def taken(longest: int) -> Stretch:
        rows = StretchRows(
            text=TextFile(path=path, encoding="utf-8", sound=True),
            plain=Plain(dialect=DIALECT),
            start=after.end if after else sketch.start,
            longest=longest,
            most=STRETCH_BYTES if after else FIRST_BYTES,
        )
        inserted = insert_rows(database, rows, len(sketch.columns), lambda done, source: insert(before + done, source))
        return Stretch(end=rows.start + rows.size, records=before + inserted, last=rows.last)

    try:
        return with_room(database, taken)
    except NotPlainError as error:
        raise OddError("not plain") from error


def insert_rows(database: Database, rows: StretchRows, width: int, insert: Callable[[int, str], str]) -> int:
    """How many; a statement that fails inserts none."""
    feed = WholeFeed(check=rows, skip_first=False, columns=width, row_bytes=rows.longest, segments=1, plain=rows.plain)
    inserted = 0
    try:
        with closing(feed.rounds()) as rounds:
            for names in rounds:
                source = database.csv(names, width, DIALECT, rows.longest)
                inserted += int(database.connection.execute(insert(inserted, source)).fetchall()[0][0])
    except FAULTS as error:
        raise NotPlainError("behind others") if inserted else not_plain(error) from error
    if inserted != rows.plain.records or rows.plain.delimiters != inserted * (width - 1):
        raise NotPlainError("counted otherwise")
    return inserted


def samples(path: Path, sketch: Sketch) -> list[tuple[str, ...]]:
    """The first different values of each column."""
    with path.open("rb") as file:
        file.seek(sketch.start)
        text = file.read(BLOCK_BYTES).decode(errors="ignore")
    most = VALUES_LOOKED_AT // min(len(sketch.columns), COLUMNS_AT_ONCE)
    records = first_records(whole_lines(text) or text, DIALECT, most=most)
    return [different(record.values[at] for record in records) for at in range(len(sketch.columns))]
