"""What the settings say about a field holds for every file that fills it; what is said about one file adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts, found

SETTINGS = """
[entities.users]
fields.email = { rule = "email", transform = ["trim", "lowercase"], aliases = ["e-mail", "mail address"] }
fields.born = { transform = { name = "date", format = "%d.%m.%Y" } }
fields.name = { rule = ["not_blank", { name = "length", argument = "2..10", warning = true }] }
fields.status = { transform = [{ name = "map", values = { n = "new", o = "old" } }], rule = "one_of:new,old" }
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS)


def test_steps_and_rules_of_the_settings_hold_for_every_import(shop: Shop) -> None:
    file = shop.file("id,Mail Address,born,name,status\n1, Ann@X.ORG ,31.12.1999,A,n\n2,nobody,1.1.2000,  ,x\n")
    plan = shop.plan(file, "users")
    assert counts(plan) == {"created": 1, "failed": 1}
    assert found(plan) == [
        (1, "name", "wrong_length", "A"),
        (2, "email", "not_an_email", "nobody"),
        (2, "name", "blank", "  "),
        (2, "born", "not_a_date", "1.1.2000"),
        (2, "status", "not_allowed", "x"),
    ]
    assert plan["warnings"] == 1
    (lowered,) = (change for change in plan["changes"] if (change["field"], change["by"]) == ("email", "lowercase"))
    assert lowered["records"] == 1
    shop.bring(shop.file("id,e-mail,born,status\n1, Ann@X.ORG ,31.12.1999,n\n"), "users")
    assert shop.rows("SELECT id, email, born, status FROM users") == [(1, "ann@x.org", "1999-12-31", "new")]


def test_a_step_for_one_file_goes_first_and_takes_the_place_of_the_same_step(shop: Shop) -> None:
    file = shop.file("id,email,born\n1,<Ann@X.org>,12/31/1999\n")
    arguments = ("--clean", 'email=[{"name": "regex", "pattern": "[<>]"}]', "--clean", "born=date:MM/DD/YYYY")
    shop.bring(file, "users", *arguments)
    assert shop.rows("SELECT email, born FROM users") == [("ann@x.org", "1999-12-31")]


def test_a_rule_for_one_file_adds_to_those_of_the_settings(shop: Shop) -> None:
    file = shop.file("id,email,age\n1,a@x.org,7\n2,b@y.org,130\n3,c,30\n")
    plan = shop.plan(
        file, "users", "--check", "email=pattern:.*@x[.]org", "--check", "age=min:8", "--warn", "age=max:99"
    )
    assert found(plan) == [
        (1, "age", "too_small", "7"),
        (2, "email", "pattern", "b@y.org"),
        (2, "age", "too_large", "130"),
        (3, "email", "not_an_email", "c"),
    ]
    assert (plan["errors"], plan["warnings"]) == (3, 1)


def test_steps_in_one_text_follow_each_other_and_the_last_takes_the_rest_as_its_argument(shop: Shop) -> None:
    file = shop.file('id,status,name\n1, N ,"x, y"\n2,-,"z"\n')
    shop.bring(
        file, "users", "--clean", 'status=trim,lowercase,map:{"n": "new", "-": null}', "--clean", "name=null_if:x, y"
    )
    assert shop.rows("SELECT status, name FROM users") == [("new", None), (None, "z")]


def test_a_default_fills_what_is_empty_also_without_a_column(shop: Shop) -> None:
    file = shop.file("id,name\n1,\n2,Bob\n")
    shop.bring(file, "users", "--default", "name=nobody", "--default", "status=new")
    assert shop.rows("SELECT name, status FROM users") == [("nobody", "new"), ("Bob", "new")]
    assert "the default" in shop.screen("import", file, "--into", "users", "--dry-run", "--default", "status=new")


@pytest.mark.parametrize(
    ("settings", "code", "words"),
    [
        ('fields.email = { rule = "emial" }', "unknown_rule", "Did you mean 'email'?"),
        ('fields.email = { transform = "trimm" }', "unknown_step", "Did you mean 'trim'?"),
        ('fields.email = { transform = { name = "date" } }', "argument_missing", "YYYY"),
        (
            'fields.email = { transform = { name = "date", fromat = "x" } }',
            "unknown_argument",
            "Did you mean 'format'?",
        ),
        ('fields.email = { transform = { format = "x" } }', "missing_key", "step or rule"),
        ('fields.email = { rule = { name = "min", limit = 3 } }', "unknown_key", "argument"),
        ("fields.email = { rule = 5 }", "bad_step_or_rule", "Write"),
        ('fields.email = { rule = { name = "email", warning = "yes" } }', "bad_step_or_rule", "Write"),
        ('fields.email = { ruel = "email" }', "unknown_key", "Did you mean 'rule'?"),
        ('fields.email = { transform = { name = "date", format = "%d.%q.%Y" } }', "bad_argument", "Such as"),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_what_was_meant(
    shop: Shop, settings: str, code: str, words: str
) -> None:
    shop.set(f"[entities.users]\n{settings}\n")
    error = shop.refusal(shop.file("id,email\n1,x\n"), "users")
    assert error["code"] == code
    assert "email" in error["message"]
    assert words in error["remedy"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--clean", "email"), "usage"),
        (("--clean", "email="), "usage"),
        (("--clean", "email={trim"), "usage"),
        (("--clean", "email=trim,,title"), "bad_step_or_rule"),
        (("--clean", "email=trim:3"), "unknown_argument"),
        (("--check", "emial=email"), "unknown_field"),
        (("--check", "email=email:3"), "bad_argument"),
        (("--check", "email=min:3"), "rule_does_not_apply"),
        (("--clean", "status=trim"), "nothing_fills"),
    ],
)
def test_what_was_typed_wrongly_is_refused(shop: Shop, arguments: tuple[str, ...], code: str) -> None:
    assert shop.refusal(shop.file("id,email\n1,x\n"), "users", *arguments)["code"] == code
