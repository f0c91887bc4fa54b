"""Rules of the application in Python: on batches of good records, counted like everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts, found, told

RULES = """
from entrepot.model.rules import RowFinding

SEEN = []

def check_users(batch):
    SEEN.append(batch.num_rows)
    emails, records = batch.column("email").to_pylist(), batch.column("record").to_pylist()
    for row, email in enumerate(emails):
        if email is not None and email.endswith("@spam.org"):
            yield RowFinding(row=row, field="email", code="spam", message="Nobody writes\\nfrom there.")
        if email == "":
            yield RowFinding(row=row, message=f"Record {records[row]} is empty", warning=True)

def fails(batch):
    raise KeyError("no such table")

def strange(batch):
    return [{"row": 1}]

def beyond(batch):
    yield RowFinding(row=batch.num_rows, message="x")

def unknown_field(batch):
    yield RowFinding(row=0, field="emial", message="x")

def bad_code(batch):
    yield RowFinding(row=0, code="Bad Code", message="x")

def whole(batch):
    yield RowFinding(row=0, message="{field} 100 % 'odd', \\"quoted\\"")

NOT_ONE = 5
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shop:
    (tmp_path / f"rules_of_{tmp_path.name}.py").write_text(RULES)
    monkeypatch.syspath_prepend(str(tmp_path))
    shop = Shop.opened(tmp_path, capsys)
    rules(shop, "check_users")
    return shop


def rules(shop: Shop, *names: str) -> None:
    listed = ", ".join(f'"rules_of_{shop.folder.name}:{name}"' for name in names)
    shop.set(f"[entities.users]\npython_rules = [{listed}]\nfields.email = {{ rule = 'email' }}\n")


def test_what_a_rule_in_python_finds_counts_like_everything_else(shop: Shop) -> None:
    file = shop.file('id,email\n1,a@x.org\n2,b@spam.org\n3,x\n4,""\n5,"c@spam.org"\n')
    shop.set(
        f'[entities.users]\npython_rules = "rules_of_{shop.folder.name}:check_users"\n'
        'fields.email = { rule = "pattern:.*@.*|" }\n'
    )
    plan = shop.plan(file, "users")
    assert counts(plan) == {"created": 2, "failed": 3}
    assert found(plan) == [
        (2, "email", "spam", "b@spam.org"),
        (3, "email", "pattern", "x"),
        (4, None, "python_rule", None),
        (5, "email", "spam", "c@spam.org"),
    ]
    assert (plan["errors"], plan["warnings"]) == (3, 1)
    assert told(plan)[0] == "Nobody writes from there."
    errors = shop.folder / "errors.csv"
    words = ("--yes", "--errors", "skip", "--errors-file", str(errors))
    assert shop.run("import", file, "--into", "users", *words)[0] == 9
    assert "Nobody writes from there." in errors.read_text()
    assert shop.rows("SELECT id FROM users") == [(1,), (4,)]


def test_a_finding_about_the_whole_record_keeps_it_out_whatever_its_words(shop: Shop) -> None:
    rules(shop, "whole")
    plan = shop.plan(shop.file("id\n1\n2\n"), "users")
    assert counts(plan) == {"created": 1, "failed": 1}
    assert found(plan) == [(1, None, "python_rule", None)]
    assert told(plan) == ["{field} 100 % 'odd', \"quoted\"."]
    assert plan["groups"]["groups"][0]["message"] == told(plan)[0]


def test_many_records_come_in_several_batches(shop: Shop) -> None:
    lines = "".join(f"{n},{'x' * 60}@{'spam' if n % 1000 == 0 else 'good'}.org\n" for n in range(1, 30_001))
    plan = shop.plan(shop.file(f"id,email\n{lines}"), "users", "--errors", "skip")
    assert counts(plan) == {"created": 29_970, "failed": 30}
    assert [f["record"] for f in plan["findings"]] == list(range(1000, 30_001, 1000))
    module = __import__(f"rules_of_{shop.folder.name}")
    assert sum(module.SEEN) == 30_000
    assert len(module.SEEN) > 1


@pytest.mark.parametrize(
    ("rule", "code", "words"),
    [
        ("fails", "python_rule_failed", "KeyError: 'no such table'"),
        ("strange", "python_rule_failed", "gave back a dict"),
        ("beyond", "python_rule_failed", "row 1"),
        ("bad_code", "python_rule_failed", "Bad Code"),
        ("NOT_ONE", "python_rule_failed", "is a int"),
        ("missing", "python_rule_failed", "cannot be loaded"),
        ("unknown_field", "unknown_field", "emial"),
    ],
)
def test_a_rule_that_is_broken_is_one_error_that_names_it(shop: Shop, rule: str, code: str, words: str) -> None:
    rules(shop, rule)
    error = shop.refusal(shop.file("id,email\n1,a@x.org\n"), "users")
    assert error["code"] == code
    assert f"rules_of_{shop.folder.name}:{rule}" in error["message"]
    assert words in error["message"]
    assert shop.rows("SELECT * FROM users") == []


def test_an_entry_point_that_nobody_brings_is_named(shop: Shop) -> None:
    shop.set('[entities.users]\npython_rules = "check_users"\n')
    assert shop.refusal(shop.file("id\n1\n"), "users")["code"] == "unknown_python_rule"
