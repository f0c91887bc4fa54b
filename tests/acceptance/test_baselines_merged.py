"""Random edits on both sides of a workbook that comes back, against the merge as anybody would write it down: cell by
cell, on every engine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from acceptance.zoo import CASES, Twins, twins_of
from entrepot import Entrepot, ExportOptions
from entrepot.model.bundles import BundleReceipt
from entrepot.model.drafts import Errors, Mode
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportRequest

Value = str | float | None
Row = tuple[Value, ...]
Rows = dict[int, Row]
ROWS = 400
WORDS = ("a", "A", " a", "ä", "=1+1", "7", None)
REQUEST = ImportRequest(entity="zoo", mode=Mode.UPSERT, errors=Errors.SKIP)
MERGED = "SELECT * FROM zoo ORDER BY id"


@pytest.fixture(params=CASES)
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Twins]:
    with twins_of(request.param, request, tmp_path) as made:
        yield made


def any_row(chance: random.Random) -> Row:
    return chance.choice(WORDS), chance.choice((1, 2, 300, None)), chance.choice((1.5, 0.1, -2.25, None))


def edited(chance: random.Random, rows: Mapping[int, Row], added: int) -> Rows:
    """Some cells, some rows gone, and some new."""
    found: Rows = {}
    for number, row in rows.items():
        if chance.random() < 0.9:
            other = any_row(chance)
            found[number] = tuple(new if chance.random() < 0.15 else old for old, new in zip(row, other, strict=True))
    new = chance.sample(range(added, added + 40), 20)
    return {**found, **{number: any_row(chance) for number in new}}


def merged(was: Rows, mine: Rows, theirs: Rows) -> tuple[Rows, Counter[str]]:
    """What the rows must become, and how often what is decided."""
    result, counts = dict(theirs), Counter[str]()
    for number, row in mine.items():
        old, now = was.get(number), theirs.get(number)
        if now is None:
            kind = "created" if old is None else "skipped" if row == old else "failed"
        elif old is None:
            kind = "unchanged" if row == now else "failed"
        else:
            cells = list(zip(old, row, now, strict=True))
            clash = any(a != b and c not in (a, b) for a, b, c in cells)
            new = tuple(c if a == b else b for a, b, c in cells)
            kind = "failed" if clash else "unchanged" if new == now else "updated"
            result[number] = now if clash else new
        counts[kind] += 1
        if kind == "created":
            result[number] = row
    return result, counts


def sql(rows: Mapping[int, Row]) -> str:
    def literal(value: Value) -> str:
        return "NULL" if value is None else f"'{value}'" if isinstance(value, str) else str(value)

    return ", ".join(f"({', '.join(map(literal, (number, *row)))})" for number, row in rows.items())


def given_back(path: Path, rows: Mapping[int, Row]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["zoo"]
    sheet.delete_rows(2, sheet.max_row)
    for at, (number, row) in enumerate(rows.items(), start=2):
        for place, value in enumerate((number, *row), start=1):
            cell = sheet.cell(at, place)
            assert isinstance(cell, Cell)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    book.close()


@dataclass(frozen=True)
class Edited:
    entrepot: Entrepot
    path: Path
    expected: Rows
    counts: Counter[str]


def prepared(twins: Twins, seed: int) -> Edited:
    """A workbook and a database that went apart."""
    chance = random.Random(seed)
    was = {number: any_row(chance) for number in range(1, ROWS)}
    mine, theirs = edited(chance, was, ROWS), edited(chance, was, ROWS)
    place, path = twins.first, twins.folder / "zoo.xlsx"
    place.execute(
        "CREATE TABLE zoo (id integer PRIMARY KEY, t varchar(20), n integer, x double precision)",
        f"INSERT INTO zoo VALUES {sql(was)}",
    )
    entrepot = twins.entrepot(place)
    entrepot.export("zoo", to=path, options=ExportOptions(format_options={"baseline": "yes"}))
    shuffled = list(mine.items())
    chance.shuffle(shuffled)
    given_back(path, dict(shuffled))
    place.execute("DELETE FROM zoo", f"INSERT INTO zoo VALUES {sql(theirs)}")
    expected, counts = merged(was, mine, theirs)
    assert len(counts) == 5
    return Edited(entrepot, path, expected, counts)


def found(twins: Twins) -> dict[int, tuple[object, ...]]:
    return {int(str(row[0])): tuple(row[1:]) for row in twins.first.rows(MERGED)}


def counted(receipt: ImportReceipt | BundleReceipt) -> Counter[str]:
    return Counter({name: count for name, count in receipt.counts.items() if count})


def test_every_cell_becomes_what_the_two_edits_of_it_come_to(twins: Twins) -> None:
    both, before = prepared(twins, 1), found(twins)
    plan = both.entrepot.preview(both.path, REQUEST)
    receipt = both.entrepot.apply(plan.plan_id)
    assert receipt.counts == plan.counts
    assert counted(receipt) == both.counts
    assert found(twins) == both.expected
    both.entrepot.undo(receipt.job)
    assert found(twins) == before


@pytest.mark.parametrize("twins", CASES[:1], indirect=True)
def test_batches_of_it_come_to_the_same(twins: Twins) -> None:
    both = prepared(twins, 2)
    receipt = both.entrepot.bring_in(both.path, replace(REQUEST, batch_size=90))
    assert counted(receipt) == both.counts
    assert found(twins) == both.expected
