"""What is good JSON, or nearly, and nevertheless not taken: docs/reference/json-input.md, row by row."""

from __future__ import annotations

import codecs

import pytest

from contract.workbench.json_input.staging import Stager
from entrepot.importing.words import WORDS
from entrepot.model.drafts import Reading
from entrepot.model.problems import Severity

LINES = Reading(format="ndjson")


@pytest.mark.parametrize(
    ("record", "at", "code", "value"),
    [
        ('{"k":2,"k":2}', 0, "duplicate_key", "k"),
        ('{"k" :2,"\\u006b":1}', 0, "duplicate_key", "k"),
        ('{"k":{"x":[{"y":1,"y":2}]}}', None, "duplicate_key", "y"),
        ('{"k":{"y":1,"y":2},"z":"\\u0022:"}', None, "duplicate_key", "y"),
        ('{"k":{"y":1,"y":{"z":"\\u0022:"}}}', None, "duplicate_key", "y"),
        ('{"k":"a\\u0000b"}', 0, "nul_character", '"a\\u0000b"'),
        ('{"k":["\\\\\\u0000"]}', 0, "nul_character", '["\\\\\\u0000"]'),
        ('{"\\u0000":1}', None, "nul_character", "1"),
        ('{"k":"\\ud800"}', None, "lone_surrogate", '{"k":"\\ud800"}'),
        ('{"k":"\\udc00\\ud800"}', None, "lone_surrogate", '{"k":"\\udc00\\ud800"}'),
        ('{"\\udfaa":1}', None, "lone_surrogate", '{"\\udfaa":1}'),
        ('{"k":' + "[" * 200 + "]" * 200 + "}", None, "too_deep", None),
        ('{"k":' + '{"a":' * 5000 + "1" + "}" * 5001, None, "too_deep", None),
        ('"k"', None, "not_an_object", '"k"'),
    ],
)
def test_a_record_against_the_policy_is_rejected_alone(
    record: str, at: int | None, code: str, value: str | None, stager: Stager
) -> None:
    for data, reading, block in (
        ('[{"k":1},' + record + ',{"k":2}]', Reading(), 1 << 20),
        ('{"x":[{"k":1},' + record + ',{"k":2}]}', Reading(), 5),
        ('{"k":1}\n' + record + '\n{"k":2}', LINES, 1 << 20),
        ('{"k":1}\n' + record + '\n{"k":2}', LINES, 5),
    ):
        assert stager.records(data, reading, block=block) == [{"k": "1"}, {"k": "2"}]
        assert stager.rejected() == [(2, at, code, value)]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('{"x":":","y":"\\":","z":":"}', '{"x":":","y":"\\":","z":":"}'),
        ('[{"x":1},{"x":1}]', '[{"x":1},{"x":1}]'),
        ('"\\\\u0000"', "\\u0000"),
        ('"\\ud83d\\ude00 \\\\ud800"', "😀 \\ud800"),
        ("[" * 199 + "]" * 199, "[" * 199 + "]" * 199),
        ('"' + "[" * 900 + '"', "[" * 900),
        ("9" * 10_000, "9" * 10_000),
        ("-1e999", "-1e999"),
        ("[1e999,123456789012345678901234567890]", "[1e999,123456789012345678901234567890]"),
        ('{"a" : {"b" : 1}}', '{"a" : {"b" : 1}}'),
    ],
)
def test_what_only_looks_like_a_fault_is_taken(value: str, text: str, stager: Stager) -> None:
    for data in ('[{"k":' + value + "}]", '{"k":' + value + '}\n{"k":' + value + "}"):
        assert stager.records(data)[0] == {"k": text}
        assert stager.rejected() == []


@pytest.mark.parametrize(
    "code", ["broken_json", "not_an_object", "duplicate_key", "lone_surrogate", "nul_character", "too_deep"]
)
def test_why_a_record_is_rejected_has_words_and_a_remedy(code: str) -> None:
    _, message, remedy = WORDS[code]
    assert message
    assert remedy


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_not_a_number_is_no_json_and_is_named(word: str, stager: Stager) -> None:
    error = stager.refused('[{"k":1},\n {"k":' + word + "}]")
    assert error.code == "broken_json"
    assert "line 2, column 7" in error.message
    assert word.lstrip("-") in error.message
    stager.records('{"k":1}\n{"k":' + word + "}", LINES)
    assert [row[:3] for row in stager.rejected()] == [(2, None, "broken_json")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"k":1', "column 7: it breaks off here"),
        ('{"é":tru}', "column 7: invalid character"),
        ('{"k":1} {"k":2}', "column 9: something follows the value, or a comma is missing"),
    ],
)
def test_a_broken_line_is_rejected_and_the_others_go_on(line: str, said: str, stager: Stager) -> None:
    assert stager.records('{"k":1}\n\n' + line + '\n{"k":2}', LINES) == [{"k": "1"}, {"k": "2"}]
    assert stager.rejected() == [(2, None, "broken_json", said)]


@pytest.mark.parametrize(
    ("data", "place", "fact"),
    [
        ('[{"a":1},\n{"é":2,}]', (2, 8, 18), ""),
        ('[{"a":1}\n {"a":2}]', (2, 2, 10), "something follows the value, or a comma is missing"),
        ('[{"a":1},{"a":2}', (1, 17, 16), "the list is never closed"),
        ('[{"a":1},{"a":2},\n]', (2, 1, 18), "a value is missing"),
        ('{"x":[{"a":1}],\n"y":01}', (2, 6, 21), "invalid number"),
        ('{"x":[{"a":1}]', (1, 15, 14), "the object is never closed"),
        ('{"x":[{"a":1}}', (1, 14, 13), "a comma or ] is missing"),
        ('{"x":[{"a":1}]}]', (1, 16, 15), "the document is over, but something follows"),
        ('[{"a":"x\ty"}]', (1, 9, 8), "invalid character"),
        ("", (1, 1, 0), "nothing is in it"),
        ('[{"a":"', (1, 8, 7), "it breaks off here"),
    ],
)
def test_a_broken_document_is_one_refusal_with_its_place(
    data: str, place: tuple[int, int, int], fact: str, stager: Stager
) -> None:
    for block in (1 << 20, 1, 3):
        error = stager.refused(data, Reading(format="json"), block=block)
        line, column, byte = place
        assert error.code == "broken_json"
        assert f"line {line}, column {column}, byte {byte}: {fact}" in error.message
        assert (error.problems[0].place.line, error.problems[0].place.byte) == (line, byte)


def test_a_byte_order_mark_is_told(stager: Stager) -> None:
    staged = stager.stage(codecs.BOM_UTF8 + b'[{"a":1}]')
    assert [(p.code, p.severity) for p in staged.problems] == [("byte_order_mark", Severity.INFO)]
    assert staged.records == 1


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_other_unicode_with_a_mark_is_read_and_told(mark: bytes, encoding: str, stager: Stager) -> None:
    data = mark + '[{"a":"é😀"},\n{"a":"x"}]'.encode(encoding)
    for block in (1 << 20, 3):
        assert stager.records(data, block=block) == [{"a": "é😀"}, {"a": "x"}]
    staged = stager.stage(data)
    assert staged.reading.encoding == encoding
    assert [p.code for p in staged.problems] == ["byte_order_mark", "other_encoding"]


def test_an_encoding_can_be_named(stager: Stager) -> None:
    assert stager.records('[{"a":"€"}]'.encode("cp1252"), Reading(encoding="cp1252")) == [{"a": "€"}]
    assert stager.refused("[]", Reading(encoding="hex")).code == "unknown_encoding"
    assert stager.refused('[{"a":1}]'.encode("utf-16-le")).code == "wrong_bytes"


@pytest.mark.parametrize("wrong", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xe2\x82"])
def test_bytes_that_are_no_utf8_are_refused_with_their_place(wrong: bytes, stager: Stager) -> None:
    data = '[{"a":"é"},\n{"a":"'.encode() + wrong + b'"}]'
    for block in (1 << 20, 1, 4):
        error = stager.refused(data, block=block)
        assert error.code == "wrong_bytes"
        assert "line 2, column 7, byte 19:" in error.message
    assert stager.refused(data.replace(b",\n", b"\n"), LINES).code == "wrong_bytes"


def test_wrong_bytes_in_utf16_are_counted_in_its_own_bytes(stager: Stager) -> None:
    data = codecs.BOM_UTF16_LE + '[{"a":"é😀'.encode("utf-16-le") + b"\x00\xd8" + '"}]'.encode("utf-16-le")
    error = stager.refused(data)
    assert error.problems[0].place.byte == 2 + 2 * 10
