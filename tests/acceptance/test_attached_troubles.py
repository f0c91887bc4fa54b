"""Files of packages where something is in the way, and packages of other kinds."""

from __future__ import annotations

import gzip
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acceptance.attached import FILES, RESTORE, ROWS, SETTINGS, foreign, office, package
from entrepot import ExportOptions
from entrepot.model.attachments import Files
from entrepot.model.drafts import Errors, Mode, OnConflict, Reading
from entrepot.model.errors import BugError, EntrepotError, InputError, UnavailableError
from entrepot.model.mappings import MappingRequest
from entrepot.model.plans import ImportRequest
from entrepot.model.rules import SaidRule
from recovery.yard import Watching

pytestmark = pytest.mark.usefixtures("forked_workbench")


def test_a_store_around_everything_takes_nothing_that_is_not_the_applications(tmp_path: Path) -> None:
    """Its settings, the files of its database that exist only at times, and Entrepot's own records."""
    into = office(tmp_path / "into", settings=SETTINGS.replace('folder = "store"', 'folder = "."'))
    keys = ["app.db-wal", ".entrepot/drafts/x", "app.db/x"]
    rows = json.dumps([{"id": at, "name": "a", "key": key} for at, key in enumerate(keys)])
    members = {f"files/{at}/a": b"a" for at in range(len(keys))}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    plan = into.entrepot.preview(file, replace(RESTORE, reading=Reading(entity="documents")))
    assert plan.files is not None
    assert plan.files.counts == {"unusable": 3}


@pytest.mark.parametrize("other", ["store", "store/in", ".", "link", "link/deep/in"])
def test_collections_that_share_files_are_refused(tmp_path: Path, other: str) -> None:
    """One tenant would read the files of another, and an undo take away what rows of the other collection have."""
    inner = f'[files.inner]\nfolder = "{other}"\n'
    into = office(tmp_path / "into", ROWS, FILES, settings=SETTINGS.replace("[entities", f"{inner}[entities"))
    (into.folder / "link").symlink_to("store")
    with pytest.raises(InputError, match=r"entrepot\.toml") as caught:
        into.entrepot.preview(package(tmp_path), RESTORE)
    assert caught.value.code == "folders_overlap"
    with pytest.raises(InputError, match="folder of"):
        into.entrepot.export(to=tmp_path / "all.zip")
    assert into.files() == FILES


def test_collections_side_by_side_keep_their_files_apart(tmp_path: Path) -> None:
    """The name of one begins with that of the other."""
    inner = '[files.inner]\nfolder = "store2"\n'
    into = office(tmp_path / "into", settings=SETTINGS.replace("[entities", f"{inner}[entities"))
    into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert into.files() == FILES


def test_a_key_that_goes_through_a_link_is_refused(tmp_path: Path) -> None:
    """Two keys would mean one file."""
    into = office(tmp_path / "into", files={"k/x": b"x"})
    (into.store / "2024").symlink_to("k")
    file = package(tmp_path)
    plan = into.entrepot.preview(file, RESTORE)
    assert plan.files is not None
    assert plan.files.counts == {"unusable": 2}
    with pytest.raises(InputError) as caught:
        into.entrepot.apply(plan.plan_id)
    assert (caught.value.code, into.rows()) == ("files_refused", [])


@pytest.mark.parametrize("keys", [("k", "k/a"), ("k/a/b", "k")])
@pytest.mark.parametrize("way", [Files.RESTORE, Files.KEEP])
def test_a_preview_finds_a_key_that_is_the_folder_of_another(tmp_path: Path, keys: tuple[str, str], way: Files) -> None:
    into = office(tmp_path / "into")
    rows = json.dumps([{"id": at, "name": "a", "key": key} for at, key in enumerate((*keys, "k2"))])
    members = {f"files/{at}/a": f"{at}".encode() for at in range(3)}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    plan = into.entrepot.preview(file, replace(RESTORE, files=way, reading=Reading(entity="documents")))
    assert plan.files is not None
    assert plan.files.counts == {"restored": 2, "unusable": 1}
    assert [(one.code, one.place.record) for one in plan.problems if one.place] == [("unusable_key", 2)]
    with pytest.raises(InputError) as caught:
        into.entrepot.apply(plan.plan_id)
    assert (caught.value.code, into.rows(), into.files()) == ("files_refused", [], {})


def test_a_file_that_lies_behind_a_link_by_now_is_not_taken_away(tmp_path: Path) -> None:
    """It was moved, and who moved it may have given it another key."""
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    (into.store / "2024").rename(into.store / "moved")
    (into.store / "2024").symlink_to("moved")
    into.entrepot.undo(receipt.job)
    assert into.rows() == []
    assert {data for name, data in into.files().items() if name.startswith("moved/")} == set(FILES.values())


@pytest.mark.parametrize(
    ("links", "key"),
    [
        ({"latest": "2024"}, "latest/x"),
        ({"photo": "2024/x", "round": "round"}, "photo"),
        ({"all": "."}, "all/2024/x"),
        ({"deep/er": "../2024", "way": "deep"}, "way/er/x"),
    ],
)
def test_a_file_that_a_row_knows_by_a_link_is_not_taken_away(tmp_path: Path, links: dict[str, str], key: str) -> None:
    """The application has made it its own."""
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    for link, target in links.items():
        (into.store / link).parent.mkdir(exist_ok=True)
        (into.store / link).symlink_to(target)
    into.execute(f"INSERT INTO documents VALUES (9, 'mine', '{key}')")
    into.entrepot.undo(receipt.job)
    assert [row[0] for row in into.rows()] == [9]
    assert (into.store / key).read_bytes() == FILES["2024/x"]
    assert not (into.store / "2024" / "y").exists()


def test_what_does_not_come_to_its_commit_leaves_nothing(tmp_path: Path) -> None:
    into = office(tmp_path / "into")

    def fail() -> None:
        assert set(into.files()) >= set(FILES)
        raise UnavailableError("gone", "Something ends it.")

    with pytest.raises(UnavailableError):
        into.service(Watching(Committing=fail)).bring_in(package(tmp_path), RESTORE)
    assert (into.rows(), into.files()) == ([], {})


def test_an_attempt_that_is_made_again_has_its_files_once(tmp_path: Path) -> None:
    into = office(tmp_path / "into")

    def fail() -> None:
        raise UnavailableError("locked", "Others are at it.")

    receipt = into.service(Watching(Committing=fail)).bring_in(package(tmp_path), RESTORE)
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 2}
    assert (into.rows(), into.files()) == (ROWS, FILES)
    into.entrepot.undo(receipt.job)
    assert (into.rows(), into.files()) == ([], {})


def test_a_store_that_cannot_be_written_to_keeps_everything_out(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    into.store.write_bytes(b"no folder")
    with pytest.raises(EntrepotError) as caught:
        into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert not isinstance(caught.value, BugError)
    assert into.rows() == []


def test_a_compressed_package_is_planned_and_applied(tmp_path: Path) -> None:
    file = tmp_path / "office.zip.gz"
    file.write_bytes(gzip.compress(package(tmp_path).read_bytes(), mtime=0))
    into = office(tmp_path / "into")
    into.entrepot.apply(into.entrepot.preview(file, RESTORE).plan_id)
    assert (into.rows(), into.files()) == (ROWS, FILES)


def test_a_record_that_is_corrected_brings_its_file(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    rule = SaidRule(condition="name != 'y.txt'")
    request = replace(RESTORE, errors=Errors.SKIP, rules=(rule,))
    errors = tmp_path / "errors.csv"
    receipt = into.entrepot.bring_in(package(tmp_path), request, errors_to=errors)
    assert set(into.files()) == {"2024/x"}
    text = errors.read_text(encoding="utf-8")
    assert "2,y.txt,2024/y" in text
    errors.write_text(text.replace("2,y.txt", "2,z.txt"), encoding="utf-8")
    into.entrepot.bring_in(errors, ImportRequest(entity="", corrects=receipt.job))
    assert into.files() == FILES


def test_names_in_camel_case_mean_the_same_fields(tmp_path: Path) -> None:
    """What other programs read of our packages is enough: the names of fields are then in the manifest alone."""
    settings = SETTINGS.replace("fields.key", "fields.file_key")
    rename = "ALTER TABLE documents RENAME COLUMN key TO file_key"
    source, into = (
        office(tmp_path / "source", ROWS, FILES, settings=settings),
        office(tmp_path / "into", settings=settings),
    )
    source.execute(rename)
    into.execute(rename)
    said: dict[str, Any] = {"manifest": True, "camel_case": True, "member_format": "json"}
    out = source.entrepot.export(to=tmp_path / "camel.zip", options=ExportOptions(format_options=said)).path
    with zipfile.ZipFile(out) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "datapackage.json"}
    for file in (out, foreign(tmp_path, members)):
        receipt = into.entrepot.bring_in(file, replace(RESTORE, reading=Reading(entity="documents")))
        assert (into.rows(), into.files()) == (ROWS, FILES)
        into.entrepot.undo(receipt.job)


def test_rows_whose_ids_are_given_out_anew_have_their_own_files(tmp_path: Path) -> None:
    """The ids of the package are rows of others here, and some of its keys are theirs, too."""
    mine = [(1, "mine.txt", "2024/x"), (2, "mine too.txt", None)]
    into = office(tmp_path / "into", mine, {"2024/x": b"mine"})
    request = replace(RESTORE, mode=Mode.UPSERT, source="old", files=Files.REWRITE)
    receipt = into.entrepot.bring_in(package(tmp_path), request)
    assert receipt.counts["created"] == 3
    rows = into.rows()
    assert rows[:2] == mine
    assert [(number, name) for number, name, _ in rows[2:]] == [(3, "x.txt"), (4, "y.txt"), (5, None)]
    assert [into.files()[str(key)] for _, _, key in rows[2:4]] == [FILES["2024/x"], FILES["2024/y"]]
    again = into.entrepot.bring_in(tmp_path / "office.zip", request)
    assert again.counts["unchanged"] == 3
    into.entrepot.undo(receipt.job)
    assert (into.rows(), into.files()) == (mine, {"2024/x": b"mine"})


def test_an_id_that_is_the_files_own_says_enough(tmp_path: Path) -> None:
    """Two rows may have one file; its name in the package may be any."""
    settings = SETTINGS.replace('file_name = "name"', 'file_id = "name"')
    into = office(tmp_path / "into", settings=settings)
    said = (("f-1", "k/1"), ("f-2", "k/2"), ("f-1", "k/1"))
    rows = json.dumps([{"id": at, "name": file, "key": key} for at, (file, key) in enumerate(said)])
    members = {"files/f-1/Scan 1.pdf": b"first", "files/f-2/Scan.pdf": b"second"}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    receipt = into.entrepot.bring_in(file, replace(RESTORE, reading=Reading(entity="documents")))
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 2, "there": 1}
    assert into.files() == {"k/1": b"first", "k/2": b"second"}


def test_a_new_version_has_the_file_of_its_record_and_the_old_one_keeps_its_own(tmp_path: Path) -> None:
    settings = f'{SETTINGS}version = {{ field = "version", of = ["name"] }}\n'
    columns = (
        "ALTER TABLE documents ADD COLUMN version integer",
        "CREATE UNIQUE INDEX one ON documents (name, version)",
    )
    source, into = office(tmp_path / "source", files={"v/2": b"two"}), office(tmp_path / "into", files={"v/1": b"one"})
    for place, key in ((source, "v/2"), (into, "v/1")):
        (place.folder / "entrepot.toml").write_text(settings, encoding="utf-8")
        place.execute(*columns, f"INSERT INTO documents VALUES (1, 'plan.txt', '{key}', 1)")
    file = source.entrepot.export("documents", to=tmp_path / "out.zip").path
    request = replace(RESTORE, on_conflict=OnConflict.VERSION, mapping=MappingRequest(ignored=("version",)))
    receipt = into.entrepot.bring_in(file, request)
    assert [(key, version) for _, _, key, version in into.rows()] == [("v/1", 1), ("v/2", 2)]
    assert into.files() == {"v/1": b"one", "v/2": b"two"}
    into.entrepot.undo(receipt.job)
    assert into.files() == {"v/1": b"one"}
