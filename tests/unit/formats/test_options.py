"""Options from what people type, and their description."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.formats.csv import CsvOptions
from entrepot.formats.options import describe_options, parse_options
from entrepot.formats.registry import format_for
from entrepot.model.errors import InputError

DOCS = Path(__file__).resolve().parents[3] / "docs" / "reference" / "formats.md"
OURS = ("csv", "json", "ndjson", "sql")


def test_texts_are_understood_as_the_option_is_meant() -> None:
    given = {"delimiter": "tab", "bom": "yes", "spreadsheet-safe": "true", "header": "off", "newline": "crlf"}
    options = parse_options(format_for("csv"), given)
    assert options == CsvOptions(delimiter="tab", bom=True, spreadsheet_safe=True, header=False, newline="crlf")
    assert (options.dialect.delimiter, options.dialect.newline) == ("\t", "\r\n")


def test_values_pass_as_they_are() -> None:
    assert parse_options(format_for("csv"), {"bom": True, "null": "NULL"}) == CsvOptions(bom=True, null="NULL")


def test_an_unknown_option_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match="no csv option 'delimeter'") as caught:
        parse_options(format_for("csv"), {"delimeter": ";"})
    assert "Did you mean 'delimiter'?" in caught.value.remedy


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("bom", "maybe", "option 'bom' is yes or no, not 'maybe'"),
        ("bom", 3, "option 'bom' is yes or no, not 3"),
        ("delimiter", 5, "option 'delimiter' is a text, not 5"),
        ("delimiter", ";;", "not one character"),
        ("delimiter", "", "not one character"),
        ("delimiter", '"', "the same"),
        ("quote", "«", "not ASCII"),
        ("null", "a,b", "holds a delimiter"),
        ("newline", "cr", "not known"),
        ("encoding", "utf-9", "no text encoding"),
        ("encoding", "base64", "no text encoding"),
    ],
)
def test_a_wrong_value_is_explained(option: str, value: object, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        parse_options(format_for("csv"), {option: value})
    assert caught.value.code == "bad_option"
    assert caught.value.remedy


@pytest.mark.parametrize("name", OURS)
def test_every_option_says_what_it_means(name: str) -> None:
    for option in describe_options(format_for(name)):
        assert option.words.endswith("."), option.name


@pytest.mark.parametrize("name", OURS)
def test_every_option_stands_in_the_reference(name: str) -> None:
    section = DOCS.read_text().partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    described = format_for(name)
    assert described.survives in " ".join(section.split())
    for option in describe_options(described):
        assert f"| `{option.name}` | {option.type} | `{option.default!r}` | {option.words} |" in section
