"""Exports that were changed after they were written, against the receipt beside them."""

from __future__ import annotations

import gzip
import random
from pathlib import Path

import pytest

from contract.formats.samples import texts
from entrepot.exporting.receipt_file import decode_receipt, encode_receipt, receipt_path
from entrepot.formats.csv import FORMAT as CSV
from entrepot.formats.json import FORMAT as JSON
from entrepot.formats.json import NDJSON
from entrepot.formats.port import Format
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.problems import Severity
from unit.exporting.inspected import codes, look, some_rows, stored

FLIPS = 300


def home(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize("format", [CSV, NDJSON, JSON], ids=["csv", "ndjson", "json"])
@pytest.mark.parametrize("squeeze", [False, True])
def test_a_whole_export_is_whole(format: Format, squeeze: bool, tmp_path: Path) -> None:
    found = look(stored(format, some_rows(), home(tmp_path), squeeze=squeeze), tmp_path)
    assert found.problems == ()
    assert sorted(found.fingerprints) == ["customers", "notes", "purchaseOrders"]
    assert "customers: 2 rows, as declared." in found.checks
    assert any("SHA-256 as the receipt says" in check for check in found.checks)
    assert any("has the declared fingerprint" in check for check in found.checks)


def test_the_receipts_options_are_used_to_read(tmp_path: Path) -> None:
    options = {"delimiter": ";", "null": "\\N", "newline": "crlf", "spreadsheet_safe": True}
    found = look(stored(CSV, some_rows(), home(tmp_path), **options), tmp_path)
    assert found.problems == ()


def test_another_encoding_is_counted_but_not_fingerprinted(tmp_path: Path) -> None:
    rows = [texts(["a", "b\nc"])]
    found = look(stored(CSV, rows, home(tmp_path), encoding="utf-16", measure=False), tmp_path)
    assert found.ok
    assert codes(found) == {"not_utf8"}


def test_a_fingerprint_is_taken_even_where_the_receipt_has_none(tmp_path: Path) -> None:
    found = look(stored(CSV, [texts(["a"])], home(tmp_path), measure=False), tmp_path)
    assert found.ok
    assert list(found.fingerprints) == ["notes"]


def test_one_file_of_a_folder_is_checked_with_the_folders_receipt(tmp_path: Path) -> None:
    folder = stored(CSV, some_rows(), home(tmp_path))
    found = look(folder / "customers.csv", tmp_path)
    assert found.problems == ()
    assert list(found.fingerprints) == ["customers"]


def test_a_changed_row_is_found_with_its_file(tmp_path: Path) -> None:
    folder = stored(CSV, some_rows(), home(tmp_path))
    changed = folder / "customers.csv"
    changed.write_bytes(changed.read_bytes().replace(b"2,\n", b""))
    found = look(folder, tmp_path)
    assert codes(found) == {"size_differs", "hash_differs", "count_differs", "fingerprint_differs"}
    assert {problem.place.file for problem in found.problems} == {"customers.csv"}
    assert "customers: 2 rows are declared, and 1 are there." in {problem.message for problem in found.problems}


def test_a_file_that_is_gone_and_one_that_came_are_named(tmp_path: Path) -> None:
    folder = stored(CSV, some_rows(), home(tmp_path))
    (folder / "customers.csv").rename(folder / "other.csv")
    found = look(folder, tmp_path)
    assert {(problem.code, problem.severity) for problem in found.problems} == {
        ("missing_file", Severity.ERROR),
        ("file_without_receipt", Severity.WARNING),
    }


def test_without_a_receipt_structure_and_counts_are_checked(tmp_path: Path) -> None:
    path = stored(CSV, [texts(["a", "b"])], home(tmp_path))
    receipt_path(path, False).unlink()
    found = look(path, tmp_path)
    assert (found.ok, codes(found), found.checks) == (True, {"no_receipt"}, ("shop.csv: 2 rows.",))
    path.write_bytes(path.read_bytes() + b'3,"open')
    assert codes(look(path, tmp_path)) == {"no_receipt", "unclosed_quote"}


def test_a_folder_without_a_receipt_is_counted(tmp_path: Path) -> None:
    folder = stored(CSV, some_rows(), home(tmp_path))
    receipt_path(folder, True).unlink()
    found = look(folder, tmp_path)
    assert (found.ok, codes(found)) == (True, {"no_receipt"})
    assert "customers.csv: 2 rows." in found.checks


def test_a_renamed_file_is_known_by_its_receipt(tmp_path: Path) -> None:
    path = stored(CSV, [texts(["a", "b"])], home(tmp_path))
    moved = path.rename(path.with_name("renamed.csv"))
    assert look(moved, tmp_path, receipt=receipt_path(path, False)).problems == ()


def test_a_receipt_that_is_none_is_a_finding(tmp_path: Path) -> None:
    path = stored(CSV, [texts(["a"])], home(tmp_path))
    receipt_path(path, False).write_bytes(b"{}")
    found = look(path, tmp_path)
    assert not found.ok
    assert "bad_receipt" in codes(found)


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        look(tmp_path / "none.csv", tmp_path)
    assert caught.value.code == "no_such_file"


def test_every_flipped_byte_of_a_compressed_export_is_found(tmp_path: Path) -> None:
    path, seed = squeezed(tmp_path), random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 needed to repeat a failure
    whole, dice = path.read_bytes(), random.Random(seed)
    for _ in range(FLIPS):
        at, bits = dice.randrange(len(whole)), dice.randrange(1, 256)
        path.write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
        assert "hash_differs" in codes(look(path, tmp_path)), f"byte {at} ^ {bits}"


def test_a_compressed_export_cut_at_any_kilobyte_is_found_even_without_its_receipt(tmp_path: Path) -> None:
    path = squeezed(tmp_path)
    receipt_path(path, False).unlink()
    whole = path.read_bytes()
    assert look(path, tmp_path).ok
    for size in [*range(0, len(whole), 1024), len(whole) - 1]:
        path.write_bytes(whole[:size])
        assert codes(look(path, tmp_path)) & {"truncated", "damaged", "no_header"}, size


def squeezed(tmp_path: Path) -> Path:
    dice = random.Random(7)
    rows = [dice.randbytes(40).hex() for _ in range(200)]
    return stored(CSV, [texts(rows)], home(tmp_path), squeeze=True, measure=False)


def test_gzip_is_the_form_that_is_tested(tmp_path: Path) -> None:
    assert gzip.decompress(squeezed(tmp_path).read_bytes()).startswith(b"id,text\n")


def test_a_receipt_survives_its_file(tmp_path: Path) -> None:
    path = receipt_path(stored(CSV, [texts(["a"])], home(tmp_path)), False)
    content = path.read_bytes()
    assert content.endswith(b"}\n")
    assert encode_receipt(decode_receipt(content)) == content


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"tool":"\xff"}', b"[" * 100_000, b"null", b'{"tool": 1}'])
def test_anything_else_is_no_receipt(content: bytes) -> None:
    with pytest.raises(DamagedError) as caught:
        decode_receipt(content)
    assert caught.value.code == "bad_receipt"


def test_receipts_lie_beside_a_file_and_inside_a_folder() -> None:
    assert receipt_path(Path("a/shop.csv.gz"), False) == Path("a/shop.csv.gz.receipt.json")
    assert receipt_path(Path("a"), True) == Path("a/receipt.json")
