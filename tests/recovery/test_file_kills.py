"""Kill -9 while a package of two tables with files comes in: rows and files are all there, or none of them is."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import BundleRequest, Entrepot
from recovery.killing import killed, yard
from recovery.yard import CASES, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
TABLES = """
CREATE TABLE folders (id INTEGER PRIMARY KEY, cover varchar(40));
CREATE TABLE papers (id INTEGER PRIMARY KEY, folder integer NOT NULL REFERENCES folders (id), scan varchar(40));
"""
ROWS = """
INSERT INTO folders VALUES (1, 'covers/1'), (2, NULL);
INSERT INTO papers VALUES (1, 1, 'scans/1'), (2, 2, 'scans/2'), (3, 2, 'gone');
"""
FILES = {"covers/1": b"cover", "scans/1": b"one", "scans/2": b"two"}
SETTINGS = """
[files.store]
folder = "store"
[entities.folders]
fields.cover = { file = "store" }
[entities.papers]
fields.scan = { file = "store" }
"""
WORDS = ["import", "archive.zip", "--into", "folders=folders", "--into", "papers=papers", "--yes"]
ALL = [(1, 1, "scans/1"), (2, 2, "scans/2"), (3, 2, "gone")]


def archive(folder: Path) -> Path:
    source = folder / "source"
    for key, data in FILES.items():
        (source / "store" / key).parent.mkdir(parents=True, exist_ok=True)
        (source / "store" / key).write_bytes(data)
    with closing(sqlite3.connect(source / "app.db")) as connection:
        connection.executescript(TABLES + ROWS)
    (source / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    out = Entrepot(f"sqlite:///{source}/app.db", config=source / "entrepot.toml", environment={})
    return out.export(to=folder / "archive.zip").path


def stored(yard: Yard) -> dict[str, bytes]:
    store = yard.folder / "store"
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}


def rows(yard: Yard) -> list[tuple[object, ...]]:
    return [tuple(row) for row in yard.place.rows("SELECT id, folder, scan FROM papers ORDER BY id")]


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_leaves_rows_and_files_or_neither(yard: Yard) -> None:
    for statement in TABLES.strip().split(";\n"):
        yard.place.execute(statement.rstrip(";"))
    (yard.folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    archive(yard.folder)
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert (rows(yard), stored(yard)) == (ALL, FILES)
    yard.entrepot().undo(yard.jobs()[0].id)
    assert (rows(yard), stored(yard)) == ([], {})
    dice = random.Random(steps)
    placing = [steps - at for at in range(5, 15)]
    seen = set()
    for fatal in (dice.randrange(1, steps - 15), *dice.sample(placing, 2), steps - 1):
        assert killed(yard, fatal, *WORDS) is None
        assert str(yard.jobs()[0].status) in ("failed", "completed")
        done = rows(yard) == ALL
        assert (rows(yard), stored(yard)) == ((ALL, FILES) if done else ([], {})), fatal
        assert not list((yard.folder / "store").glob("*/")) or done
        seen.add(done)
        if done:
            yard.entrepot().undo(yard.jobs()[0].id)
            assert (rows(yard), stored(yard)) == ([], {})
    assert seen == {True, False}


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_of_an_undo_behind_its_commit_leaves_no_files_either(yard: Yard) -> None:
    for statement in TABLES.strip().split(";\n"):
        yard.place.execute(statement.rstrip(";"))
    (yard.folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    package = archive(yard.folder)
    undone = yard.entrepot().bring_in([package], BundleRequest())
    steps = killed(yard, 0, "undo", undone.job, "--yes")
    assert steps is not None
    assert (rows(yard), stored(yard)) == ([], {})
    commit = steps - 4  # and then: it is done, two fields are asked whether they refer to files, it is on record
    for fatal, stays in ((commit, True), (commit + 1, False)):
        job = yard.entrepot().bring_in([package], BundleRequest()).job
        assert killed(yard, fatal, "undo", job, "--yes") is None
        assert stored(yard) == FILES
        assert str(yard.jobs()[0].status) == ("failed" if stays else "completed")
        assert (rows(yard), stored(yard)) == ((ALL, FILES) if stays else ([], {}))
        if stays:
            yard.entrepot().undo(job)
