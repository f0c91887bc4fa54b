"""What a file could be read as, before anything of it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Reading, SourceTable
from entrepot.model.errors import EntrepotError
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import open_workbench

DOCUMENT = '{"metadata":{"counts":{"users":2}},"entities":{"users":[{"id":1},{"id":2}],"orders":[]}}'


def tables(folder: Path, name: str, text: str) -> list[SourceTable]:
    path = folder / name
    path.write_text(text)
    with open_workbench(folder) as child:
        return list(ImportBench(child).tables(path, Reading()))


def test_a_csv_file_is_one_table_with_the_names_of_its_columns(tmp_path: Path) -> None:
    assert tables(tmp_path, "users.csv", "id;name\n1;Åsa\n") == [SourceTable(name=None, columns=("id", "name"))]


def test_every_list_of_a_document_is_a_table_whose_records_are_counted(tmp_path: Path) -> None:
    found = tables(tmp_path, "all.json", DOCUMENT)
    assert found == [SourceTable(name="users", records=2, declared=2), SourceTable(name="orders", records=0)]


@pytest.mark.parametrize(("name", "text"), [("a.json", '[{"id":1}]'), ("a.ndjson", '{"id":1}\n{"id":2}\n')])
def test_records_without_a_name_around_them_are_one_table(tmp_path: Path, name: str, text: str) -> None:
    assert tables(tmp_path, name, text) == [SourceTable(name=None)]


def test_a_broken_document_holds_no_tables(tmp_path: Path) -> None:
    with pytest.raises(EntrepotError, match="line 1") as caught:
        tables(tmp_path, "broken.json", '{"users":[{"id":1}')
    assert caught.value.code == "broken_json"
