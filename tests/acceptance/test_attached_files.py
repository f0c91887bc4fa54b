"""Files of a package come into the store with the rows that point to them, or neither does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.attached import FILES, RESTORE, REWRITE, ROWS, UPSERT, foreign, office, package
from entrepot import ExportOptions
from entrepot.cli import main
from entrepot.model.attachments import FileFate, Files
from entrepot.model.drafts import Errors, Reading
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest

pytestmark = pytest.mark.usefixtures("forked_workbench")


def test_a_package_brings_its_rows_and_files_into_an_empty_database_and_store(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert into.rows() == ROWS
    assert into.files() == FILES
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 2}
    assert receipt.files.bytes == 2_001_000


def test_a_preview_says_what_would_come_and_writes_nothing(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    plan = into.entrepot.preview(package(tmp_path), RESTORE)
    assert plan.files is not None
    assert (plan.files.counts, plan.files.bytes) == ({"restored": 2}, 2_001_000)
    assert not into.store.exists()
    into.entrepot.apply(plan.plan_id)
    assert into.files() == FILES


def test_an_undo_takes_the_files_away_and_leaves_no_folder(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"2024/z": b"mine"})
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert set(into.files()) == {"2024/x", "2024/y", "2024/z"}
    assert into.entrepot.undo_plan(receipt.job).files == 2
    undo = into.entrepot.undo(receipt.job)
    assert undo.files == 2
    assert into.rows() == []
    assert into.files() == {"2024/z": b"mine"}
    redo = into.entrepot.undo(undo.job)
    assert [problem.code for problem in redo.warnings] == ["files_stay_away"]
    assert into.rows() == ROWS
    fresh = office(tmp_path / "fresh")
    fresh.entrepot.undo(fresh.entrepot.bring_in(tmp_path / "office.zip", RESTORE).job)
    assert fresh.files() == {}


def test_an_undo_leaves_files_that_others_changed_or_refer_to(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    into.put({"2024/y": b"changed"})
    into.execute("INSERT INTO documents VALUES (9, 'mine.txt', '2024/x')")
    into.entrepot.undo(receipt.job)
    assert into.rows() == [(9, "mine.txt", "2024/x")]
    assert into.files() == {"2024/x": FILES["2024/x"], "2024/y": b"changed"}


def test_files_that_are_there_already_are_left_alone_and_survive_an_undo(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"2024/x": FILES["2024/x"]})
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert receipt.files is not None
    assert receipt.files.counts == {"there": 1, "restored": 1}
    into.entrepot.undo(receipt.job)
    assert into.files() == {"2024/x": FILES["2024/x"]}


def test_another_file_under_a_key_keeps_everything_out_and_stays(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"2024/x": b"o" * 1000})
    plan = into.entrepot.preview(package(tmp_path), RESTORE)
    assert plan.blocked
    assert plan.files is not None
    assert [(file.record, file.key, file.fate) for file in plan.files.listed] == [(1, "2024/x", FileFate.CLASH)]
    with pytest.raises(InputError) as caught:
        into.entrepot.apply(plan.plan_id)
    assert caught.value.code == "files_refused"
    assert into.rows() == []
    assert into.files() == {"2024/x": b"o" * 1000}


def test_what_the_store_has_can_be_kept(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"2024/x": b"mine"})
    receipt = into.entrepot.bring_in(package(tmp_path), replace(RESTORE, files=Files.KEEP))
    assert into.rows() == ROWS
    assert into.files() == {**FILES, "2024/x": b"mine"}
    assert [(problem.code, problem.place.record) for problem in receipt.warnings] == [("file_kept", 1)]


def test_new_keys_are_written_into_the_rows_and_are_the_same_every_time(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"2024/x": b"mine"})
    plan = into.entrepot.preview(package(tmp_path), REWRITE)
    into.entrepot.apply(plan.plan_id)
    keys = [str(key) for _, _, key in into.rows() if key]
    assert [key.partition("/")[2] for key in keys] == ["x.txt", "y.txt"]
    assert into.files() == {"2024/x": b"mine", keys[0]: FILES["2024/x"], keys[1]: FILES["2024/y"]}
    again = into.entrepot.bring_in(tmp_path / "office.zip", replace(UPSERT, files=Files.REWRITE))
    assert again.counts["unchanged"] == 3
    assert again.files is not None
    assert again.files.counts == {"there": 2}


def test_files_can_be_left_out(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(package(tmp_path), replace(RESTORE, files=Files.IGNORE))
    assert into.rows() == ROWS
    assert receipt.files is None
    assert not into.store.exists()


def test_a_missing_file_is_a_warning_with_its_row_and_the_row_comes_in(tmp_path: Path) -> None:
    file = package(tmp_path, files={"2024/x": b"x"})
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(file, RESTORE)
    assert into.rows() == ROWS
    assert into.files() == {"2024/x": b"x"}
    found = [(problem.code, problem.place.record, problem.value) for problem in receipt.warnings]
    assert found == [("missing_attachment", 2, "2024/y")]
    assert receipt.files is not None
    assert [(each.name, each.id) for each in receipt.files.listed] == [("y.txt", "2")]


def test_only_files_of_rows_that_come_in_or_are_there_are_restored(tmp_path: Path) -> None:
    """Of rows that are there as the file has them, a file that the store has lost comes back."""
    into = office(tmp_path / "into", [(1, "x.txt", "2024/x"), (2, "other.txt", "2024/y")])
    request = replace(RESTORE, on_conflict=None, decisions={}, errors=Errors.SKIP)
    receipt = into.entrepot.bring_in(package(tmp_path), request)
    assert receipt.counts["failed"] == 2
    assert into.files() == {}
    upserted = into.entrepot.bring_in(tmp_path / "office.zip", UPSERT)
    assert (upserted.counts["unchanged"], upserted.counts["updated"]) == (2, 1)
    assert into.files() == FILES


def test_a_row_that_keeps_its_own_key_gets_no_file(tmp_path: Path) -> None:
    from entrepot.model.drafts import Blank, OnConflict

    into = office(tmp_path / "into", [(1, None, "mine")])
    request = replace(UPSERT, on_conflict=OnConflict.MERGE, blank=Blank.FILL)
    receipt = into.entrepot.bring_in(package(tmp_path), request)
    assert into.rows()[0] == (1, "x.txt", "mine")
    assert set(into.files()) == {"2024/y"}
    assert receipt.files is not None
    assert receipt.files.unused == 1


def test_a_key_that_leads_elsewhere_keeps_everything_out_and_an_empty_one_is_none(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"dir/file": b"mine"})
    rows = '[{"id": 1, "name": "a.txt", "key": "../out"}, {"id": 2, "name": "b.txt", "key": ""}]'
    members = {"files/1/a.txt": b"a", "files/2/b.txt": b"b"}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    request = replace(RESTORE, reading=Reading(entity="documents"))
    with pytest.raises(InputError) as caught:
        into.entrepot.bring_in(file, request)
    assert (caught.value.code, [each.code for each in caught.value.problems]) == ("files_refused", ["unusable_key"])
    assert into.rows() == []
    receipt = into.entrepot.bring_in(file, replace(request, files=Files.REWRITE))
    assert receipt.files is not None
    assert receipt.files.counts == {"restored": 1}
    assert not (tmp_path / "out").exists()


def test_a_key_does_not_lead_out_by_a_link(tmp_path: Path) -> None:
    into = office(tmp_path / "into", files={"dir/file": b"mine"})
    (tmp_path / "outside").mkdir()
    (into.store / "2024").symlink_to(tmp_path / "outside")
    with pytest.raises(InputError):
        into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_package_of_others_names_its_files_by_id_and_name(tmp_path: Path) -> None:
    """Ids are those of rows, so the name must fit, too."""
    rows = '[{"id": 1, "name": "a.txt", "key": "k/1"}, {"id": 2, "name": "b.txt", "key": "k/2"}]'
    members = {"files/1/a.txt": b"first", "files/2/other.txt": b"not mine", "files/9/c.txt": b"nobody's"}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    into = office(tmp_path / "into")
    receipt = into.entrepot.bring_in(file, replace(RESTORE, reading=Reading(entity="documents")))
    assert into.files() == {"k/1": b"first"}
    assert [(problem.code, problem.value) for problem in receipt.warnings] == [("missing_attachment", "k/2")]


def test_two_rows_with_one_key_and_different_files_are_refused(tmp_path: Path) -> None:
    rows = json.dumps([{"id": at, "name": name, "key": "k"} for at, name in ((1, "a"), (2, "b"), (3, "c"))])
    members = {"files/1/a": b"same", "files/2/b": b"same", "files/3/c": b"else"}
    file = foreign(tmp_path, {"manifest.json": "{}", "data/documents.json": rows, **members})
    into = office(tmp_path / "into")
    request = replace(RESTORE, reading=Reading(entity="documents"))
    plan = into.entrepot.preview(file, request)
    assert plan.files is not None
    assert plan.files.counts == {"restored": 1, "there": 1, "clash": 1}
    with pytest.raises(InputError):
        into.entrepot.bring_in(file, request)
    assert into.rows() == []


def test_files_do_not_come_in_batches(tmp_path: Path) -> None:
    into = office(tmp_path / "into")
    request = ImportRequest(entity="documents", errors=Errors.SKIP, batch_size=1)
    with pytest.raises(InputError) as caught:
        into.entrepot.bring_in(package(tmp_path), request)
    assert caught.value.code == "files_in_batches"
    into.entrepot.bring_in(tmp_path / "office.zip", replace(request, files=Files.IGNORE))
    assert into.rows() == ROWS


def test_files_that_no_field_points_to_are_told(tmp_path: Path) -> None:
    into = office(tmp_path / "into", settings='[databases.main]\nurl = "sqlite:///app.db"\n')
    receipt = into.entrepot.bring_in(package(tmp_path), RESTORE)
    assert into.rows() == ROWS
    assert [problem.code for problem in receipt.warnings] == ["files_left_out"]


def test_the_command_line_says_what_becomes_of_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(package(tmp_path, files={"2024/x": b"x"}))
    into = office(tmp_path / "into", files={"2024/x": b"mine"})
    words = ["import", file, "--into", "documents", "--config", str(into.folder / "entrepot.toml")]
    assert main([*words, "--dry-run"]) == InputError.exit_code
    said = capsys.readouterr().out
    assert "1 missing; 1 clashing with what the store has" in said
    assert "✗ record 1, 'x.txt' (1): the store has another file under its key" in said
    assert "files of the package cannot be put where their rows" in said
    assert main([*words, "--yes", "--files", "rewrite", "--json"]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert receipt["files"]["counts"] == {"restored": 1, "missing": 1}
    assert main(["undo", receipt["job"], "--yes", *words[4:]]) == 0
    assert "1 taken out of the store" in capsys.readouterr().out


def test_a_package_without_its_files_brings_the_rows_alone(tmp_path: Path) -> None:
    source, into = office(tmp_path / "source", ROWS, FILES), office(tmp_path / "into")
    options = ExportOptions(format_options={"attachments": "false"})
    made = source.entrepot.export(to=tmp_path / "office.zip", options=options)
    assert made.receipt.warnings == ()
    assert source.entrepot.inspect(made.path).ok
    receipt = into.entrepot.bring_in(made.path, RESTORE)
    assert (into.rows(), receipt.files, into.store.exists()) == (ROWS, None, False)
