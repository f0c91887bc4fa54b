"""Three verdicts: as declared, not as declared, and nothing to verify it by."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from contract.formats.samples import texts
from entrepot import Entrepot
from entrepot.cli.parser import main
from entrepot.exporting.receipt_file import receipt_path
from entrepot.formats.csv import FORMAT as CSV
from entrepot.formats.json import FORMAT as JSON
from entrepot.formats.port import Format
from unit.exporting.inspected import Pairs, codes, look, some_rows, stored

NOTES: Pairs = [texts(["a", "b"])]


def export(home: Path, name: str, format: Format = CSV) -> Path:
    """A single export under a name of its own, with the receipt of its own."""
    made = stored(format, NOTES, home, measure=False)
    receipt = receipt_path(made, False)
    words = receipt.read_text(encoding="utf-8").replace(f'"{made.name}"', f'"{name}"')
    receipt.unlink()
    path = made.rename(home / name)
    receipt_path(path, False).write_text(words, encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.mark.parametrize("format", [CSV, JSON], ids=["csv", "json"])
def test_without_a_receipt_nothing_is_verified(format: Format, home: Path, tmp_path: Path) -> None:
    path = stored(format, NOTES, home)
    assert look(path, tmp_path).verified
    receipt_path(path, False).unlink()
    found = look(path, tmp_path)
    assert (found.ok, found.verified, found.unverified) == (True, False, (path.name,))


def test_a_package_proves_itself(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "a.db")) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY)")
    outcome = Entrepot(f"sqlite:///{home}/a.db", environment={}).export(to=home / "a.zip")
    outcome.receipt_path.unlink()
    assert look(outcome.path, tmp_path).verified


def test_what_is_wrong_is_not_called_unverifiable(home: Path, tmp_path: Path) -> None:
    path = stored(CSV, NOTES, home)
    receipt_path(path, False).unlink()
    path.write_bytes(path.read_bytes() + b'3,"open')
    found = look(path, tmp_path)
    assert (found.ok, found.verified, found.unverified) == (False, False, ())


def test_a_folder_of_single_exports_pairs_each_with_its_receipt(home: Path, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        export(home, name)
    (home / "one.csv.age.key").write_bytes(b"locked")
    found = look(home, tmp_path)
    assert (found.problems, found.verified) == ((), True)
    (home / "two.csv").write_bytes(b"id,text\n")
    assert {problem.place.file for problem in look(home, tmp_path).problems} == {"two.csv"}


def test_one_of_them_without_its_receipt_leaves_the_folder_unverified(home: Path, tmp_path: Path) -> None:
    for name in ("one.csv", "two.csv"):
        export(home, name)
    receipt_path(home / "two.csv", False).unlink()
    found = look(home, tmp_path)
    assert (found.ok, found.verified, found.unverified) == (True, False, ("two.csv",))


def test_a_receipt_without_its_file_is_found(home: Path, tmp_path: Path) -> None:
    export(home, "one.csv").unlink()
    found = look(home, tmp_path)
    assert (found.ok, codes(found)) == (False, {"missing_file"})


def test_a_single_export_beside_a_set_is_checked_by_its_own_receipt(home: Path, tmp_path: Path) -> None:
    single = export(home, "single.csv")
    stored(CSV, some_rows(), home)
    (home / "readme.txt").touch()
    assert codes(look(home, tmp_path)) == {"foreign_file"}
    single.write_bytes(b"id,text\n")
    assert "hash_differs" in codes(look(home, tmp_path))


def test_a_folder_without_any_export_proves_nothing(home: Path, tmp_path: Path) -> None:
    found = look(home, tmp_path)
    assert (found.ok, found.verified, found.unverified) == (True, False, ("home",))


def keep(_path: Path) -> None:
    """Nothing happens to it."""


def lose_the_receipt(path: Path) -> None:
    receipt_path(path, False).unlink()


def cut(path: Path) -> None:
    path.write_bytes(b"id\n")


@pytest.mark.parametrize(
    ("happens", "code", "words"),
    [(keep, 0, "everything agrees"), (lose_the_receipt, 8, "not verifiable"), (cut, 7, "NOT what it should be")],
)
def test_each_verdict_has_its_words_and_its_exit_code(
    home: Path, capsys: pytest.CaptureFixture[str], happens: Callable[[Path], None], code: int, words: str
) -> None:
    path = stored(CSV, NOTES, home)
    happens(path)
    assert main(["inspect", str(path)]) == code
    assert words in capsys.readouterr().out
    assert main(["inspect", str(path), "--json"]) == code
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["verified"]) == (code != 7, code == 0)
