"""What `-o` means: the name tells format, compression and encryption; options may, too; contradictions are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.exporting.target import Target, Wish, announced_format, resolve_target
from entrepot.model.errors import InputError


def target(
    to: str | Path | None,
    *,
    format: str | None = None,
    compress: str | None = None,
    encrypt: bool = False,
    entities: int = 1,
) -> Target:
    return resolve_target(
        to,
        Wish(format=format, compress=compress, encrypt=encrypt),
        database="my shop/1",
        entities=["a", "b"][:entities],
    )


@pytest.mark.parametrize(
    ("to", "format", "compression", "encrypted"),
    [
        ("out.csv", "csv", None, False),
        ("out.csv.gz", "csv", "gzip", False),
        ("out.json.zst", "json", "zstd", False),
        ("out.json.zst.age", "json", "zstd", True),
        ("out.sql.age", "sql", None, True),
        ("out.jsonl", "ndjson", None, False),
    ],
)
def test_the_name_tells_everything(to: str, format: str, compression: str | None, encrypted: bool) -> None:
    found = target(to)
    assert (found.format.name, found.compression, found.encrypted) == (format, compression, encrypted)
    assert (found.path, found.stem) == (Path(to), "out")


def test_options_put_their_endings_onto_the_name() -> None:
    assert target("out.csv", compress="gzip").path == Path("out.csv.gz")
    assert target("out.csv.gz", encrypt=True).path == Path("out.csv.gz.age")


def test_a_format_option_decides_where_the_name_does_not() -> None:
    assert target("report.txt", format="csv").path == Path("report.txt")


def test_a_single_file_format_in_a_folder_is_named_after_the_database(tmp_path: Path) -> None:
    assert target(tmp_path, format="json").path == tmp_path / "my_shop_1.json"
    assert target("new/", format="json", compress="zstd").path == Path("new/my_shop_1.json.zst")


def test_several_entities_in_csv_need_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        target("out.csv", entities=2)
    assert caught.value.code == "one_file_per_entity"
    assert "-o out/" in caught.value.remedy
    found = target(tmp_path, format="csv", entities=2)
    assert (found.folder, found.path) == (True, tmp_path)


@pytest.mark.parametrize("to", [None, "", "out", "out.xyz", "folder/"])
def test_without_a_word_about_the_format_it_is_asked_for(to: str | None) -> None:
    with pytest.raises(InputError) as caught:
        target(to)
    assert caught.value.code == "no_format"


def test_name_and_option_must_agree() -> None:
    with pytest.raises(InputError) as caught:
        target("out.csv.gz", compress="zstd")
    assert caught.value.code == "compression_conflict"


def test_an_unknown_format_suggests_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        target("out", format="exel")
    assert "excel" in caught.value.remedy


@pytest.mark.parametrize("name", ["out.csv.AGE", "out.csv.GZ", "out.csv.Zst.age"])
def test_an_ending_in_capitals_promises_nothing(name: str) -> None:
    with pytest.raises(InputError) as caught:
        target(name)
    assert caught.value.code == "ending_in_capitals"


@pytest.mark.parametrize(
    ("to", "asked", "announced"),
    [
        ("out.parquet.age", None, "parquet"),
        (Path("out.zip"), None, "package"),
        ("folder", "pq", None),
        ("folder", "parquet", "parquet"),
        ("out.csv", "parquet", "parquet"),
        (None, None, None),
        ("-", None, None),
    ],
)
def test_a_format_is_announced_before_anything_is_known_and_never_refused(
    to: str | Path | None, asked: str | None, announced: str | None
) -> None:
    found = announced_format(to, asked)
    assert (found.name if found else None) == announced
