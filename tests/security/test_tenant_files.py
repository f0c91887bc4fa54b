"""Somebody bound to one tenant is after the files of another, with a package or without."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from sqlite3 import connect

import pytest

from entrepot import Entrepot
from entrepot.access.permissions import Principal, Role
from entrepot.model.attachments import Files
from entrepot.model.drafts import Mode, Reading
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

SETTINGS = """
[databases.main]
url = "sqlite:///app.db"
[tenancy]
root = "tenants"
[files.store]
folder = "store"
[entities.papers]
fields.scan = { file = "store" }
[entities.photos]
fields.file = { file = "store" }
"""
TABLES = """
CREATE TABLE tenants (id INTEGER PRIMARY KEY, slug TEXT);
CREATE TABLE papers (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL REFERENCES tenants (id), scan TEXT);
CREATE TABLE photos (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL REFERENCES tenants (id), file TEXT);
INSERT INTO tenants VALUES (1, 'acme'), (2, 'umbra');
INSERT INTO papers VALUES (1, 1, 'a/own'), (11, 2, 'b/secret'), (12, 2, 'b/lost'), (13, 2, '');
INSERT INTO photos VALUES (11, 2, 'b/photo'), (12, 2, 'b/lost photo');
"""
STORE = {"a/own": b"own", "b/secret": b"secret", "b/photo": b"photo", "orphan": b"whose?"}
THEIRS = ("b/secret", "b/lost", "b/photo", "b/lost photo", "a/../b/secret", "./b/secret", "/b/secret", "b//secret")


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    for key, data in STORE.items():
        (tmp_path / "store" / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "store" / key).write_bytes(data)
    with closing(connect(tmp_path / "app.db")) as connection:
        connection.executescript(TABLES)
    (tmp_path / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def bound(folder: Path) -> Entrepot:
    who = Principal(name="ada", role=Role.ORG_ADMIN, tenant="1")
    return Entrepot(config=folder / "entrepot.toml", environment={}, principal=who)


def package(folder: Path, keys: Sequence[str], data: bytes = b"forged") -> Path:
    rows = ",".join(f'{{"id": {50 + at}, "scan": "{key}"}}' for at, key in enumerate(keys))
    with zipfile.ZipFile(folder / "in.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("data/papers.json", f"[{rows}]")
        for at, key in enumerate(keys):
            archive.writestr(f"files/{50 + at}/{key.rpartition('/')[2] or 'none'}", data)
    return folder / "in.zip"


def papers(**said: object) -> ImportRequest:
    return ImportRequest(entity="papers", reading=Reading(entity="papers"), **said)  # type: ignore[arg-type]


def everything(folder: Path) -> tuple[dict[str, bytes], list[tuple[object, ...]]]:
    store = folder / "store"
    with closing(connect(folder / "app.db")) as connection:
        rows = connection.execute("SELECT * FROM papers UNION ALL SELECT * FROM photos ORDER BY 1, 2, 3").fetchall()
    return {str(path.relative_to(store)): path.read_bytes() for path in store.rglob("*") if path.is_file()}, rows


def test_no_row_gets_a_key_that_somebody_else_has_however_it_is_spelled(shared: Path) -> None:
    before = everything(shared)
    csv = shared / "in.csv"
    csv.write_text("id,scan\n" + "".join(f"{50 + at},{key}\n" for at, key in enumerate(THEIRS)), encoding="utf-8")
    plan = bound(shared).preview(csv, ImportRequest(entity="papers"))
    assert plan.failed == len(THEIRS)
    forged = bound(shared).preview(package(shared, THEIRS), papers())
    assert forged.failed == len(THEIRS)
    with pytest.raises(InputError):
        bound(shared).bring_in(package(shared, THEIRS), papers())
    with pytest.raises(InputError):
        bound(shared).bring_in(package(shared, THEIRS), papers(files=Files.KEEP))
    assert everything(shared) == before


@pytest.mark.parametrize("data", [b"whose?", b"forged", b"longer than it is"])
def test_a_file_that_is_nobodys_is_not_given_away_nor_told_about(shared: Path, data: bytes) -> None:
    """Neither what is in it, nor how long it is."""
    before = everything(shared)
    with pytest.raises(InputError) as caught:
        bound(shared).bring_in(package(shared, ["orphan"], data), papers(files=Files.KEEP))
    assert [problem.code for problem in caught.value.problems if problem.code != "member_left_out"] == ["unusable_key"]
    assert everything(shared) == before


def test_own_files_come_in_and_empty_keys_are_nobodys(shared: Path) -> None:
    receipt = bound(shared).bring_in(package(shared, ["a/new", ""]), papers())
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 1}
    files, rows = everything(shared)
    assert files == {**STORE, "a/new": b"forged"}
    assert (50, 1, "a/new") in rows


def test_a_row_keeps_its_own_file(shared: Path) -> None:
    with zipfile.ZipFile(shared / "in.zip", "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("data/papers.json", '[{"id": 1, "scan": "a/own"}]')
        archive.writestr("files/1/own", "own")
    receipt = bound(shared).bring_in(shared / "in.zip", papers(mode=Mode.UPSERT))
    assert receipt.files is not None
    assert receipt.files.counts == {"there": 1}


def test_new_keys_are_those_of_the_tenant(shared: Path) -> None:
    receipt = bound(shared).bring_in(package(shared, THEIRS[:4]), papers(files=Files.REWRITE))
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 4}
    files, rows = everything(shared)
    assert STORE.items() <= files.items()
    assert not {key for _, tenant, key in rows if tenant == 1} & set(THEIRS)
