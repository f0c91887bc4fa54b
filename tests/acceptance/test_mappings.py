"""How a file went into an entity: remembered for the next one with the same columns, and kept under a name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from acceptance.importing import Shop, counts

HEAD = "nr,Mail,who,Status,junk\n"
SAID = ("--map", "nr=id", "--map", "Mail=email", "--map", "who=name", "--ignore", "junk")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


def mapped(plan: dict[str, Any]) -> dict[str, tuple[list[str], str]]:
    return {one["field"]: (one["columns"], one["how"]) for one in plan["mapping"]["mapped"]}


def test_the_next_file_with_the_same_columns_needs_no_words(shop: Shop) -> None:
    first = shop.file(HEAD + "1,a@x.org,Ann,new,x\n")
    shop.plan(first, "users", *SAID)
    assert "id" not in mapped(shop.plan(first, "users"))  # a preview is no import
    shop.bring(first, "users", *SAID, "--clean", "name=uppercase", "--set", "status=old", "--ignore", "Status")
    second = shop.file("junk,Status,nr,Mail,who\nx,new,2,b@x.org,Bob\n", "second.csv")
    plan = shop.plan(second, "users")
    assert mapped(plan) == {
        "id": (["nr"], "remembered"),
        "email": (["Mail"], "remembered"),
        "name": (["who"], "remembered"),
    }
    assert plan["problems"] == []
    assert "remembered" in shop.screen("import", second, "--into", "users", "--dry-run")
    shop.bring(second, "users")
    assert shop.rows("SELECT id, name, status FROM users") == [(1, "ANN", "old"), (2, "Bob", None)]


def test_what_is_said_goes_before_what_is_remembered(shop: Shop) -> None:
    shop.bring(shop.file(HEAD + "1,a@x.org,Ann,new,x\n"), "users", *SAID)
    plan = shop.plan(shop.file(HEAD + "2,b@x.org,Bob,new,x\n"), "users", "--map", "who=status", "--map", "junk=name")
    found = mapped(plan)
    assert (found["status"], found["name"]) == ((["who"], "said"), (["junk"], "said"))
    assert found["email"] == (["Mail"], "remembered")


def test_an_import_that_failed_and_other_columns_are_not_remembered(shop: Shop) -> None:
    code, _ = shop.run("import", shop.file(HEAD + "x,a@x.org,Ann,new,x\n"), "--into", "users", "--yes", *SAID)
    assert code == 2
    assert shop.run("mapping", "list") == (0, [])
    shop.bring(shop.file(HEAD + "1,a@x.org,Ann,new,x\n"), "users", *SAID)
    assert shop.refusal(shop.file("nr,Mail\n2,b@x.org\n"), "users")["code"] == "nothing_mapped"


def test_a_correction_goes_where_its_import_went_whatever_is_remembered_since(shop: Shop) -> None:
    shop.bring(shop.file(HEAD + "1,a@x.org,Ann,new,x\n"), "users", *SAID)
    failed = shop.folder / "failed.csv"
    partly = shop.file(HEAD + "2,b@x.org,Bob,new,x\n3x,c@x.org,Cy,old,x\n")
    words = ("--into", "users", "--yes", "--errors", "skip", "--errors-file", str(failed))
    code, receipt = shop.run("import", partly, *words)
    assert code == 9
    others = (
        "--map",
        "nr=id",
        "--map",
        "Mail=email",
        "--map",
        "who=status",
        "--map",
        "Status=name",
        "--ignore",
        "junk",
    )
    shop.bring(shop.file(HEAD + "4,d@x.org,new,Dan,x\n"), "users", *others)
    failed.write_text(failed.read_text(encoding="utf-8").replace("3x", "3"), encoding="utf-8")
    code, _ = shop.run("import", str(failed), "--corrects", receipt["job"], "--yes")
    assert code == 0
    assert shop.rows("SELECT id, name, status FROM users WHERE id IN (3, 4)") == [(3, "Cy", "old"), (4, "Dan", "new")]


def test_a_plan_keeps_what_was_remembered_when_it_was_made(shop: Shop) -> None:
    shop.bring(shop.file(HEAD + "1,a@x.org,Ann,new,x\n"), "users", *SAID)
    plan = shop.plan(shop.file(HEAD + "2,b@x.org,Bob,new,x\n"), "users")
    shop.bring(shop.file(HEAD + "3,c@x.org,Cy,new,x\n"), "users", "--map", "nr=id", "--map", "who=email")
    assert shop.run("plan", "apply", plan["plan_id"])[0] == 0
    assert shop.rows("SELECT email, name FROM users ORDER BY id")[1] == ("b@x.org", "Bob")


def test_a_mapping_under_a_name_says_all_of_it_again(shop: Shop) -> None:
    words = (*SAID, "--clean", "email=trim,lowercase", "--set", "age=7", "--check", "email=email")
    receipt = shop.bring(shop.file(HEAD + "1, A@x.org,Ann,new,x\n"), "users", *words, "--save-mapping", "partner")
    assert receipt["mapping"]["mapping"]["fields"]["email"]["columns"] == ["Mail"]
    assert set(receipt["mapping"]["columns"]) == {"nr", "Mail", "who", "Status", "junk"}
    other = shop.file("nr,Mail,who,Status\n2, B@x.org,Bob,new\n3,c,Cy,\n", "other.csv")
    plan = shop.plan(other, "users", "--mapping", "partner", "--check", "name=length:3")
    assert [(f["record"], f["code"]) for f in plan["findings"]] == [(2, "not_an_email"), (2, "wrong_length")]
    shop.bring(shop.file("nr,Mail,who\n2, B@x.org,Bob\n"), "users", "--mapping", "partner", "--set", "age=8")
    assert shop.rows("SELECT email, age FROM users") == [("a@x.org", 7), ("b@x.org", 8)]
    assert shop.refusal(other, "users", "--mapping", "partnr")["remedy"].startswith("Did you mean 'partner'?")


def test_a_mapping_travels_as_a_file(shop: Shop) -> None:
    shop.bring(shop.file(HEAD + "1,a@x.org,Ann,new,x\n"), "users", *SAID, "--save-mapping", "partner")
    _, document = shop.run("mapping", "show", "partner")
    path = shop.folder / "partner.json"
    path.write_text(json.dumps(document))
    shop.run("mapping", "delete", "partner")
    plan = shop.plan(shop.file("nr,Mail,who\n2,b@x.org,Bob\n"), "users", "--mapping", str(path))
    assert mapped(plan)["email"] == (["Mail"], "remembered")
    path.write_text('{"entity": 5}')
    assert shop.refusal(shop.file("nr\n1\n"), "users", "--mapping", str(path))["code"] == "bad_mapping"
    assert shop.refusal(shop.file("nr\n1\n"), "users", "--mapping", "gone.json")["code"] == "no_such_file"


def test_mappings_are_listed_shown_and_deleted(shop: Shop) -> None:
    assert "none yet" in shop.screen("mapping", "list")
    file = shop.file(HEAD + "1,a@x.org,Ann,new,x\n")
    shop.bring(file, "users", *SAID, "--save-mapping", "partner", "--default", "status=old", "--clean", "name=trim")
    shop.bring(shop.file("id,code\n1,x\n", "bookings.csv"), "bookings", "--save-mapping", "partner")
    listed: Any = shop.run("mapping", "list")[1]
    assert sorted((one["name"] or "", one["saved"]["entity"]) for one in listed) == [
        ("", "bookings"),
        ("", "users"),
        ("partner", "bookings"),
        ("partner", "users"),
    ]
    screen = shop.screen("mapping", "list")
    assert "remembered" in screen
    assert "partner" in screen
    code, error = shop.run("mapping", "show", "partner")
    assert (code, error["error"]["code"]) == (2, "ambiguous_mapping")
    screen = shop.screen("mapping", "show", "partner", "--into", "users")
    assert "goes nowhere" in screen
    assert "'old' where it is empty" in screen
    assert shop.run("mapping", "delete", "partner", "--into", "users")[0] == 0
    remembered = next(one["id"] for one in listed if one["name"] is None and one["saved"]["entity"] == "users")
    assert shop.run("mapping", "delete", remembered)[0] == 0
    assert counts(shop.plan(shop.file("id\n5\n", "other.csv"), "users")) == {"created": 1}
    assert "email" not in mapped(shop.plan(file, "users", "--map", "nr=id"))
    assert shop.run("mapping", "show")[0] == 2
    assert shop.run("mapping", "show", "gone")[1]["error"]["code"] == "unknown_mapping"
