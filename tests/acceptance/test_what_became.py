"""What became of plans and jobs: it is said wherever they are shown again, with what can be done about it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.bystanders import Quiet, SystemClock
from entrepot.cli import main
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import InputError, UnavailableError
from entrepot.model.plans import ImportRequest

SHOP = "sqlite:///shop.db"
UPSERT = ("--mode", "upsert")


class Shop:
    """Somebody at a terminal, who cannot be asked."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def said(self, *words: str) -> tuple[int, str]:
        """The exit code, and all that was said, as one line."""
        code = main([*words, "--db", SHOP])
        out, err = self.capsys.readouterr()
        return code, " ".join(f"{out} {err}".split())

    def plan(self, *options: str) -> str:
        main(["import", "users.csv", "--into", "users", "--dry-run", "--json", *options, "--db", SHOP])
        return str(json.loads(self.capsys.readouterr().out)["plan_id"])

    def job(self, *options: str, into: str = "users") -> str:
        main(["import", "users.csv", "--into", into, "--yes", "--json", *options, "--db", SHOP])
        return str(json.loads(self.capsys.readouterr().out)["job"])


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shop:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    changed("CREATE TABLE users (id integer PRIMARY KEY, name varchar(20), age integer)")
    changed("CREATE TABLE words (name varchar(20))")
    changed("INSERT INTO users VALUES (1, 'Ann', 30)")
    given("1,Ann,31", "2,Bob,40")
    return Shop(capsys)


def changed(statement: str) -> None:
    with closing(sqlite3.connect("shop.db", isolation_level=None)) as database:
        database.execute(statement)


def given(*lines: str, header: str = "id,name,age") -> None:
    Path("users.csv").write_text("\n".join((header, *lines, "")), encoding="utf-8")


def test_a_plan_that_was_carried_out_says_so_and_how_to_take_it_back(shop: Shop) -> None:
    plan = shop.plan(*UPSERT)
    assert re.search(
        rf"unless rows have changed since, this does it: entrepot plan apply {plan}", shop.said(*show(plan))[1]
    )
    job = re.findall(r"imp_\w+", shop.said("plan", "apply", plan)[1])[0]
    assert f"It was carried out, as {job}. To take it back: entrepot undo {job}" in shop.said(*show(plan))[1]
    undo = re.findall(r"undo_\w+", shop.said("undo", job, "--yes")[1])[0]
    assert f"It was carried out, as {job}, and taken back, by {undo}." in shop.said(*show(plan))[1]


def show(plan: str) -> tuple[str, ...]:
    return "plan", "show", plan


def test_a_plan_that_is_no_longer_good_says_until_when_it_was(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, now = shop.plan(*UPSERT), SystemClock.now

    def later(clock: SystemClock) -> datetime:
        return now(clock) + timedelta(days=8)

    monkeypatch.setattr(SystemClock, "now", later)
    assert "Nothing was written by it, and it was good until 20" in shop.said(*show(plan))[1]


def test_a_drift_is_told_with_both_counts_the_records_and_the_way_to_look_again(shop: Shop) -> None:
    plan = shop.plan(*UPSERT)
    changed("UPDATE users SET age = 29")
    code, words = shop.said("plan", "apply", plan)
    assert code == 5
    assert "created 1 → 1, updated 1 → 1: other rows, or other values." in words
    assert "record 1: of the row with id 1, age was '30' and is '29' now." in words
    assert "entrepot import users.csv --into users --mode upsert [plan_drifted]" in words
    changed("UPDATE users SET age = 31")
    changed("INSERT INTO users VALUES (2, 'Bo', 40)")
    words = shop.said("plan", "apply", plan)[1]
    assert "created 1 → 0, updated 1 → 1, unchanged 0 → 1." in words
    assert "record 1: the row with id 1 would have changed then, and would not now." in words
    assert "record 2: the row with id 2 would change, which it would not have then." in words


def test_what_fails_by_now_is_told_and_so_is_what_no_longer_does(shop: Shop) -> None:
    plan = shop.plan("--errors", "skip", "--clean", "name=trim")
    changed("DELETE FROM users")
    changed("INSERT INTO users VALUES (2, 'Bo', 40)")
    words = shop.said("plan", "apply", plan)[1]
    assert "created 1 → 1, failed 1 → 1" in words
    assert "record 1: no more since the preview: " in words
    assert "record 2: A row with id '2' exists" in words.replace("id 2 ", "id '2' ")
    assert "--errors skip, with the other options of that preview [plan_drifted]" in words


def test_the_list_says_which_imports_were_taken_back_and_by_what(shop: Shop) -> None:
    job = shop.job(*UPSERT)
    undo = re.findall(r"undo_\w+", shop.said("undo", job, "--yes")[1])[0]
    lines = shop.said("undo")[1]
    assert f"import users completed taken back by {undo}" in lines
    assert f"undo users completed of {job}" in lines


class Breaking(Quiet):
    """The connection is lost before the second batch is committed."""

    def phase(self, words: str) -> None:
        if words == "Committing batch 2":
            raise UnavailableError("connection_lost", "Gone.", remedy="Wait.")


def test_an_interrupted_import_says_how_to_go_on_and_that_an_undo_ends_it(shop: Shop) -> None:
    request = ImportRequest(entity="users", mode=Mode.UPSERT, errors=Errors.SKIP, batch_size=1)
    plan = Entrepot(SHOP).preview("users.csv", request).plan_id
    with pytest.raises(UnavailableError):
        Entrepot(SHOP, reporter=Breaking()).apply(plan)
    words = shop.said("undo")[1]
    job = re.findall(r"imp_\w+", words)[0]
    assert f"not finished its process ended before it was done: entrepot resume {job}" in words
    assert f"Once it is taken back, entrepot resume {job} cannot go on." in shop.said("undo", job, "--dry-run")[1]
    assert f"{job} began to carry it out, and its process ended." in shop.said(*show(plan))[1]


def test_rows_that_nothing_identifies_are_announced_and_no_undo_is_offered(shop: Shop) -> None:
    given("one", "two", header="name")
    words = ("import", "users.csv", "--into", "words")
    assert "'words' has no key, so the rows that an import creates there cannot be found again" in shop.said(*words)[1]
    done = shop.said(*words, "--yes")[1]
    assert "entrepot undo" not in done
    job = re.findall(r"imp_\w+", done)[0]
    undone = shop.said("undo", job, "--yes")[1]
    assert "Nothing was taken back" in undone
    assert "and back" not in undone
    with pytest.raises(InputError) as caught:
        Entrepot(SHOP).preview("users.csv", ImportRequest(entity="words", mode=Mode.UPSERT))
    assert caught.value.remedy == "Name the fields that identify a row: --key FIELD,FIELD."


def test_a_plan_that_would_be_refused_can_be_shown_again_with_everything(shop: Shop) -> None:
    header = "id,name," + ",".join(f"c{at}" for at in range(7))
    changed(
        "CREATE TABLE wide (id integer PRIMARY KEY, name text, " + ", ".join(f"c{at} integer" for at in range(7)) + ")"
    )
    given("1,x," + ",".join(f"no{at}" for at in range(7)), header=header)
    code, words = shop.said("import", "users.csv", "--into", "wide")
    assert code == 2
    (plan,) = re.findall(r"To look at it again: entrepot plan show (plan_\w+)", words)
    assert f"… and 2 more kinds of problems: entrepot plan show {plan} --all" in words
    assert "'no6'" not in words.split("Problems")[1]
    assert "'no6'" in shop.said(*show(plan), "--all")[1].split("Problems")[1]
    assert shop.said("plan", "apply", plan, "--all")[0] == 2


def test_hundreds_of_columns_that_go_nowhere_are_not_all_named(shop: Shop) -> None:
    given("7,x," + ",".join("y" * 99), header="id,name," + ",".join(f"odd{at}" for at in range(98)) + ",agee")
    words = shop.said("import", "users.csv", "--into", "users")[1]
    assert words.index("'agee' goes nowhere; did you mean age") < words.index("'odd0' goes nowhere")
    assert "… and 69 more go nowhere" in words
    done = shop.said("import", "users.csv", "--into", "users", "--yes")[1]
    assert done.count("goes nowhere") <= 30
    code, refused = shop.said("import", "users.csv", "--into", "users", "--ignore", "id", "--ignore", "name")
    assert (code, refused.count("odd")) == (2, 30)
    assert " and 69 more." in refused
