"""What a terminal says where something is wrong: once, as a sentence, and with advice that leads on."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop
from entrepot.cli import main


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


def complaint(shop: Shop, *words: str) -> str:
    """What a person reads who is refused."""
    shop.capsys.readouterr()
    assert main([*words, "--config", str(shop.folder / "entrepot.toml")]) == 2
    return shop.capsys.readouterr().err


def problems(shop: Shop, file: str, *words: str) -> list[str]:
    """Of records."""
    told = shop.plan(file, "users", *words)["problems"]
    return [f"{problem['message']} {problem['remedy']}" for problem in told if problem["place"]["record"]]


def test_a_rule_that_does_not_parse_is_pointed_at_on_lines_of_its_own(shop: Shop) -> None:
    said = complaint(shop, "import", shop.file("id\n1\n"), "--into", "users", "--dry-run", "--rule", "foo > ")
    assert "\\n" not in said
    _, shown, sign, *_ = said[said.index("Error:") :].split("\n")
    assert shown.rstrip() == "  foo >"
    assert sign.strip() == "^"


def test_a_value_in_an_error_cannot_break_its_line(shop: Shop) -> None:
    said = complaint(shop, "import", shop.file("id\n1\n"), "--into", "us\n  [ok]\ners", "--dry-run")
    assert "us\\n  [ok]\\ners" in said


@pytest.mark.parametrize(
    ("name", "text", "fact", "remedy"),
    [
        ("in.csv", 'id,name\n1,"Ann\n', "A quote is never closed", "--quote none"),
        ("in.json", '[{"id": 1', "it breaks off here", "undamaged copy"),
    ],
)
def test_a_fault_of_the_whole_file_is_told_once(shop: Shop, name: str, text: str, fact: str, remedy: str) -> None:
    said = complaint(shop, "import", shop.file(text, name), "--into", "users", "--dry-run")
    assert (said.count(fact), said.count(remedy)) == (1, 1)
    assert "line " in said


def test_one_entity_for_a_whole_folder_says_too_little(shop: Shop) -> None:
    refusal = shop.refusal(str(shop.folder), "users")
    assert refusal["message"] == "--into users does not say which of several tables goes there."


def test_what_keeps_a_record_from_being_read_is_a_sentence(shop: Shop) -> None:
    (few,) = problems(shop, shop.file("id,name,age\n1,Ann\n2,Bob,3\n"))
    assert few.startswith("The record has fewer values (2) than the table has columns. ")
    (broken,) = problems(shop, shop.file('{"id": 1}\n{"id": 2\n', "in.ndjson"))
    assert broken.startswith("The line is no JSON at column 9: it breaks off here. ")


def test_a_value_beyond_a_limit_is_told_the_limit(shop: Shop) -> None:
    file = shop.file("id,age,born\n1,20,1990-01-02\n")
    found = problems(shop, file, "--check", "age=max:18", "--check", "born=min:2000-01-01")
    assert found == [
        "age: '20' is more than 18. Correct it.",
        "born: '1990-01-02' is earlier than 2000-01-01. Correct it.",
    ]
    both = problems(shop, file, "--check", "age=max:18", "--warn", "age=max:10")
    assert both == ["age: '20' is too large. Correct it."] * 2
    refusal = complaint(shop, "import", file, "--into", "users", "--yes", "--check", "age=max:18")
    assert "1 of 1 record cannot be imported" in refusal


def test_advice_is_not_what_was_already_asked_for(shop: Shop) -> None:
    file = shop.file("id,name\n1,Ann\n")
    shop.bring(file, "users")
    changed = shop.file("id,name\n1,Bob\n", "changed.csv")
    (taken,) = problems(shop, changed, "--mode", "upsert", "--on-conflict", "fail")
    assert taken == "A row with id '1' exists. Use --on-conflict overwrite or merge, or skip."
    (exists,) = problems(shop, changed)
    assert "--mode upsert" in exists
    none = shop.refusal(file, "users", "--batch-size", "0", "--errors", "skip")
    assert none["code"] == "no_batches"
    assert none["remedy"] == "Say how many records a batch has, such as --batch-size 10000."


def test_the_exclusive_lane_is_refused_before_the_file_is_looked_at(shop: Shop) -> None:
    assert shop.refusal("nobody.csv", "users", "--exclusive")["code"] == "no_exclusive_lane"


@pytest.mark.parametrize(
    ("short", "meant"), [("--dry", "--dry-run"), ("--on-conf", "--on-conflict"), ("--js", "--json")]
)
def test_options_are_not_guessed_from_their_beginnings(shop: Shop, short: str, meant: str) -> None:
    said = complaint(shop, "import", shop.file("id\n1\n"), "--into", "users", short)
    assert f"Did you mean '{meant}'?" in said
