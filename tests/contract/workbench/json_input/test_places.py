"""Where a record of a JSON file begins, to the byte."""

from __future__ import annotations

import codecs

import pytest

from contract.workbench.json_input.staging import Stager
from entrepot.model.drafts import Reading
from entrepot.model.problems import Place
from entrepot.workbench.reading.json_places import cells, places

BLOCKS = (1 << 20, 1, 6, 50)
LIST = '{"t": "é",\r\n"x" : [\n {"a":"😀\\n"},\t{"a":1} ,\n\n{"a":1}, 7 ,{"b":[{"a":1}]}\n]}'
LINES = '\n{"a":"é"}\r\n \t\n  {"a":1}\n{"a":1\n{"a":1}'


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (LIST, {1: (3, '{"a":"😀'), 2: (3, '{"a":1} ,'), 3: (5, '{"a":1}, 7'), 4: (5, "7 ,"), 5: (5, '{"b"')}),
        (LINES, {1: (2, '{"a":"é"}'), 2: (4, '{"a":1}\n'), 3: (5, '{"a":1\n'), 4: (6, '{"a":1}')}),
        (' \n{"a":1}', {1: (2, "{")}),
        ('{"entities":{"u":[\n{"a":1},\n{"a":1}\n]}}', {1: (2, '{"a":1},\n{'), 2: (3, '{"a":1}\n]')}),
    ],
)
def test_line_and_byte_are_those_of_the_file(
    data: str, wanted: dict[int, tuple[int, str]], block: int, stager: Stager
) -> None:
    for mark, encoding in ((b"", "utf-8"), (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        path = stager.file(mark + data.encode(encoding))
        reading = stager.stage(path.read_bytes(), block=block).reading
        found = places(path, reading, [*wanted, 99], block_bytes=block)
        assert found.keys() == wanted.keys()
        for number, (line, begin) in wanted.items():
            place = found[number]
            assert (place.file, place.record, place.line) == (path.name, number, line)
            assert place.byte is not None
            assert path.read_bytes()[place.byte :].decode(encoding).startswith(begin)


def test_records_of_the_list_that_was_read_are_counted(stager: Stager) -> None:
    path = stager.file('{"u":[{"a":1}],"v":[{"a":1},{"a":1}]}')
    reading = Reading(format="json", encoding="utf-8", entity="v")
    assert places(path, reading, [2]) == {2: Place(file=path.name, record=2, line=1, byte=28)}


def test_many_places_are_found_in_one_reading(stager: Stager) -> None:
    path = stager.file('{"a":1}\n' * 50_000)
    found = places(path, Reading(format="ndjson", encoding="utf-8"), range(1, 50_001))
    assert [(place.line, place.byte) for place in found.values()] == [(n + 1, n * 8) for n in range(50_000)]


MEMBERS: dict[tuple[int, str | None], tuple[int, str]] = {
    (1, "a"): (2, '"😀\\n\\"b\\":'),
    (1, "b"): (3, '[{"a":2}]'),
    (1, None): (2, '{"a"'),
    (2, "é"): (5, "-1.5e3"),
    (2, "c"): (4, '{"\\u00e9"'),
    (3, ""): (5, "null}"),
}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("form", ["[\n%s ,\n%s,%s]", '{"t":[1],"u":[\n%s,\n%s, %s]}'])
def test_a_value_has_the_line_and_byte_where_it_begins(form: str, block: int, stager: Stager) -> None:
    records = '{"a": "😀\\n\\"b\\":",\n"b" :\t[{"a":2}]}', '{"\\u00e9"\n:-1.5e3 , "a":true}', '{"":null}'
    data = form % records
    wanted: dict[int, set[str | None]] = {}
    for number, name in MEMBERS:
        wanted.setdefault(number, set()).add(name)
    for mark, encoding in ((b"", "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le")):
        path = stager.file(mark + data.encode(encoding))
        reading = stager.stage(path.read_bytes(), block=block).reading
        found = cells(path, reading, wanted, block_bytes=block)
        assert found.keys() == MEMBERS.keys()
        for cell, (line, begin) in MEMBERS.items():
            place = found[cell]
            assert (place.file, place.record, place.line) == (path.name, cell[0], line)
            assert place.byte is not None
            assert path.read_bytes()[place.byte :].decode(encoding).startswith(begin)
