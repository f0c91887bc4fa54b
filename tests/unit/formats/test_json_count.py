"""Counting JSON: whatever breaks a document is noticed, with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entrepot.formats.json import blocks
from entrepot.formats.json.count import count_document
from entrepot.formats.json.lines import count_lines
from entrepot.model.errors import DamagedError

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "json"

DOCUMENT = b"""{
"metadata":{"tool":"x","counts":{"users":2,"notes":0}},
"relationships":[],
"entities":{
"users":[
{"id":1,"name":"a"},
{"id":2,"name":"]\\n}}"}
],
"notes":[
]
}}
"""


@pytest.fixture(params=[1, 7, 40, 1 << 20], ids=lambda size: f"blocks of {size}", autouse=True)
def _blocks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK_BYTES", request.param)


def refused(count: Callable[[Path], object], path: Path, data: bytes) -> DamagedError:
    path.write_bytes(data)
    with pytest.raises(DamagedError) as caught:
        count(path)
    return caught.value


def test_a_whole_document_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(DOCUMENT)
    assert count_document(path) == {"users": 2, "notes": 0}


def test_a_document_that_breaks_off_anywhere_is_noticed(tmp_path: Path) -> None:
    for length in range(len(DOCUMENT) - 1):
        refused(count_document, tmp_path / "x.json", DOCUMENT[:length])


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b'"users":2', b'"users":3', "count_differs"),
        (b'"notes":0}', b'"notes":0,"more":1}', "count_differs"),
        (b'"a"},\n', b'"a"}\n', "broken_record"),
        (b'"a"},\n', b'"a"},,\n', "broken_record"),
        (b'"a"},\n', b'"a"},\n17,\n', "broken_document"),
        (b'"a"', b"NaN", "broken_record"),
        (b'"a"', b'"\xff"', "invalid_encoding"),
        (b'}"}\n]', b'}"},\n]', "broken_document"),
        (b"],\n", b"]\n", "broken_document"),
        (b'"notes":[', b'"users":[', "broken_document"),
        (b"}}\n", b"}}\n{}\n", "broken_document"),
        (b'"relationships":[],\n', b'"relationships":[,\n', "broken_document"),
        (b'"counts"', b'"kounts"', "broken_document"),
        (b"{\n", b"\xef\xbb\xbf{\n", "byte_order_mark"),
    ],
)
def test_damage_is_named(old: bytes, new: bytes, code: str, tmp_path: Path) -> None:
    broken = DOCUMENT.replace(old, new, 1)
    assert broken != DOCUMENT
    assert refused(count_document, tmp_path / "x.json", broken).code == code


def test_every_byte_matters(tmp_path: Path) -> None:
    """Turning any structural byte into another one is noticed, or leaves a document that still says the same."""
    path = tmp_path / "x.json"
    for position, byte in enumerate(DOCUMENT):
        if byte in b'{}[],:"\n':
            path.write_bytes(DOCUMENT[:position] + b"x" + DOCUMENT[position + 1 :])
            try:
                assert count_document(path) == {"users": 2, "notes": 0}
            except DamagedError:
                continue
            assert position > DOCUMENT.index(b'{"id":1'), "only inside a text may a byte be another"


def test_the_line_of_the_damage_is_told(tmp_path: Path) -> None:
    error = refused(count_document, tmp_path / "x.json", DOCUMENT.replace(b'{"id":2,', b'{"id":,'))
    assert error.problems[0].place.line == 7


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}\n\n{"a":2}\n',
        b'{"a":1}{"a":2}\n',
        b'{"a":1},{"a":2}\n',
        b'{"a":\n1}\n',
        b'{"a":1}{"b":1}\n{"a":\n1}\n',
        b"[1]\n",
        b"1\n",
        b'{"a":1}\n{"a":\n',
        b'{"a":1}\n{"a":"\xc3\n',
        b"[" * 100_000,
        b'\xef\xbb\xbf{"a":1}\n',
    ],
)
def test_a_line_that_is_not_one_record_is_damage(data: bytes, tmp_path: Path) -> None:
    refused(count_lines, tmp_path / "x.ndjson", data)


@pytest.mark.parametrize(("data", "rows"), [(b"", 0), (b'{"a":1}\n', 1), (b'{"a":1}\n{}', 2), (b"{}\r\n{}\r\n", 2)])
def test_lines_are_counted(data: bytes, rows: int, tmp_path: Path) -> None:
    path = tmp_path / "x.ndjson"
    path.write_bytes(data)
    assert count_lines(path) == {"x.ndjson": rows}


def test_the_corpus_is_judged_as_its_names_say(tmp_path: Path) -> None:
    if not CORPUS.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    for file in sorted(CORPUS.glob("[ny]_*.json")):
        value = file.read_bytes().replace(b"\r", b" ").replace(b"\n", b" ")
        if file.name == "n_structure_whitespace_formfeed.json" or not value.strip():
            continue
        path = tmp_path / "x.ndjson"
        path.write_bytes(b'{"value":' + value + b"}\n")
        if file.name.startswith("y_"):
            assert count_lines(path) == {"x.ndjson": 1}, file.name
        elif b"\n" not in file.read_bytes():
            refused(count_lines, path, path.read_bytes())
