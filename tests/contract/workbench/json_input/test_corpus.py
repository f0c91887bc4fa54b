"""JSONTestSuite: 318 files of others. y_ is JSON, n_ is not, i_ is anybody's choice; ours is in
docs/reference/json-input.md. Most of y_ are lists of single values, which are JSON but no records: there they must be
refused as that (`no_records`), and be read as the value of a record."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.workbench.json_input.staging import Stager
from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError

CORPUS = Path(__file__).resolve().parents[4].parent / "shared" / "corpora" / "json"
LINES = Reading(format="ndjson")
DOCUMENT = Reading(format="json")
BLOCKS = (1 << 20, 3)
TWICE = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
GOOD = {"taken", "no_records", "not_an_object", "nul_character"}
BAD = {"broken_json", "wrong_bytes", "too_deep"}
WITH_NUL = {"y_object_escaped_null_in_key.json", "y_string_null_escape.json"}
NO_TEXT = {"n_single_space.json", "n_structure_no_data.json", "n_structure_UTF8_BOM_no_data.json"}
"""As lines, these are files without a line."""
CHOSEN = {
    "i_number": "taken",
    "i_object_key_lone_2nd_surrogate": "lone_surrogate",
    "i_string_UTF-16LE_with_BOM": "taken",
    "i_string_1st_surrogate_but_2nd_missing": "lone_surrogate",
    "i_string_1st_valid_surrogate_2nd_invalid": "lone_surrogate",
    "i_string_incomplete_surrogate": "lone_surrogate",
    "i_string_invalid_lonely_surrogate": "lone_surrogate",
    "i_string_invalid_surrogate": "lone_surrogate",
    "i_string_inverted_surrogates": "lone_surrogate",
    "i_string_lone_second_surrogate": "lone_surrogate",
    "i_string": "wrong_bytes",
    "i_structure_500_nested_arrays": "too_deep",
    "i_structure_UTF-8_BOM_empty_object": "taken",
}
"""By how the name begins; the longest counts."""


def files(letter: str) -> list[Path]:
    if not CORPUS.is_dir():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    found = sorted(CORPUS.glob(f"{letter}_*.json"))
    assert found
    return found


def outcome(stager: Stager, data: bytes, reading: Reading, block: int) -> str:
    """`taken`, or why it, or its only record, was not."""
    try:
        stager.stage(data, reading, block=block)
    except InputError as error:
        return error.code
    rejected = stager.rejected()
    return str(rejected[0][2]) if rejected else "taken"


def test_what_is_json_is_never_called_broken(stager: Stager) -> None:
    for file in files("y"):
        data, twice = file.read_bytes(), file.name in TWICE
        for block in BLOCKS:
            whole = outcome(stager, data, DOCUMENT, block)
            assert whole in ({"duplicate_key"} if twice else GOOD), file.name


def test_what_is_json_is_read_as_the_value_of_a_record(stager: Stager) -> None:
    for file in files("y"):
        value, block = file.read_bytes(), 1 << 20
        data = b'[{"before":1,"value":' + value + b"}]"
        line = b'{"before":1,"value":' + value.replace(b"\n", b" ") + b"}\n"
        expected = "duplicate_key" if file.name in TWICE else "nul_character" if file.name in WITH_NUL else "taken"
        assert outcome(stager, data, DOCUMENT, block) == expected, file.name
        assert outcome(stager, line, LINES, block) == expected, file.name


def test_what_is_no_json_is_refused_with_line_and_column(stager: Stager) -> None:
    for file in files("n"):
        for block in BLOCKS:
            error = stager.refused(file.read_bytes(), DOCUMENT, block=block)
            assert error.code in BAD, file.name
            assert "line " in error.message, file.name
            assert "column " in error.message, file.name
            assert error.problems[0].place.byte is not None, file.name


def test_what_is_no_json_is_no_record_as_a_line(stager: Stager) -> None:
    for file in files("n"):
        for block in BLOCKS:
            code = outcome(stager, file.read_bytes(), LINES, block)
            assert code in ({"taken"} if file.name in NO_TEXT else BAD), file.name
            assert stager.rows("SELECT * FROM staged") == [], file.name


def test_what_is_no_json_is_refused_as_the_value_of_a_record(stager: Stager) -> None:
    for file in files("n"):
        data = b'[{"value":' + file.read_bytes() + b"}]"
        assert outcome(stager, data, DOCUMENT, 1 << 20) in BAD, file.name


def test_what_is_left_open_is_settled_by_the_documented_table(stager: Stager) -> None:
    for file in files("i"):
        begins = max((name for name in CHOSEN if file.name.startswith(name)), key=len)
        for block in BLOCKS:
            code = outcome(stager, file.read_bytes(), DOCUMENT, block)
            assert code == CHOSEN[begins] or (CHOSEN[begins] == "taken" and code == "no_records"), file.name
