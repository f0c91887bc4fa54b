"""Rows that are written alike are taken as a whole, and say what each of their cells says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from entrepot.model.drafts import Reading
from entrepot.workbench.reading.sheets.row_shape import Shape
from entrepot.workbench.source import Database
from seeds import seeds
from unit.workbench.reading.workbooks import Book, Read, read, refusal, sheet

SHARED = "<si><t>a &amp; b</t></si><si><t/></si>"
KINDS = (
    *("<c{ref}><v>{number}</v></c>", '<c{ref} s="2"><v>45017.{number}703317883299</v></c>', '<c{ref} s="5"/>'),
    *('<c{ref} t="s"><v>0</v></c>', '<c{ref} t="s"><v>1</v></c>', '<c{ref} s="5" t="s"><v>0</v></c>'),
    *('<c{ref} t="inlineStr"><is><t xml:space="preserve">&lt;{number}_x0041_ é</t></is></c>', "<c{ref}><v></v></c>"),
    *('<c{ref} t="b"><v>1</v></c>', '<c{ref} t="str"><v></v></c>', '<c{ref} t="e"><v>#N/A</v></c>'),
)
"""In which a cell may be written; those at the end are rare."""


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether a piece was taken as a whole, for each that was tried; pieces are short."""
    monkeypatch.setattr("entrepot.zips.reading.BLOCK_BYTES", 700)
    found: list[bool] = []
    whole = Shape.taken

    def noted(shape: Shape, piece: str, last: int) -> object:
        rows = whole(shape, piece, last)
        found.append(rows is not None)
        return rows

    monkeypatch.setattr(Shape, "taken", noted)
    return found


def columns_of(draw: Random) -> list[list[str]]:
    """In which ways the cells of each are written."""
    return [draw.sample(KINDS, draw.choice((1, 1, 2))) for _ in range(draw.randrange(1, 6))]


def lines(draw: Random, columns: list[list[str]], *, addressed: bool) -> Iterator[str]:
    number = 0
    for _ in range(draw.randrange(60, 120)):
        number += 1 if not addressed or draw.random() < 0.9 else draw.randrange(1, 4)
        cells = "".join(
            (draw.choice(KINDS) if draw.random() < 0.004 else draw.choice(ways)).format(
                ref=f' r="{chr(65 + at)}{number}"' if addressed else "", number=draw.randrange(1, 9999)
            )
            for at, ways in enumerate(columns)
            if not addressed or draw.random() < 0.8
        )
        yield f'<row r="{number}" spans="1:5">{cells}</row>' if addressed else f"<row>{cells}</row>"


def written(path: Path, data: str, database: Database) -> Read:
    Book(sheets={"data": sheet(data)}, shared=SHARED).write(path)
    return read(database, path, Reading(header=False))


@pytest.mark.parametrize("addressed", [True, False])
@pytest.mark.parametrize("seed", seeds(2))
def test_whole_rows_say_what_their_cells_say(
    tmp_path: Path, database: Database, taken: list[bool], seed: int, addressed: bool
) -> None:
    draw = Random(seed)
    for _ in range(12):
        data = "".join(lines(draw, columns_of(draw), addressed=addressed))
        quick = written(tmp_path / "a.xlsx", data, database)
        careful = written(tmp_path / "b.xlsx", f"<!-- -->{data}", database)
        assert (quick.rows, quick.faulty) == (careful.rows, careful.faulty)
    assert taken.count(True) > len(taken) / 4


GOOD = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>' for n in range(1, 60))


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ('<row r="60"><c r="A61"><v>1</v></c></row>', "the cell A61 stands in row 60"),
        ('<row r="60"><c r="B60" t="s"><v>0</v></c><c r="A60"><v>1</v></c></row>', "the cell A60 stands in row 60"),
        ('<row r="60"><c r="A60"><v>1</v></c><c r="A60"><v>1</v></c></row>', "the cell A60 stands in row 60"),
        ('<row r="59"><c r="A59"><v>1</v></c></row>', "row 59 stands behind row 59"),
        ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', "row 1,048,577 is beyond the last row"),
        ('<row r="60"><c r="B60" t="s"><v>9</v></c></row>', "the cell B60 names the shared text 9, of 2"),
        ('<row r="60"><c r="A60"><v>1</c></row>', "is no XML"),
    ],
)
def test_no_row_is_believed_because_those_before_it_were_right(
    tmp_path: Path, database: Database, taken: list[bool], late: str, words: str
) -> None:
    path = Book(sheets={"data": sheet(GOOD + late)}, shared=SHARED).write(tmp_path / "a.xlsx")
    error = refusal(database, path, Reading(header=False))
    assert error is not None
    assert (error.code, words in error.message) == ("damaged_workbook", True), error.message
    assert any(taken)


def test_a_sheet_whose_rows_are_all_different_is_tried_a_few_times_only(
    tmp_path: Path, database: Database, taken: list[bool]
) -> None:
    data = "".join(f'<row r="{n}">\n<c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 200))
    assert len(written(tmp_path / "a.xlsx", data, database).rows) == 199
    assert len(taken) <= 2
