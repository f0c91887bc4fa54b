"""The files that copied rows point to go along, from the store of one database into that of the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from acceptance.attached import FILES, ROWS, TABLE, Office
from acceptance.twins import SETTINGS, Yard, copied
from entrepot import Entrepot
from entrepot.cli import main
from entrepot.model.attachments import Files
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan, ImportRequest

KEPT = """[files.store]
folder = "store"
[entities.documents]
fields.key = { file = "store", file_name = "name" }
"""
APART = SETTINGS.replace('"sqlite:///staging.db"\n', '"sqlite:///staging.db"\nfiles = { store = "there" }\n') + KEPT
OTHER = "CREATE TABLE notes (id integer PRIMARY KEY, document_id integer REFERENCES documents (id))"


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    (tmp_path / "entrepot.toml").write_text(APART, encoding="utf-8")
    made = Yard(tmp_path)
    rows = ", ".join(f"({one}, {text(name)}, {text(key)})" for one, name, key in ROWS)
    made.run("production", TABLE, OTHER, f"INSERT INTO documents VALUES {rows}", "INSERT INTO notes VALUES (1, 2)")
    made.run("staging", TABLE, OTHER)
    Office(tmp_path).put(FILES)
    return made


def text(value: object) -> str:
    return "NULL" if value is None else repr(value)


def there(yard: Yard) -> dict[str, bytes]:
    home = yard.folder / "there"
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


def rows(yard: Yard) -> list[tuple[object, ...]]:
    return yard.rows("SELECT * FROM documents ORDER BY id")


def asked(files: Files) -> BundleRequest:
    return BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT, files=files))


def test_rows_and_files_go_together_and_come_back_together(yard: Yard) -> None:
    receipt = copied(yard)
    assert (rows(yard), there(yard)) == (list(ROWS), FILES)
    again = copied(yard)
    part = next(part for part in again.parts if part.entity == "documents")
    assert part.files is not None
    assert {fate: count for fate, count in part.files.counts.items() if count} == {"there": 2}
    yard.entrepot().undo(receipt.job)
    assert (rows(yard), there(yard)) == ([], {})
    assert Office(yard.folder).files() == FILES


def test_a_plan_has_the_files_as_they_were(yard: Yard) -> None:
    plan = yard.entrepot().preview_copy("documents", source="production")
    assert isinstance(plan, ImportPlan)
    assert plan.file.shown == "documents of production"
    assert there(yard) == {}
    shutil.rmtree(yard.folder / "store")
    yard.run("production", "DELETE FROM notes", "DELETE FROM documents")
    yard.entrepot().apply(plan.plan_id)
    assert (rows(yard), there(yard)) == (list(ROWS), FILES)


def test_what_the_store_lacks_is_told_and_its_row_comes(yard: Yard) -> None:
    (yard.folder / "store" / "2024" / "x").unlink()
    receipt = yard.entrepot().copy("documents", source="production")
    assert isinstance(receipt, ImportReceipt)
    assert (rows(yard), list(there(yard))) == (list(ROWS), ["2024/y"])
    assert any("2024/x" in problem.message or "x.txt" in problem.message for problem in receipt.warnings)


def test_files_get_new_keys_if_somebody_wants_that_also_in_one_place(yard: Yard) -> None:
    (yard.folder / "entrepot.toml").write_text(SETTINGS + KEPT, encoding="utf-8")
    copied(yard, request=asked(Files.REWRITE))
    keys = [str(row[2]) for row in rows(yard) if row[2]]
    assert not set(keys) & set(FILES)
    found = Office(yard.folder).files()
    assert {key: found[key] for key in FILES} == FILES
    assert [found[key] for key in keys] == list(FILES.values())


def test_in_one_place_they_are_there_already(yard: Yard) -> None:
    (yard.folder / "entrepot.toml").write_text(SETTINGS + KEPT, encoding="utf-8")
    receipt = copied(yard)
    assert all(part.files is None for part in receipt.parts)
    yard.entrepot().undo(receipt.job)
    assert (rows(yard), Office(yard.folder).files()) == ([], FILES)


def test_another_file_under_a_key_keeps_all_rows_out_unless_it_stays(yard: Yard) -> None:
    Office(yard.folder).put({"../there/2024/x": b"other"})
    with pytest.raises(InputError) as refused:
        copied(yard)
    assert (refused.value.code, rows(yard), list(there(yard))) == ("files_refused", [], ["2024/x"])
    words = ["copy", "production", "staging", "--yes", "--config", str(yard.folder / "entrepot.toml")]
    assert main([*words, "--files", "ignore"]) == 0
    assert list(there(yard)) == ["2024/x"]
    assert main([*words, "--files", "keep"]) == 0
    assert there(yard) == {**FILES, "2024/x": b"other"}


def test_stores_of_two_databases_do_not_overlap(yard: Yard) -> None:
    settings = APART.replace('"there"', '"store/inside"')
    (yard.folder / "entrepot.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        copied(yard)
    assert refused.value.code == "folders_overlap"
    unknown = APART.replace("store = ", "stroe = ")
    (yard.folder / "entrepot.toml").write_text(unknown, encoding="utf-8")
    with pytest.raises(InputError) as missing:
        Entrepot("staging", config=yard.folder / "entrepot.toml", environment={}).copy(source="production")
    assert "stroe" in missing.value.message
