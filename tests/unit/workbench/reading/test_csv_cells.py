"""Where a value of a CSV file begins, to the byte of the file as it was given."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place
from entrepot.workbench.reading import cells
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import staged

FRONT = '# made today: "é"\n\nid;name;note\n'
TEXT = FRONT + '1;"Zoë 🚢\r\nMüller";x\n2; "a ""b""" ;"é;\n\nü"\n\n3;;"last"\r\n4;ß;"open ""end"""'
WANTED: dict[Cell, str] = {
    (1, "id"): '1;"Zoë',
    (1, "name"): '"Zoë',
    (1, "note"): "x\n2",
    (2, "name"): ' "a "',
    (2, "note"): '"é;\n',
    (3, "name"): ';"last"',
    (3, "note"): '"last"',
    (4, "note"): '"open',
    (2, None): '2; "a',
    (2, "elsewhere"): '2; "a',
}
FILES = {
    "utf-8": (b"", "utf-8", TEXT),
    "utf-8 with a mark": (codecs.BOM_UTF8, "utf-8", TEXT),
    "utf-16, little end first": (codecs.BOM_UTF16_LE, "utf-16-le", TEXT),
    "utf-16, big end first": (codecs.BOM_UTF16_BE, "utf-16-be", TEXT),
    "one byte a letter": (b"", "cp1252", TEXT.replace("🚢", "x")),
    "other ends of lines": (b"", "utf-8", re.sub("\r?\n", "\r", TEXT)),
}


def found(reading: Reading, wanted: list[Cell]) -> dict[Cell, Place]:
    return dict(cells(Path.cwd() / "people.csv", reading, wanted))


@pytest.mark.parametrize("what", FILES)
def test_line_and_byte_are_those_where_the_value_begins(database: Database, what: str) -> None:
    mark, encoding, text = FILES[what]
    data = mark + text.encode(encoding)
    result = staged(database, data, Reading(delimiter=";", skip_lines=2, encoding=encoding))
    assert result.staged.records == 4
    places = found(result.staged.reading, [*WANTED, (9, "id")])
    assert places.keys() == WANTED.keys()
    for (record, column), begin in WANTED.items():
        place = places[record, column]
        assert place.byte is not None
        front, rest = data[len(mark) : place.byte].decode(encoding), data[place.byte :].decode(encoding)
        assert rest.startswith(re.sub("\r?\n", "\r", begin) if what == "other ends of lines" else begin)
        assert (place.record, place.line) == (record, 1 + len(re.findall("\r\n|\r|\n", front)))


def test_a_record_that_is_none_has_the_place_of_the_value_that_is_to_blame(database: Database) -> None:
    data = b'id,name,note\n1,"two\nlines",ok\n2,c\xffd,"x"\n3,"a\nb","c"d\n4,"e\nf",g\0g\n'
    result = staged(database, data, Reading(encoding="utf-8"))
    assert {number: at for number, (at, _, _) in result.rejected.items()} == {2: 1, 3: 2, 4: 2}
    places = found(result.staged.reading, [(2, "name"), (2, "note"), (3, "note"), (4, "note")])
    wanted = [(4, data.index(b"c\xff")), (4, data.index(b'"x"')), (6, data.index(b'"c"d')), (8, data.index(b"g\0g"))]
    assert [(place.line, place.byte) for place in places.values()] == wanted


def test_a_value_may_stand_far_behind_the_beginning_of_its_record(database: Database) -> None:
    long = "é\n" * 20_000
    data = f'id,a,b\n1,"{long}","{long}"\n2,x,"y"\n'.encode()
    result = staged(database, data)
    places = found(result.staged.reading, [(1, "b"), (2, "b")])
    assert places[1, "b"] == Place(file="people.csv", record=1, line=20_002, byte=12 + len(long.encode()))
    assert places[2, "b"] == Place(file="people.csv", record=2, line=40_003, byte=len(data) - 4)


def test_without_quotes_every_delimiter_parts_values(database: Database) -> None:
    data = 'id|name|note\n1|"ü|"\n'.encode()
    result = staged(database, data, Reading(delimiter="|", quote="", header=True))
    places = found(result.staged.reading, [(1, "name"), (1, "note")])
    assert [(place.line, place.byte) for place in places.values()] == [(2, 15), (2, 19)]


def test_a_blank_line_may_be_a_record_of_one_column(database: Database) -> None:
    result = staged(database, b'name\na\n\n"b"\n', Reading(header=True))
    places = found(result.staged.reading, [(2, "name"), (3, "name")])
    assert [(place.line, place.byte) for place in places.values()] == [(3, 7), (4, 8)]
