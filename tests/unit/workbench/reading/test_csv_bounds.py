"""Where the sections of a CSV file begin and end, and that a file that is one table stays one."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.reading.csv_bounds import bounds
from entrepot.workbench.reading.text import TextFile
from entrepot.workbench.source import Database
from seeds import seeds
from unit.workbench.reading.staging import Row, staged
from unit.workbench.reading.test_csv_sections import SHOP

WORDS = ("", "", "Ann", "[deleted]", "[x]", "# x", "Notes", "a, b", "x\n\n[y]\na,b", "5")


def test_the_bounds_are_those_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(SHOP, encoding="utf-8")
    found = bounds(TextFile(path=path, encoding="utf-8"), Reading())
    texts = [SHOP[each.start : each.end] for each in found]
    assert texts == ['id,name\n1,Ann\n2,"Bo\nB"\n', "id;user;placed\n7;2;2024-05-01\n"]
    assert [each.lines_before for each in found] == [1, 7]


@pytest.mark.parametrize("blank", ["\n", ",,\n", "\r\n"])
def test_a_million_blank_lines_are_read_once(tmp_path: Path, blank: str) -> None:
    """From each of them again would be hours."""
    path = tmp_path / "blank.csv"
    path.write_text('id,tag\n1,"a"b\n' + blank * 1_000_000, encoding="utf-8", newline="")
    assert bounds(TextFile(path=path, encoding="utf-8"), Reading()) == []


@pytest.mark.parametrize("seed", seeds(20))
def test_one_table_is_read_as_one_or_refused(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    width = chance.randint(2, 3)
    header = [f"c{number}" for number in range(width)]
    rows: list[Row] = [tuple(chance.choices(WORDS, k=width)) for _ in range(chance.randint(1, 12))]
    text = io.StringIO()
    writer = csv.writer(text, quoting=chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    writer.writerows([header, *rows])
    try:
        found = staged(database, text.getvalue().encode(), Reading(header=True, delimiter=","), f"one-{seed}.csv")
    except InputError as error:
        assert error.code == "rows_before_sections", text.getvalue()
    else:
        read = [tuple(value or None for value in row) for row in found.rows.values()]
        assert read == [tuple(value or None for value in row) for row in rows], text.getvalue()
