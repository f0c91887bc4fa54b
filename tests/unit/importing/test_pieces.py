"""Stretches are cut into pieces between rows, wherever quotes and line breaks stand."""

from __future__ import annotations

from io import BytesIO

import pytest

from entrepot.importing import pieces as cutting
from entrepot.importing.pieces import pieces, rows_end

ROWS = (b"1,a\n", b'2,"b\nb ""\n"""\n', b'3,""\n', b'4,"' + b"long\n" * 40 + b'"\n', b"5,\n", b'"6\n",e\n')


@pytest.mark.parametrize("size", [1, 5, 7, 16, 100, 1000])
@pytest.mark.parametrize("last", [b"7,end\n", b"7,end", b'7,"\n"'])
def test_a_piece_is_whole_rows(monkeypatch: pytest.MonkeyPatch, size: int, last: bytes) -> None:
    monkeypatch.setattr(cutting, "PIECE", size)
    content = b"".join((*ROWS, last))
    found = list(pieces(BytesIO(content), len(content)))
    assert b"".join(found) == content.removesuffix(b"\n") + b"\n"
    assert all(piece.endswith(b"\n") and piece.count(b'"') % 2 == 0 for piece in found)
    assert len(found) > 1 or size == 1000


def test_what_stands_behind_the_stretch_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cutting, "PIECE", 4)
    file = BytesIO(b"1,a\n2,b\n3,c\n")
    assert b"".join(pieces(file, 8)) == b"1,a\n2,b\n"
    assert list(pieces(file, 0)) == []
    assert b"".join(pieces(file, 4)) == b"3,c\n"


def test_a_value_of_many_lines_stays_whole() -> None:
    many = b'1,"' + b"\n" * 5000 + b'"\n'
    assert rows_end(b"0,a\n" + many) == 4 + len(many)
    assert rows_end(many[:-2]) == 0
