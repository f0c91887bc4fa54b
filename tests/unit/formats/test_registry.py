"""Finding formats by name and by file name, and third parties' ones by entry point."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from entrepot.formats import registry
from entrepot.formats.json import NDJSON
from entrepot.formats.registry import GROUP, by_extension, format_for, with_third_parties
from entrepot.model.errors import InputError


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


@pytest.mark.parametrize(
    ("word", "name"),
    [("csv", "csv"), ("CSV", "csv"), (".csv", "csv"), ("jsonl", "ndjson"), ("json", "json"), ("sql", "sql")],
)
def test_a_format_answers_to_its_names(word: str, name: str) -> None:
    assert format_for(word).name == name


@pytest.mark.parametrize(
    ("word", "name"), [("excel", "xlsx"), ("zip", "package"), ("pdf", "pdf"), ("parquet", "parquet")]
)
def test_aliases_lead_to_their_format(word: str, name: str) -> None:
    entry = registry.registry().find(word)
    assert entry is not None
    assert entry.name == name


def test_an_unknown_format_suggests_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        format_for("exel")
    assert caught.value.remedy.startswith("Did you mean 'excel'?")


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("users.csv", "csv"),
        ("users.CSV.gz", "csv"),
        ("a.b/users.ndjson.zst.age", "ndjson"),
        ("users.v2.json.age", "json"),
        ("users.jsonl", "ndjson"),
    ],
)
def test_a_file_name_announces_its_format(file: str, name: str) -> None:
    found = by_extension(Path(file))
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("file", ["users", "users.txt", "users.gz", ".csv.d/users", ".age"])
def test_a_file_name_may_announce_nothing(file: str) -> None:
    assert by_extension(Path(file)) is None


def test_a_third_party_adds_a_format_by_entry_point() -> None:
    found = with_third_parties((point("lines", "entrepot.formats.json:NDJSON"),))
    assert found.format_for("lines") is NDJSON
    assert found.names()[-1] == "lines"


def test_the_ending_of_a_third_party_is_known_too() -> None:
    module = "contract.formats.third_party:FORMAT"
    found = with_third_parties((point("yaml", module),)).by_extension(Path("x.yaml.gz"))
    assert found is not None
    assert found.name == "yaml"


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("csv", "entrepot.formats.json:NDJSON", "the name is taken"),
        ("excel", "entrepot.formats.json:NDJSON", "the name is taken"),
        ("lost", "no_such_module:FORMAT", "No module named"),
        ("odd", "entrepot.formats.json:JsonOptions", "not a Format"),
    ],
)
def test_a_broken_third_party_is_named(name: str, value: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        with_third_parties((point(name, value),)).format_for(name)
    assert caught.value.code == "broken_format"


def test_knowing_the_names_loads_no_format() -> None:
    code = (
        "import sys; from entrepot.formats.registry import registry; registry().names();"
        "sys.exit(bool({'entrepot.formats.csv', 'msgspec', 'duckdb'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_built_in_entry_agrees_with_its_format() -> None:
    for name in ("csv", "json", "ndjson", "sql"):
        entry, loaded = registry.registry().find(name), format_for(name)
        assert entry is not None
        assert (entry.name, entry.aliases) == (loaded.name, loaded.aliases)
        assert loaded.extension in entry.extensions
