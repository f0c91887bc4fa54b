"""Archives that others made to be refused, or read, on the way into a database (fault 70)."""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import pytest

from acceptance.importing import Shop
from contract.formats.zip_corpus import CODES, VERDICTS, corpus
from entrepot.importing.archives import opened_archive
from entrepot.model.errors import DamagedError, EntrepotError


def unpacked(path: Path, work: Path) -> dict[str, bytes]:
    """All of its tables, after all of it was proven."""
    found = opened_archive(path, path.name)
    assert found is not None
    found.prove(but=[])
    paths = {table.member: found.unpacked(table, work).path for table in found.packed.tables}
    return {member: plain.read_bytes() for member, plain in paths.items() if plain is not None}


def codes_of(path: Path, work: Path) -> set[str]:
    with pytest.raises(EntrepotError) as caught:
        unpacked(path, work)
    assert caught.value.remedy
    return {caught.value.code, *(problem.code for problem in caught.value.problems)}


def test_every_bad_archive_is_refused_for_its_own_reason_before_anything_is_read(tmp_path: Path) -> None:
    found = {path.name: codes_of(path, tmp_path) for path in corpus("refuse")}
    assert len(found) == 24
    for name, codes in found.items():
        expected = next(code for words, code in CODES.items() if name.startswith(words))
        assert expected in codes, (name, codes)


def test_an_archive_whose_sizes_lie_is_refused(tmp_path: Path) -> None:
    (path,) = corpus("wrong-sizes")
    assert codes_of(path, tmp_path) >= {"zip_size_mismatch", "zip_gap"}


def test_tables_of_good_archives_are_unpacked_byte_for_byte(tmp_path: Path) -> None:
    read = 0
    for path in corpus("accept"):
        verdict = next((code for words, code in VERDICTS.items() if path.name.startswith(words)), None)
        try:
            tables = unpacked(path, tmp_path)
        except EntrepotError as error:
            assert error.code == (verdict or "no_tables"), path.name
            assert isinstance(error, DamagedError) == (verdict is not None)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Pythons complain about an empty field of one of them
            with zipfile.ZipFile(path) as other:
                assert set(tables.values()) <= {other.read(info) for info in other.infolist()}
        read += 1
    assert read > 5


def test_the_command_line_says_so_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop.opened(tmp_path, capsys)
    for words in ("multi-disk", "invalid code lengths set"):
        path = next(path for path in corpus("refuse") if path.name.startswith(words))
        code, document = shop.run("import", str(path), "--into", "users", "--yes")
        assert (code, document["error"]["code"]) == (7, CODES[words])
