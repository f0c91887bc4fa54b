"""A large file shows its beginning before all of it was read."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan, ImportRequest
from terminals import on_terminal

ENOUGH = 45_000
"""Records; more than the 4 MB from which a file is large."""
REQUEST = ImportRequest(entity="people")
NOTE = 'say "hi"\nthere, and some words more so that it is long: ' + "x" * 40


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.execute("CREATE TABLE people (id integer PRIMARY KEY, age integer, note text)")
    return tmp_path


def as_csv(number: int, age: object) -> str:
    return f'{number},{age},"{NOTE.replace(chr(34), chr(34) * 2)}"'


def as_json(number: int, age: object) -> str:
    return json.dumps({"id": number, "age": age, "note": NOTE})


def records(made: Callable[[int, object], str], *, wrong: Iterable[int] = ()) -> list[str]:
    return [made(at, "old" if at in wrong else 30) for at in range(1, ENOUGH + 1)]


def previewed(file: Path) -> tuple[list[ImportPlan], ImportPlan]:
    pages: list[ImportPlan] = []
    plan = Entrepot("sqlite:///shop.db").preview(file, REQUEST, first=pages.append)
    return pages, plan


def test_the_first_page_is_right_about_the_first_records_and_is_not_kept(shop: Path) -> None:
    file = shop / "people.csv"
    file.write_text("\n".join(("id,Age,note,shoe", *(f"{line},9" for line in records(as_csv, wrong=(3, 44_000))))))
    (page,), plan = previewed(file)
    assert 1_000 < page.staged.records < 10_000
    assert [(finding.record, finding.code) for finding in page.findings] == [(3, "not_an_integer")]
    assert page.mapping == plan.mapping
    assert page.counts["created"] == page.staged.records - 1
    assert page.plan_id == ""
    assert plan.failed == 2


def test_ndjson_has_a_first_page(shop: Path) -> None:
    file = shop / "people.ndjson"
    file.write_text("\n".join(records(as_json)))
    (page,), plan = previewed(file)
    assert page.errors == plan.errors == 0
    assert plan.staged.records == ENOUGH > page.staged.records > 1_000


def test_small_files_have_none(shop: Path) -> None:
    file = shop / "people.csv"
    file.write_text("id,age,note\n1,2,x\n")
    assert previewed(file)[0] == []


def test_a_document_and_a_packed_file_have_none(shop: Path) -> None:
    document, packed = shop / "people.json", shop / "people.csv.gz"
    document.write_text(f"[{','.join(records(as_json))}]")
    packed.write_bytes(gzip.compress("\n".join(("id,age,note", *records(as_csv))).encode(), 0))
    assert previewed(document)[0] == previewed(packed)[0] == []


def test_what_is_wrong_with_the_beginning_is_said_once_and_of_the_whole(shop: Path) -> None:
    file = shop / "people.csv"
    file.write_text("\n".join(("nothing,known", *(f"{at},{'x' * 200}" for at in range(ENOUGH)))))
    pages: list[ImportPlan] = []
    with pytest.raises(InputError) as caught:
        Entrepot("sqlite:///shop.db").preview(file, REQUEST, first=pages.append)
    assert (caught.value.code, pages) == ("nothing_mapped", [])


def test_a_terminal_shows_it_before_the_whole(shop: Path) -> None:
    file = shop / "people.csv"
    file.write_text("\n".join(("id,age,note", *records(as_csv, wrong=(3,)))))
    command = ("import", "people.csv", "--into", "people", "--db", "sqlite:///shop.db", "--dry-run")
    with on_terminal(*command, folder=shop) as terminal:
        page = terminal.until("What would become of the records")
        assert terminal.ended() == InputError.exit_code
    assert ": the first " in page
    assert "'old' is not a whole number" in page
    assert "45,000 records" in terminal.shown
