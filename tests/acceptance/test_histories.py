"""The history of one thing is listed, with what changed and which import did it; an old version becomes the newest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.chronicle import CASES, SQLITE, VERSIONS, Chronicle, counted, opened
from contract.databases.case import EngineCase
from entrepot.cli import main
from entrepot.model.errors import EntrepotError
from entrepot.model.versions import CellChange

ADA = ((1, "ada", 1, "Ada", "Rome", False), (2, "ada", 2, "Ada L", None, True), (3, "bob", 1, "Bob", "Oslo", True))
FILE = "slug,name\nada,\n"


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """What becomes of them matters, not how quickly."""


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chronicle]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.fill(*ADA)
        yield found


@pytest.fixture(params=(SQLITE,))
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chronicle]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.fill(*ADA, notes=[(1, 2, None)])
        yield found


def test_a_history_says_what_changed_and_which_import_did_it(each: Chronicle) -> None:
    done = each.entrepot().bring_in(each.file(FILE), VERSIONS)
    found = each.entrepot().versions("people", "ada")
    assert (found.entity, found.of) == ("people", {"slug": "ada"})
    assert [(one.number, one.current, one.job) for one in found.versions] == [
        (3, True, done.job),
        (2, False, None),
        (1, False, None),
    ]
    assert found.versions[0].changes == (CellChange(field="name", before="Ada L", after=None),)
    assert found.versions[1].changes == (
        CellChange(field="name", before="Ada", after="Ada L"),
        CellChange(field="town", before="Rome", after=None),
    )
    assert found.versions[2].changes == ()


def test_an_old_version_becomes_the_newest_as_a_new_row_and_an_undo_takes_it_back(each: Chronicle) -> None:
    entrepot, before = each.entrepot(), each.people()
    plan = entrepot.preview_version("people", "ada", number=1)
    assert counted(plan.counts) == {"versioned": 1}
    assert each.people() == before
    done = entrepot.apply(plan.plan_id)
    assert each.people()[:3] == [
        ("ada", 1, "Ada", "Rome", False),
        ("ada", 2, "Ada L", None, False),
        ("ada", 3, "Ada", "Rome", True),
    ]
    assert entrepot.versions("people", "ada").versions[0].job == done.job
    entrepot.undo(done.job)
    assert each.people() == before


def test_the_newest_version_is_not_made_again(here: Chronicle) -> None:
    assert counted(here.entrepot().preview_version("people", "ada", number=2).counts) == {"unchanged": 1}


@pytest.mark.parametrize("text", ["", "say \"x\", 'y'", "two\nlines", " blanks ", "ñ 家", "NULL", "\\N"])
def test_texts_come_back_as_they_were(here: Chronicle, text: str) -> None:
    here.fill((1, "a,b", 1, "other", "t", True))
    here.place.execute("UPDATE people SET name = '{}'".format(text.replace("'", "''")))
    here.entrepot().bring_in(here.file('slug,name\n"a,b",changed\n'), VERSIONS)
    entrepot = here.entrepot()
    entrepot.apply(entrepot.preview_version("people", "a,b", number=1).plan_id)
    assert [row[2] for row in here.people()] == [text, "changed", text]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("people", "zoe"), "no_such_row"),
        (("people", "ada", "x"), "versions_key"),
        (("notes", "1"), "no_versions"),
        (("peple", "ada"), "unknown_entity"),
    ],
)
def test_what_has_no_history_is_told(here: Chronicle, words: tuple[str, ...], code: str) -> None:
    with pytest.raises(EntrepotError) as raised:
        here.entrepot().versions(*words)
    assert (raised.value.code, bool(raised.value.remedy)) == (code, True)


def test_a_version_that_is_not_there_is_told_with_those_that_are(here: Chronicle) -> None:
    with pytest.raises(EntrepotError) as raised:
        here.entrepot().preview_version("people", "ada", number=7)
    assert (raised.value.code, raised.value.remedy) == ("no_such_version", "Its versions are: 2, 1.")


def test_the_command_lists_and_restores(here: Chronicle, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--db", here.place.url, "--config", str(here.folder / "entrepot.toml")]
    assert main(["versions", "people", "ada", *where]) == 0
    shown = capsys.readouterr().out
    assert "Version 2  the newest" in shown
    assert "'Ada L'" in shown
    assert main(["versions", "people", "ada", "--restore", "1", "--dry-run", *where]) == 0
    assert len(here.people()) == 3
    assert main(["versions", "people", "ada", "--restore", "1", "--yes", "--json", *where]) == 0
    assert here.people()[2] == ("ada", 3, "Ada", "Rome", True)


def test_what_is_no_value_of_the_key_has_no_history(each: Chronicle) -> None:
    each.place.execute("CREATE TABLE pages (no integer NOT NULL, version integer NOT NULL, PRIMARY KEY (no, version))")
    settings = '[entities.pages]\nversion = { field = "version", of = ["no"] }\n'
    (each.folder / "entrepot.toml").write_text(settings, encoding="utf-8")
    with pytest.raises(EntrepotError) as raised:
        each.entrepot().versions("pages", "x")
    assert raised.value.code == "no_such_row"
