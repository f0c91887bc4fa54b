"""`entrepot import` on a terminal: everything needed before deciding, and a question that takes no answer for no."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot import Entrepot
from entrepot.cli.paper import Paper
from entrepot.cli.preview_manner import manner
from entrepot.cli.text import width
from entrepot.model.drafts import Errors
from entrepot.model.estimates import Estimate
from entrepot.model.plans import ImportRequest
from terminals import CTRL_C, CTRL_D, on_terminal

TABLES = """
CREATE TABLE countries (code text PRIMARY KEY);
INSERT INTO countries VALUES ('Germany'), ('France');
CREATE TABLE users (id integer PRIMARY KEY, email varchar(80) NOT NULL, name text, age integer, notice text,
    country text REFERENCES countries (code));
CREATE TABLE seen (id integer);
CREATE TRIGGER users_seen AFTER INSERT ON users BEGIN INSERT INTO seen VALUES (new.id); END;
"""
IMPORT = ("import", "people.csv", "--into", "users", "--mode", "upsert", "--db", "sqlite:///shop.db")
QUESTION = "[n] no: "
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "shop.db")) as database:
        database.executescript(TABLES)
        rows = [(at, f"user{at}@example.org", "Ann", 30, None, "Germany") for at in range(1, 21)]
        database.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?, ?)", rows)
        database.commit()
    return tmp_path


def people(shop: Path, *lines: str, header: str = "id,E-Mail,name,age,country,notes") -> None:
    (shop / "people.csv").write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")


def good(*numbers: int) -> list[str]:
    return [f"{at},user{at}@example.org,Bob,30,Germany,x" for at in numbers]


def stored(shop: Path) -> dict[str, int]:
    with closing(sqlite3.connect(shop / "shop.db")) as database:
        return dict(database.execute("SELECT name, count(*) FROM users GROUP BY name").fetchall())


def plain(shown: str) -> str:
    """Without colours, and without what progress has shown and taken away again."""
    return COLOURS.sub("", re.sub(r"[^\n]*\r\x1b\[2K", "", shown.replace("\r\n", "\n")))


def test_everything_is_shown_before_the_question_and_fits_eighty_columns(shop: Path) -> None:
    people(shop, *good(1, 2, 3, 4, 30, 31), "32,user32@example.org,Cy,007,Germany,x")
    with on_terminal(*IMPORT, folder=shop) as terminal:
        screen = plain(terminal.until(QUESTION))
        terminal.type("n\n")
        assert terminal.ended() == 0
    for words in (
        "people.csv → users",
        "csv, utf-8, between values: comma",
        "change: --encoding --delimiter --quote",
        "E-Mail   email     same words",
        "id (key)",
        "'notes' goes nowhere; did you mean notice",
        "age    form       1  '007'  '7'",
        "users        3        4          0        0       0       7",
        "! age: the zeros in front of '007' are lost.",
        "id 1  record 1",
        "'Ann' → 'Bob'",
        "triggers  ",
        "users_seen",
        "time      ",
        "nobody else can write",
    ):
        assert words in screen, screen
    assert max(width(line) for line in screen.split("\n")) <= 80


@pytest.mark.parametrize(("typed", "done"), [("y\n", True), ("n\n", False), ("\n", False), ("q\n", False)])
def test_only_yes_is_yes(shop: Path, typed: str, done: bool) -> None:
    people(shop, *good(30))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type(typed)
        assert terminal.ended() == 0
        assert ("Nothing was written. The plan is kept" in terminal.shown) is not done
    assert stored(shop).get("Bob", 0) == int(done)


@pytest.mark.parametrize(("asked", "told"), [("p", "problems"), ("d", "changes")])
def test_who_asks_for_more_than_there_is_has_not_said_no(shop: Path, asked: str, told: str) -> None:
    people(shop, *good(30))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type(f"{asked}\n")
        assert f"There are no more {told} to show." in plain(terminal.until(QUESTION))
        terminal.type("y\n")
        assert terminal.ended() == 0
    assert stored(shop)["Bob"] == 1


def test_batches_are_advised_where_they_would_help(shop: Path) -> None:
    people(shop, *good(30))
    (shop / "entrepot.toml").write_text("", encoding="utf-8")
    entrepot = Entrepot(f"sqlite:///{shop / 'shop.db'}", config=shop / "entrepot.toml", environment={})
    seen = entrepot.preview(shop / "people.csv", ImportRequest(entity="users"))
    long = Estimate(seconds=9, locked=8, waiting="they wait", all_wait=True)

    def told(records: int = 10_001, estimate: Estimate = long, **said: object) -> str:
        asked = replace(seen.request, **said)  # type: ignore[arg-type]
        plan = replace(seen, staged=replace(seen.staged, records=records), estimate=estimate, request=asked)
        return "\n".join(manner(plan, Paper(columns=120)))

    assert "or let others in between: --errors skip --batch-size 10000." in told()
    assert "or let others in between: --batch-size 10000." in told(errors=Errors.SKIP)
    assert "nobody else writes." in told(records=10_000)
    batches = told(errors=Errors.SKIP, batch_size=500)
    assert "in transactions of 500 records" in batches
    assert "nobody else writes." in batches
    assert "time      less than a second" in told(estimate=replace(long, seconds=0.5, locked=0.5))


def test_no_answer_is_no(shop: Path) -> None:
    people(shop, *good(30))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type(CTRL_D)
        assert terminal.ended() == 0
        assert "Nothing was written." in terminal.shown
    assert stored(shop) == {"Ann": 20}


def test_an_interrupt_at_the_question_ends_it_and_says_that_nothing_was_written(shop: Path) -> None:
    people(shop, *good(30))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type(CTRL_C)
        assert terminal.ended() == 130
        assert "Stopped at the question: nothing was written." in terminal.shown
    assert stored(shop) == {"Ann": 20}


def test_more_problems_and_more_changes_are_shown_in_pages(shop: Path) -> None:
    wrong = [f"{at},user{at}@example.org,Cy,{at}x,Germany,x" for at in range(40, 47)]
    people(shop, *good(*range(1, 20)), *wrong)
    with on_terminal(*IMPORT, "--errors", "skip", folder=shop) as terminal:
        first = plain(terminal.until(QUESTION))
        assert "and 4 more values, in 4 records" in first
        assert "[y] do it  [p] all problems  [d] 16 more changes  [s] save failures  [n] no" in first
        terminal.type("p\n")
        assert "also '46x': record 26" in plain(terminal.until(QUESTION))
        terminal.type("d\n")
        page = plain(terminal.until(QUESTION))
        assert "id 4  record 4" in page
        assert "id 13  record 13" in page
        assert "[d] 6 more changes" in page
        terminal.type("y\n")
        assert terminal.ended() == 9
    assert stored(shop) == {"Ann": 1, "Bob": 19}


def test_a_plan_that_would_be_refused_can_only_be_looked_at(shop: Path) -> None:
    people(shop, *good(30), "31,user31@example.org,Cy,x,Germany,x")
    with on_terminal(*IMPORT, folder=shop) as terminal:
        assert "[y]" not in terminal.until(QUESTION)
        terminal.type("y\n")
        assert terminal.ended() == 2
        assert "Nothing would be written: one bad record keeps all others out." in plain(terminal.shown)
    assert stored(shop) == {"Ann": 20}


def test_the_records_that_fail_can_be_saved_at_the_question(shop: Path) -> None:
    people(shop, *good(30), "31,user31@example.org,Cy,x,Germany,x")
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type("s\n")
        assert terminal.ended() == 2
    (file,) = set(re.findall(r"The records that fail are in (\S+)\.\n", plain(terminal.shown)))
    assert "31,user31@example.org,Cy,x,Germany,x" in (shop / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_a_terminal_without_colours_gets_none(shop: Path, environment: dict[str, str]) -> None:
    people(shop, *good(1, 30))
    with on_terminal(*IMPORT, folder=shop, environment=environment) as terminal:
        assert not COLOURS.search(terminal.until(QUESTION))


def test_a_terminal_that_knows_ascii_only_gets_nothing_else(shop: Path) -> None:
    people(shop, "1,user1@example.org,Zoë,30,Germany,x")
    with on_terminal(*IMPORT, folder=shop, environment={"LANG": "C"}) as terminal:
        screen = terminal.until(QUESTION)
    assert screen.isascii()
    assert "people.csv -> users" in plain(screen)
    assert "'Ann' -> 'Zo\\xeb'" in plain(screen)


def test_values_cannot_write_over_the_screen(shop: Path) -> None:
    people(
        shop,
        '1,user1@example.org,"\x1b[2Jgone\nnext",30,Germany,x',
        "2,user2@example.org,\u202eolleh,x\x1b]0;t\x07,Germany,",
    )
    with on_terminal(*IMPORT, "--errors", "skip", folder=shop) as terminal:
        screen = terminal.until(QUESTION)
    assert r"'\x1b[2Jgone\nnext'" in plain(screen)
    assert r"'x\x1b]0;t\x07'" in plain(screen)
    assert "\x1b[2J" not in screen
    assert "\x07" not in screen
    assert "\u202e" not in screen


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_wide_and_long_values_keep_to_the_screen(shop: Path, columns: int) -> None:
    long = "日本語" * 100
    people(shop, f"1,user1@example.org,{long},30,{long},{long}", header=f"id,E-Mail,name,age,country,{long}")
    with on_terminal(*IMPORT, "--errors", "skip", folder=shop, columns=columns) as terminal:
        screen = plain(terminal.until(QUESTION))
    assert max(width(line) for line in screen.split("\n")) <= columns


def test_what_was_probably_meant_stands_under_what_is_wrong(shop: Path) -> None:
    people(shop, *(f"{at},user{at}@example.org,Cy,3,Germny,x" for at in (40, 41)))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
    assert "records 1-2 (2 in all, first on line 2)\n      did you mean 'Germany'?\n" in plain(terminal.shown)


def test_an_import_and_its_undo_say_what_they_did(shop: Path) -> None:
    people(shop, *good(1, 30))
    with on_terminal(*IMPORT, folder=shop) as terminal:
        terminal.until(QUESTION)
        terminal.type("y\n")
        assert terminal.ended() == 0
    receipt = plain(terminal.shown[terminal.seen :])
    assert "users        1        1          0        0       0       2" in receipt
    job = re.findall(r"entrepot undo (imp_\w+)", receipt)[0]
    undo = ("undo", job, "--db", "sqlite:///shop.db")
    with on_terminal(*undo, folder=shop) as terminal:
        terminal.until("[y/N] ")
        terminal.type(CTRL_C)
        assert terminal.ended() == 130
    assert stored(shop)["Bob"] == 2
    with on_terminal(*undo, folder=shop) as terminal:
        screen = plain(terminal.until("[y/N] "))
        assert "name  'Bob' → 'Ann'" in screen
        terminal.type("y\n")
        assert terminal.ended() == 0
    assert "1  get their old values back" in plain(terminal.shown[terminal.seen :])
    assert stored(shop) == {"Ann": 20}


def test_without_a_terminal_nobody_is_asked(shop: Path) -> None:
    people(shop, *good(1, 30))
    ran = subprocess.run(
        [sys.executable, "-m", "entrepot", *IMPORT], cwd=shop, capture_output=True, input="y\n", text=True, check=False
    )
    assert ran.returncode == 0
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "Nothing was written yet. To do it: entrepot plan apply plan_" in ran.stdout.replace("\n", " ")
    assert stored(shop) == {"Ann": 20}


def test_a_program_learns_from_the_plan_that_it_would_be_refused(shop: Path) -> None:
    people(shop, "31,user31@example.org,Cy,x,Germany,x")
    ran = subprocess.run(
        [sys.executable, "-m", "entrepot", *IMPORT, "--json"], cwd=shop, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (2, "")
    plan = json.loads(ran.stdout)
    assert plan["blocked"] is True
    assert [group["message"] for group in plan["groups"]["groups"]] == ["age: 'x' is not a whole number."]


def test_progress_fits_one_line_and_is_gone_before_the_preview(shop: Path) -> None:
    people(shop, *good(30))
    (shop / "people.csv").rename(shop / f"{'long' * 50}.csv")
    arguments = (f"{'long' * 50}.csv", *IMPORT[2:])
    with on_terminal("import", *arguments, folder=shop) as terminal:
        progress, screen = terminal.until("\x1b[1m"), terminal.until(QUESTION)
    assert "Reading long" in progress
    assert all(len(line) < 80 for line in progress.replace("\r", "\x1b[2K").split("\x1b[2K"))
    assert progress.endswith("\r\x1b[2K\x1b[1m")
    assert "\x1b[2K" not in screen


def test_a_dumb_terminal_gets_plain_lines(shop: Path) -> None:
    people(shop, *good(30))
    with on_terminal(*IMPORT, folder=shop, environment={"TERM": "dumb"}) as terminal:
        shown = terminal.until(QUESTION)
    assert "Reading people.csv\r\n" in shown
    assert "\x1b" not in shown
