"""Export, empty database and store, import: every row and every file is back, on every engine; and goes by one undo."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase
from entrepot import BundleReceipt, BundleRequest, Entrepot, ImportRequest, Mode

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
pytestmark = pytest.mark.usefixtures("forked_workbench")
TABLES = (
    "CREATE TABLE albums (id integer PRIMARY KEY, cover varchar(60), title varchar(40))",
    """CREATE TABLE photos (album integer NOT NULL, no integer NOT NULL, code varchar(20), file varchar(60),
       called varchar(60), PRIMARY KEY (album, no), FOREIGN KEY (album) REFERENCES albums (id))""",
)
ROWS = (
    "INSERT INTO albums VALUES (1, 'covers/1.jpg', 'Sea'), (2, NULL, 'Hills'), (3, '', 'No cover')",
    """INSERT INTO photos VALUES (1, 1, 'A-1', 'p/a 1', 'Wave.jpg'), (1, 2, 'A-2', 'p/ä2', 'Gull''s "nest", 1.jpg'),
       (2, 1, 'B-1', 'p/shared', 'Peak.jpg'), (2, 2, 'B-2', 'p/shared', 'Peak.jpg'), (2, 3, 'B-3', 'p/lost', NULL)""",
)
FILES = {"covers/1.jpg": b"", "p/a 1": b"\0\xff" * 5_000, "p/ä2": b"two", "p/shared": b"both"}
UPSERT = ImportRequest(entity="", mode=Mode.UPSERT)
SETTINGS = """
[files.covers]
folder = "covers"
[files.photos]
folder = "deep/photos"
[entities.albums]
fields.cover = { file = "covers" }
[entities.photos]
fields.file = { file = "photos", file_id = "code", file_name = "called" }
"""
FOLDERS = {"covers": ["covers/1.jpg"], "deep/photos": ["p/a 1", "p/ä2", "p/shared"]}


def service(folder: Path, url: str) -> Entrepot:
    folder.mkdir(exist_ok=True)
    (folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    return Entrepot(url, config=folder / "entrepot.toml", environment={})


def stored(folder: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for home in FOLDERS:
        for path in (folder / home).rglob("*"):
            if path.is_file():
                found[str(path.relative_to(folder / home))] = path.read_bytes()
    return found


@pytest.mark.parametrize("case", CASES)
def test_every_row_and_file_comes_back(case: EngineCase, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for home, keys in FOLDERS.items():
        for key in keys:
            (source / home / key).parent.mkdir(parents=True, exist_ok=True)
            (source / home / key).write_bytes(FILES[key])
    with case.place(request, tmp_path) as full:
        full.execute(*TABLES, *ROWS)
        out = service(source, full.url)
        package, prints = out.export(to=tmp_path / "albums.zip").path, out.fingerprint()
    (tmp_path / "empty").mkdir()
    with case.place(request, tmp_path / "empty") as empty:
        empty.execute(*TABLES)
        into = service(target, empty.url)
        receipt = into.apply(into.preview([package], BundleRequest()).plan_id)
        assert isinstance(receipt, BundleReceipt)
        assert into.fingerprint() == prints
        assert stored(target) == FILES
        files = [part.files for part in receipt.parts]
        assert [each and each.counts for each in files] == [{"restored": 1}, {"restored": 3, "there": 1, "missing": 1}]
        again = into.bring_in([package], BundleRequest(each=UPSERT))
        assert again.counts["unchanged"] == 8
        empty.execute("INSERT INTO albums VALUES (9, 'covers/1.jpg', 'another')")
        undo = into.undo(receipt.job)
        assert (undo.files, undo.left) == (3, 0)
        assert stored(target) == {"covers/1.jpg": b""}
        empty.execute("DELETE FROM albums")
