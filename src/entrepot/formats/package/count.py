"""Counting the rows of a package strictly: the archive sound, every resource read to its end."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.formats.csv.count import count_rows
from entrepot.formats.json.blocks import Block, damaged, line_blocks, parse_list
from entrepot.formats.json.lines import count_lines
from entrepot.formats.json.record import json_text
from entrepot.formats.package.contents import bad, read_contents
from entrepot.formats.parquet_footer import count_rows as count_parquet
from entrepot.model.problems import Place
from entrepot.zips.checks import sound_archive
from entrepot.zips.reading import extract


def count_package(path: Path) -> Mapping[str, int]:
    """Rows by entity title."""
    archive = sound_archive(path)
    counts: dict[str, int] = {}
    with TemporaryDirectory() as folder:
        for item in read_contents(archive).resources:
            counts[item.title] = 0
            for number, member in enumerate(item.paths):
                entry = archive.entry(member)
                if entry is None:
                    raise bad("missing_member", f"there is no {member}")
                plain = Path(folder) / str(number)
                extract(archive, entry, plain)
                counts[item.title] += count_member(plain, item.format, item.title)
                plain.unlink()
    return counts


def count_member(path: Path, format: str, title: str) -> int:
    match format:
        case "csv":
            return next(iter(count_rows(path).values()))
        case "ndjson" | "jsonl":
            return next(iter(count_lines(path).values()))
        case "json":
            return count_list(path, title)
        case "parquet":
            return count_parquet(path)
    raise bad("unknown_member_format", f"members in the format '{format}' cannot be read")


def count_list(path: Path, title: str) -> int:
    """The records of `{"<title>": […]}`, one a line as this project writes them."""
    opening, closing = f"{{\n{json_text(title)}:[".encode() + b"\n", b"]\n}\n"
    size = path.stat().st_size
    with path.open("rb") as file:
        begins = file.read(len(opening)) == opening
        file.seek(max(0, size - len(closing)))
        ends = file.read() == closing and size >= len(opening) + len(closing)
    if not begins or not ends:
        place = Place(file=path.name, line=None if begins else 1, byte=size if begins else None)
        raise damaged("broken_document", f"it is not one list named {title}", place)
    return count_blocks(path, len(opening), size - len(closing))


def count_blocks(path: Path, start: int, end: int) -> int:
    """Records between two bytes; all but the last end with a comma."""
    rows, at, comma = 0, 0, True
    with closing(line_blocks(path)) as blocks:
        for block in blocks:
            first, last = max(start - at, 0), min(end - at, len(block.data))
            if first < last:
                rows, comma = rows + count_run(block, first, last, follows=comma), ends_with_comma(block, last)
            at += len(block.data)
    if rows and comma:
        raise damaged("broken_record", "a comma stands behind the last record", Place(file=path.name))
    return rows


def count_run(block: Block, first: int, last: int, *, follows: bool) -> int:
    if not follows:
        raise damaged("broken_record", "there is no comma before this record", block.place(first))
    return parse_list(block, first, last - 1 - ends_with_comma(block, last))


def ends_with_comma(block: Block, last: int) -> bool:
    return block.data[last - 2 : last] == b",\n"
