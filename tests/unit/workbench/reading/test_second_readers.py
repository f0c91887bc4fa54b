"""Of every cell of the workbooks that are not XML of Excel's, two readers say the same: ours and one of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import msgspec
import pytest
import pyxlsb
import xlrd

from entrepot.workbench.reading.sheets import foreign
from entrepot.workbench.reading.sheets.other_book import TOLD, Told
from unit.workbench.reading.other_kinds import Line, Wrong, write_xls, write_xlsb
from unit.workbench.reading.test_sheet_corpus import CORPUS

REFUSED = {"OOM_alloc3.xls", "issue_385.xls", "too_small.xls", "pass_protected.xlsb"}
"""By both."""
UNREAD = {"gh548_incorrect_sst_unique_count.xls"}
"""Only by the other one, which believes what the file says of the number of its texts."""
REFUSED_ODS = {"issue_594_dos.ods", "pass_protected.ods"}
Place = tuple[str, int, int]
Cells = dict[Place, object]
Texts = dict[Place, str]
ZEROS = (datetime(1899, 12, 30), datetime(1904, 1, 1))  # noqa: DTZ001
TICK = timedelta(milliseconds=1)
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"-?[0-9.]+(?:e[+-]?[0-9]+)?")
KNOWN: Mapping[str, Mapping[Place, tuple[object, object]]] = {
    "biff5-rich-text-string.xls": {("Sheet1", 3, 7): ("ri ? s g \x95rM S \x92", "ri ■ s g •rM S ’")},
    "issue_419.xlsb": {("Sheet1", 1, 0): ("Hello", 0)},
}
"""Written for Excel 5 and for Excel 97 at once, where ours takes the text of the older one, which had no such letters;
and a text in a form that the other one does not know."""
SPREAD = "sheet_name_parsing.xls"
"""Ours takes its texts for twice as many letters, every other one a NUL. So each of them is an error of its field."""
ROWS: Sequence[Line] = (
    ("id", "name", "born", "is", "sum"),
    (1.0, "Zoë 😀", date(2024, 1, 2), True, Wrong("#N/A")),
    (-2.5, " b ", date(1999, 12, 31), False, Wrong("#DIV/0!", formula=False)),
    (0.0, None, None, False, 1e-7),
    (123456789012345.0, "it's\n2", None, None, Wrong("#REF!")),
)
KINDS = {".xls": write_xls, ".xlsb": write_xlsb}


def ours(path: Path, said: Callable[..., Iterable[object]] = foreign.said) -> Texts:
    (listed,) = said(str(path))
    names = [known.name for known in decoded(listed).sheets]
    return {place: value for name in names for place, value in of_sheet(name, said(str(path), name))}


def of_sheet(name: str, lines: Iterable[object]) -> Iterator[tuple[Place, str]]:
    for told in map(decoded, lines):
        for number, row in enumerate(told.rows, start=told.first):
            yield from (((name, number, at), value) for at, value in enumerate(row) if value)


def decoded(told: object) -> Told:
    return TOLD.decode(msgspec.json.encode(told))


def by_xlrd(path: Path) -> Cells:
    with xlrd.open_workbook(str(path), logfile=StringIO()) as book:
        zero = ZEROS[book.datemode]
        return {
            (sheet.name, row + 1, at): meant(sheet.cell(row, at), zero)
            for sheet in book.sheets()
            for row in range(sheet.nrows)
            for at in range(sheet.row_len(row))
            if sheet.cell_type(row, at) not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
        }


def meant(cell: xlrd.sheet.Cell, zero: datetime) -> object:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return zero + timedelta(days=float(cell.value))
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code[int(cell.value)]
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value


def by_pyxlsb(path: Path) -> Cells:
    """A date for the number that it is."""
    found: Cells = {}
    with pyxlsb.open_workbook(str(path)) as book:
        for name in book.sheets:
            try:
                with book.get_sheet(name) as sheet:
                    cells = [cell for row in sheet.rows(sparse=True) for cell in row]
            except KeyError:  # a chart is no sheet
                continue
            found |= {(name, cell.r + 1, cell.c): cell.v for cell in cells}
    return {place: error_of(value) if is_code(value) else value for place, value in found.items()}


def is_code(value: object) -> bool:
    """An error is a text of its number there."""
    return isinstance(value, str) and value.startswith("0x")


def error_of(value: object) -> str:
    return str(xlrd.error_text_from_code[int(str(value), 16)])


OTHERS: Mapping[str, Callable[[Path], Cells]] = {".xls": by_xlrd, ".xlsb": by_pyxlsb}


def same(mine: str, other: object) -> bool:
    """What kind of cell it is, the other one says; but days and times are numbers to it, as in the file."""
    if isinstance(other, bool):
        return mine == str(other).lower()
    if isinstance(other, datetime):
        return any(abs(found - other) < TICK for found in moments(mine))
    if isinstance(other, int | float):
        return any(abs(found - zero - timedelta(days=other)) < TICK for found in moments(mine) for zero in ZEROS) or (
            NUMBER.fullmatch(mine) is not None and float(mine) == other
        )
    return mine == other


def moments(text: str) -> list[datetime]:
    """What the text may mean: a moment, or a time on day 0."""
    if DAY.match(text):
        return [datetime.fromisoformat(text)]
    if text.count(":") != 2:
        return []
    hours, minutes, seconds = text.split(":")
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))
    return [zero + size for zero in ZEROS]


def differing(mine: Texts, other: Cells) -> dict[Place, tuple[object, object]]:
    filled = {place: value for place, value in other.items() if value not in (None, "")}
    places = {*mine, *filled}
    pairs = {place: (mine.get(place), filled.get(place)) for place in places}
    return {
        place: (one, two) for place, (one, two) in pairs.items() if one is None or two is None or not same(one, two)
    }


def corpus(suffix: str) -> list[Path]:
    if not CORPUS.is_dir():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    return sorted(path for path in CORPUS.iterdir() if path.suffix == suffix)


@pytest.mark.parametrize("suffix", OTHERS)
def test_another_reader_finds_the_same_in_every_cell_of_binary_workbooks(suffix: str) -> None:
    for path in corpus(suffix):
        if path.name not in REFUSED | UNREAD:
            mine = ours(path)
            if path.name == SPREAD:
                assert all(len(value) == 2 * value.count("\0") for value in mine.values())
                mine = {place: value.replace("\0", "") for place, value in mine.items()}
            assert differing(mine, OTHERS[suffix](path)) == KNOWN.get(path.name, {}), path.name


def test_another_reader_finds_the_same_in_every_cell_of_open_documents() -> None:
    """But that it writes the time of a day that has none."""
    for path in corpus(".ods"):
        if path.name not in REFUSED_ODS:
            other = {
                place: str(value).removesuffix(" 00:00:00") for place, value in ours(path, foreign.calamine).items()
            }
            assert ours(path) == other, path.name


@pytest.mark.parametrize("suffix", KINDS)
def test_both_readers_find_what_was_written(tmp_path: Path, suffix: str) -> None:
    path = KINDS[suffix](tmp_path / f"book{suffix}", ROWS)
    assert differing(ours(path), OTHERS[suffix](path)) == {}
    written = {("data", row, at): value for row, line in enumerate(ROWS, 1) for at, value in enumerate(line)}
    texts = {place: str(text(value)) for place, value in written.items() if text(value) is not None}
    assert ours(path) == texts


def text(value: object) -> object:
    if isinstance(value, Wrong):
        return value.word
    if isinstance(value, bool):
        return str(value).lower()
    return int(value) if isinstance(value, float) and value.is_integer() else value


@pytest.mark.parametrize("suffix", KINDS)
def test_a_binary_cell_with_an_error_is_told_in_its_place(tmp_path: Path, suffix: str) -> None:
    path = KINDS[suffix](tmp_path / f"book{suffix}", ROWS)
    faults = [fault for told in map(decoded, foreign.said(str(path), "data")) for fault in told.faults]
    assert faults == [
        (row, at, "error_value", one.word)
        for row, line in enumerate(ROWS, 1)
        for at, one in enumerate(line)
        if isinstance(one, Wrong)
    ]


@pytest.mark.parametrize("suffix", KINDS)
def test_where_errors_are_not_found_that_is_told(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> list[object]:
        raise IndexError

    monkeypatch.setattr(foreign, "error_cells", broken)
    path = KINDS[suffix](tmp_path / f"book{suffix}", ROWS)
    first, *_ = map(decoded, foreign.said(str(path), "data"))
    assert first.unseen
