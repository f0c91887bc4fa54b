"""What is said about a file goes before what is found by looking at it, and refusals name the option that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts

NAMES = "SELECT name FROM users ORDER BY id"
ALIKE = "name\nname\nAnn\n"
"""Nobody can see that the first record holds names."""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


@pytest.mark.parametrize(
    ("text", "said", "name"),
    [
        ('id,name\n1,"Ann"\n', ("--quote", "none"), '"Ann"'),
        ("id,name\n1,'Ann, Bob'\n", ("--quote", "'"), "Ann, Bob"),
        ("a,b\nid,name\n1,Ann\n", ("--skip-lines", "1"), "Ann"),
    ],
    ids=["no quotes", "another quote", "a line in front of the names"],
)
def test_the_quote_and_the_lines_in_front_can_be_said(shop: Shop, text: str, said: tuple[str, ...], name: str) -> None:
    shop.bring(shop.file(text), "users", *said)
    assert shop.rows(NAMES) == [(name,)]


def test_that_there_is_a_header_can_be_said_and_a_refusal_says_how(shop: Shop) -> None:
    file = shop.file(ALIKE)
    refusal = shop.refusal(file, "users")
    assert refusal["code"] == "nothing_mapped"
    assert "read without a header" in refusal["message"]
    assert "--header" in refusal["remedy"]
    assert '--map "column 1=id"' in refusal["remedy"]
    assert counts(shop.plan(file, "users", "--map", "column 1=name")) == {"created": 3}
    shop.bring(file, "users", "--header")
    assert shop.rows(NAMES) == [("name",), ("Ann",)]


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        (("--quote", "''"), "invalid_quote", "--quote none"),
        (("--delimiter", ";;"), "invalid_delimiter", "--delimiter ';'"),
        (("--skip-lines", "-1"), "invalid_skip_lines", "--skip-lines 0"),
        (("--header", "--no-header"), "usage", "--help"),
    ],
)
def test_what_cannot_be_said_of_a_file_is_refused(shop: Shop, said: tuple[str, ...], code: str, words: str) -> None:
    refusal = shop.refusal(shop.file("id,name\n1,Ann\n"), "users", *said)
    assert refusal["code"] == code
    assert words in refusal["remedy"]


def test_what_was_guessed_names_the_option_that_says_otherwise(shop: Shop) -> None:
    plan = shop.plan(shop.file('id,name\n1,5" pipe\n2, "Ann"\n'), "users")
    remedies = {problem["code"]: (problem["message"], problem["remedy"]) for problem in plan["problems"]}
    message, remedy = remedies["stray_quotes"]
    assert "(once)" in message
    assert "--quote none" in remedy
    assert "--quote none" in remedies["space_before_quote"][1]


def test_the_preview_names_the_options_that_change_how_a_file_is_read(shop: Shop) -> None:
    file = shop.file("id,name\n1,Ann\n")
    words = ("import", file, "--into", "users", "--dry-run")
    assert "change: --encoding --delimiter --quote --no-header\n" in shop.screen(*words)
    assert "change: --skip-lines --delimiter --quote --header\n" in shop.screen(
        *words, "--no-header", "--skip-lines", "1", "--map", "column 1=id"
    )


def test_a_refused_mapping_says_which_columns_were_probably_meant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = "CREATE TABLE people (id integer PRIMARY KEY, full_name text NOT NULL, email text);"
    shop = Shop.opened(tmp_path, capsys, tables=tables)
    lost = shop.refusal(shop.file("emial\nann@example.org\n"), "people")
    assert lost["code"] == "nothing_mapped"
    assert lost["remedy"].startswith('Did you mean --map "emial=email"? ')
    lacking = shop.refusal(shop.file("id,Name\n1,Ann\n"), "people")
    assert lacking["code"] == "field_not_filled"
    assert lacking["remedy"].startswith('Did you mean --map "Name=full_name"? ')
