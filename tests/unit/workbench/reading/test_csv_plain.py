"""The proof that a file is plain is about its bytes, however they come."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.csv_plain import NotPlainError, Plain

LINES = st.lists(
    st.lists(st.sampled_from([b"a", b",", b'"', b'""', b'"a"', b' "', b'" ', b"\r", b";"]), max_size=6).map(b"".join),
    min_size=1,
    max_size=6,
).map(lambda lines: [line + b"\n" for line in lines])
DIALECTS = st.builds(
    CsvDialect,
    delimiter=st.sampled_from(",;"),
    quote=st.sampled_from(['"', ""]),
    newline=st.sampled_from(["\n", "\r\n"]),
)


def seen(blocks: list[bytes], dialect: CsvDialect, *, alone: bool) -> tuple[int, int, bool] | None:
    plain = Plain(dialect=dialect, alone=alone)
    try:
        for block in blocks:
            plain.take(block)
    except NotPlainError:
        return None
    return plain.records, plain.delimiters, plain.inside


@given(lines=LINES, dialect=DIALECTS, alone=st.booleans())
@example(lines=[b'"a\n', b"b\n", b'c",1\n'], dialect=CsvDialect(), alone=False)
@example(lines=[b'1,"a\n', b'""\n', b'b"\n'], dialect=CsvDialect(), alone=False)
@example(lines=[b'1,"a\n', b'b" \n'], dialect=CsvDialect(), alone=False)
@example(lines=[b'1,"a\n', b'b",x"\n'], dialect=CsvDialect(), alone=False)
def test_it_does_not_matter_where_blocks_end(lines: list[bytes], dialect: CsvDialect, alone: bool) -> None:
    whole = seen([b"".join(lines)], dialect, alone=alone)
    assert seen(lines, dialect, alone=alone) == whole


def test_quoted_values_stand_between_borders() -> None:
    good = b'"a",1,"b, ""c""\nd"\n"",2,"e"\n'
    assert seen([good], CsvDialect(), alone=False) == (2, 4, False)
    for bad in (b'a"b",1\n', b'1, "a"\n', b'1,"a" ,2\n', b'1,"a"b\n', b'1,"a"\r\n', b'1,x"\n'):
        assert seen([good, bad], CsvDialect(), alone=False) is None
