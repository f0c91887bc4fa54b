"""Several files that are refused: before anything is done, and nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.market import SKIPPING, UPSERT, Market, opened
from contract.databases import sqlite_case
from entrepot import Entrepot
from entrepot.model.errors import EntrepotError, StorageError


@pytest.fixture
def stall(request: pytest.FixtureRequest, tmp_path: Path, forked_workbench: None) -> Iterator[Market]:
    with opened(sqlite_case.CASE, request, tmp_path) as found:
        environment = {"ENTREPOT_STATE": str(tmp_path / "state")}
        known = Entrepot(found.place.url, config=tmp_path / "entrepot.toml", environment=environment)
        yield replace(found, entrepot=known)


def kept(stall: Market) -> list[str]:
    return [path.name for path in (stall.folder / "state" / "artifacts").iterdir()]


def test_an_errors_file_that_is_there_already_is_told_before_anything_is_done(stall: Market) -> None:
    files = stall.files(orders="id,customer_code,placed\n10,ann,never\n")
    folder = stall.folder / "failed"
    folder.mkdir()
    (folder / "order lines.failed.csv").write_text("an earlier one", encoding="utf-8")
    before = stall.counts()
    with pytest.raises(StorageError) as caught:
        stall.entrepot.bring_in(files, SKIPPING, errors_to=folder)
    assert (caught.value.code, stall.counts()) == ("target_exists", before)
    assert [path.name for path in folder.iterdir()] == ["order lines.failed.csv"]


def test_copies_of_files_that_are_refused_are_not_kept(stall: Market) -> None:
    """One that nobody can read, one that goes nowhere, and an entity that there is not."""
    files = stall.files()
    (stall.folder / "broken.json").write_text("[{", encoding="utf-8")
    (stall.folder / "strange.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    nowhere = replace(UPSERT, into={"strange.csv": "nothing"})
    for more, asked in (("broken.json", UPSERT), ("strange.csv", UPSERT), ("strange.csv", nowhere)):
        with pytest.raises(EntrepotError):
            stall.entrepot.preview([*files, stall.folder / more], asked)
        assert kept(stall) == []
    stall.preview(files)
    assert len(kept(stall)) == len(files)
