"""Counting CSV rows in blocks: the same numbers as a parser's, and every misplaced quote found where it stands."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from entrepot.formats.csv import CsvOptions, count
from entrepot.formats.csv.count import count_rows
from entrepot.model.errors import DamagedError

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "csv"


@pytest.fixture(params=[1, 2, 3, 5, 1 << 20], ids=lambda size: f"blocks of {size}")
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(count, "BLOCK_BYTES", request.param)


def counted(tmp_path: Path, data: bytes, **options: Any) -> int:
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    (rows,) = count_rows(path, CsvOptions(header=False, **options)).values()
    return rows


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"", 0),
        (b"a,b\n", 1),
        (b"a,b", 1),
        (b"a,b\r\nc,d\r\n", 2),
        (b'"a\nb",c\n', 1),
        (b'"a""\n""b",c\n', 1),
        (b'"",""\n"",""\n', 2),
        (b'""""\n', 1),
        (b'a,"b"', 1),
        (b'"x\n\n\ny"\nz\n', 2),
        (b"\n\n", 2),
        ("\ufeffa\n".encode(), 1),
    ],
)
def test_only_line_ends_outside_quotes_end_a_row(data: bytes, rows: int, tmp_path: Path) -> None:
    assert counted(tmp_path, data) == rows


@pytest.mark.usefixtures("_blocks")
def test_an_unclosed_quote_is_found_where_it_opens(tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="a quote is never closed") as caught:
        counted(tmp_path, b'a,b\n"c\nd",e\nf,"g\nh,i\n')
    assert caught.value.code == "unclosed_quote"
    (problem,) = caught.value.problems
    assert (problem.place.line, problem.place.byte) == (4, 14)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize(
    ("data", "byte"), [(b'a,b\nc,5" pipe,6" pipe\n', 7), (b'a,b\nc,"x"y,"z"\n', 8), (b'"\n",b\n"c",x"y"\n', 11)]
)
def test_a_quote_inside_a_bare_value_is_damage(data: bytes, byte: int, tmp_path: Path) -> None:
    with pytest.raises(DamagedError) as caught:
        counted(tmp_path, data)
    assert caught.value.code == "misplaced_quote"
    assert caught.value.problems[0].place.byte == byte
    assert caught.value.problems[0].place.line == 1 + data.count(b"\n", 0, byte)


def test_bytes_that_are_not_the_encoding_are_damage(tmp_path: Path) -> None:
    with pytest.raises(DamagedError) as caught:
        counted(tmp_path, b"fine\n\xff\n")
    assert (caught.value.code, caught.value.problems[0].place.byte) == ("invalid_encoding", 5)
    with pytest.raises(DamagedError):
        counted(tmp_path, "cut é".encode()[:-1])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, tmp_path: Path) -> None:
    assert counted(tmp_path, 'a,"ü\n"\nb,c\n'.encode(encoding)) == 2


def test_a_file_without_even_a_header_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    with pytest.raises(DamagedError, match="not even a header"):
        count_rows(path)


@pytest.mark.usefixtures("_blocks")
def test_the_corpus_is_counted_as_its_expectations_say() -> None:
    if not CORPUS.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    for given in sorted((CORPUS / "given").glob("*.csv")):
        expected = json.loads((CORPUS / "expected" / f"{given.stem}.json").read_text())
        if given.stem == "location_coordinates":  # holds 36\u02da36'37.8"N without quotes around it
            with pytest.raises(DamagedError, match=r"line 2, byte 81\): a quote stands in the middle"):
                count_rows(given)
        else:
            assert count_rows(given) == {given.name: len(expected)}, given.name


@pytest.mark.usefixtures("_blocks")
def test_every_short_text_is_counted_as_a_strict_parser_does(tmp_path: Path) -> None:
    """All texts of up to five of these characters; where Python's strict reader refuses one, so do we."""
    alphabet = 'a,"\n'
    for number in range(4**5):
        text = "".join(alphabet[number // 4**digit % 4] for digit in range(5))
        assert outcome(tmp_path, text) in parsed(text), repr(text)


def outcome(tmp_path: Path, text: str) -> int | None:
    try:
        return counted(tmp_path, text.encode())
    except DamagedError:
        return None


def parsed(text: str) -> set[int | None]:
    """Python's reader lets a quote stand in a bare value; we call that damage."""
    fields = text.replace("\n", ",").split(",")
    try:
        rows = len(list(csv.reader(text.splitlines(keepends=True), strict=True)))
    except csv.Error:
        return {None}
    bare = any('"' in field and not field.startswith('"') for field in fields)
    return {rows, None} if bare else {rows}
