"""An export over an earlier one, killed at each step: every file can still be read, and `inspect` calls none of them
damaged, because none is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import chdir, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.storage.sealed import PUBLIC, SECRET
from entrepot.cli.parser import main
from recovery.overwriting import killed, quick_locks

pytestmark = pytest.mark.slow
TABLES = ("a", "b", "c")
LOCKED = ("--passphrase-file", "pw")
EXPORT = ("export", "-f", "csv")
AGREES, UNVERIFIED = 0, 8


@dataclass(frozen=True, kw_only=True)
class Case:
    first: tuple[str, ...]
    over: tuple[str, ...]
    verdict: int
    """What the folder comes to in the end: files that stay lose their proof to a new `receipt.json`."""
    keys: int = 0
    """How many are left in the end."""


CASES = {
    "a lone file is joined by others": Case(
        first=("a", "--limit", "1", "-o", "out/"), over=("a", "b", "-o", "out/"), verdict=AGREES
    ),
    "a file of several becomes a lone one": Case(
        first=("a", "b", "-o", "out/"), over=("a", "--limit", "1", "-o", "out/a.csv"), verdict=AGREES
    ),
    "others join encrypted ones": Case(
        first=("a", "b", "-o", "out/", *LOCKED), over=("b", "c", "-o", "out/", *LOCKED), verdict=UNVERIFIED, keys=2
    ),
    "encrypted ones are replaced": Case(
        first=("a", "b", "-o", "out/", *LOCKED), over=("b", "a", "-o", "out/", *LOCKED), verdict=AGREES, keys=1
    ),
    "a lone encrypted one is replaced": Case(
        first=("a", "-o", "out/a.csv.age", *LOCKED), over=("a", "-o", "out/a.csv.age", *LOCKED), verdict=AGREES, keys=1
    ),
    "a passphrase gives way to a recipient": Case(
        first=("a", "-o", "out/a.csv.age", *LOCKED),
        over=("a", "-o", "out/a.csv.age", "--recipient", PUBLIC),
        verdict=AGREES,
    ),
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as connection, connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, word TEXT)")
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", [(n, f"{table}{n}") for n in range(3)])
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("ENTREPOT_DB", f"sqlite:///{tmp_path}/shop.db")
    with quick_locks():
        yield tmp_path


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_killed_at_any_step_no_file_is_lost_or_called_damaged(case: Case, home: Path) -> None:
    over = [*EXPORT, "--overwrite", *case.over]
    *killed_in, whole = killed(home, [*EXPORT, *case.first], over)
    for place in killed_in:
        assert inspected(place / "out", home) in {AGREES, UNVERIFIED}, place
        with chdir(place):
            assert main(over) == 0
    assert len(killed_in) >= 5
    assert inspected(whole / "out", home) == case.verdict
    assert len(list((whole / "out").glob("*.key"))) == case.keys


def inspected(out: Path, home: Path) -> int:
    """The verdict on the folder, which must be no worse than that on each file."""
    keys = ("--passphrase-file", str(out.parent / "pw"), "--identity-file", str(home / "secret"))
    files = [path for path in out.iterdir() if path.name.endswith((".csv", ".age"))]
    verdicts = [main(["inspect", str(path), *keys]) for path in files]
    assert set(verdicts) <= {AGREES, UNVERIFIED}, files
    found = main(["inspect", str(out), *keys])
    assert found == max(verdicts)
    return found
