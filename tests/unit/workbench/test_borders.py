"""Row borders by quote parity, against a reader that sees everything at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.model.errors import InputError
from entrepot.workbench.borders import RowBorders

PIECES = st.lists(st.sampled_from([b"a", b",", b"\n", b'"', b'""', b'"\n"', b"\r\n"]), max_size=40)


def borders(longest: int = 10**9) -> RowBorders:
    return RowBorders(quote=b'"', longest_row_bytes=longest)


def longest_row_of(data: bytes) -> int:
    longest, start = 0, 0
    for at, byte in enumerate(data, start=1):
        if byte == ord("\n") and not data[:at].count(b'"') % 2:
            longest, start = max(longest, at - start), at
    return max(longest, len(data) - start)


@given(pieces=PIECES, cuts=st.lists(st.integers(0, 60)))
def test_a_border_is_only_claimed_where_a_row_ends(pieces: list[bytes], cuts: list[int]) -> None:
    data, seen, done = b"".join(pieces), borders(), 0
    for cut in [*sorted(cut for cut in cuts if cut <= len(data)), len(data)]:
        seen.take(data[done:cut])
        done = cut
        if done and seen.between_rows:
            assert data[:done].endswith(b"\n")
            assert not data[:done].count(b'"') % 2
    assert seen.inside == bool(data.count(b'"') % 2)


@given(pieces=PIECES, longest=st.integers(1, 30), size=st.integers(1, 20))
def test_a_row_that_is_too_long_is_never_let_through(pieces: list[bytes], longest: int, size: int) -> None:
    data, seen = b"".join(pieces), borders(longest)
    try:
        for at in range(0, len(data), size):
            seen.take(data[at : at + size])
    except InputError as error:
        assert error.code == "row_too_long"
    else:
        assert longest_row_of(data) <= longest


def test_many_short_rows_in_one_large_piece_are_fine() -> None:
    borders(20).take(b'1,"a\nb"\n' * 1000)


def test_one_long_row_in_many_small_pieces_is_too_long() -> None:
    seen = borders(1000)
    with pytest.raises(InputError, match="1,000 bytes"):
        for _ in range(200):
            seen.take(b"x" * 10)
