"""Rules of whole rows: said in the settings or for one file, found before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.importing import Shop, counts, found, told

SETTINGS = """
[entities.bookings]
rules = [
  "end_date >= start_date",
  { rule = "price > 0 or code = 'FREE'", warning = true, message = "Nothing is free, but with the code FREE" },
]
fields.code = { name = "voucher" }
"""
HEAD = "id,start_date,end_date,price,code\n"


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, SETTINGS)


def test_a_record_that_breaks_a_rule_stays_out_and_says_which(shop: Shop) -> None:
    text = HEAD + "1,2024-01-02,2024-01-01,5,\n2,2024-01-01,2024-01-01,5,\n3,2024-01-02,2023-12-31,0,x\n"
    plan = shop.plan(shop.file(text), "bookings")
    assert counts(plan) == {"created": 1, "failed": 2}
    values = "end_date: 2024-01-01, start_date: 2024-01-02"
    assert found(plan)[0] == (1, "end_date", "row_rule", values)
    assert plan["findings"][0]["words"] == "'end_date >= start_date' does not hold"
    assert (plan["errors"], plan["warnings"]) == (2, 1)
    assert f"'end_date >= start_date' does not hold: {values}." in told(plan)
    assert "Nothing is free, but with the code FREE: price: 0, code: x." in told(plan)
    assert [(group["code"], group["words"][:12], group["records"]) for group in plan["groups"]["groups"]] == [
        ("row_rule", "'end_date >=", 2),
        ("row_rule", "Nothing is f", 1),
    ]


def test_skipped_records_are_those_that_the_preview_named_and_the_errors_file_has_the_rule(shop: Shop) -> None:
    file = shop.file(HEAD + "1,2024-01-02,2024-01-01,5,\n2,2024-01-01,2024-01-01,5,\n")
    errors = shop.folder / "errors.csv"
    words = ("--yes", "--errors", "skip", "--errors-file", str(errors))
    code, receipt = shop.run("import", file, "--into", "bookings", *words)
    assert code == 9
    assert "'end_date >= start_date' does not hold: end_date: 2024-01-01, start_date" in errors.read_text()
    assert counts(receipt) == {"created": 1, "failed": 1}
    assert shop.rows("SELECT id FROM bookings") == [(2,)]


@pytest.mark.parametrize(
    ("rule", "row", "breaks"),
    [
        ("price > 9", "2024-01-01,2024-01-01,10,a", False),
        ("price > 9", "2024-01-01,2024-01-01,9.00,a", True),
        ("price >= user_id", "2024-01-01,2024-01-01,9.5,a", True),
        ("price != 9", "2024-01-01,2024-01-01,9.00,a", True),
        ("price in (1, 9)", "2024-01-01,2024-01-01,9.00,a", False),
        ("price between 1 and user_id", "2024-01-01,2024-01-01,9.00,a", False),
        ("price > 9", "2024-01-01,2024-01-01,,a", False),
        ("not price > 9", "2024-01-01,2024-01-01,,a", False),
        ("price is not null", "2024-01-01,2024-01-01,,a", True),
        ("price is null or voucher is null", "2024-01-01,2024-01-01,1,a", True),
        ("voucher like 'A_%'", "2024-01-01,2024-01-01,1,A1", False),
        ("voucher like 'A_%'", "2024-01-01,2024-01-01,1,a1", True),
        ("length(voucher) <= 2", "2024-01-01,2024-01-01,1,äöü", True),
        ("voucher in ('a', 'b')", "2024-01-01,2024-01-01,1,c", True),
        ("start_date < '2024-01-01'", "2024-01-01,,1,c", True),
        ("start_date < '2024-01-01'", "0999-01-01,,1,c", False),
        ("voucher = 'it''s'", "2024-01-01,,1,it's", False),
    ],
)
def test_values_are_compared_by_their_types_and_what_is_missing_breaks_nothing(
    shop: Shop, rule: str, row: str, breaks: bool
) -> None:
    file = shop.file(f"id,user_id,start_date,end_date,price,code\n1,10,{row}\n")
    plan = shop.plan(file, "bookings", "--ignore", "end_date", "--rule", rule)
    assert counts(plan) == {"failed" if breaks else "created": 1}


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("end_date >=", "rule_syntax"),
        ("end_date >= strat_date", "unknown_field"),
        ("end_date >= price", "filter_type"),
        ("price > 'x'", "filter_type"),
        ("length(price) < 3", "filter_type"),
        ("length(code) < -3", "filter_type"),
        ("1 = 1; DROP TABLE bookings", "rule_syntax"),
        ("", "rule_syntax"),
    ],
)
def test_a_rule_that_means_nothing_is_refused(shop: Shop, rule: str, code: str) -> None:
    assert shop.refusal(shop.file(HEAD), "bookings", "--rule", rule)["code"] == code
    shop.set(
        f"[entities.bookings]\nrules = [{rule!r}]\n" if "'" not in rule else f'[entities.bookings]\nrules = "{rule}"'
    )
    error = shop.refusal(shop.file(HEAD), "bookings")
    assert error["code"] == code
    assert "entrepot.toml" in error["message"]


def test_a_standing_rule_about_what_the_file_lacks_is_told_and_a_typed_one_is_refused(shop: Shop) -> None:
    file = shop.file("id,end_date\n1,2024-01-01\n")
    plan = shop.plan(file, "bookings")
    assert [(p["code"], p["severity"]) for p in plan["problems"]] == [("rule_not_checked", "warning")]
    assert shop.refusal(file, "bookings", "--rule", "end_date > start_date")["code"] == "nothing_fills"


def test_a_warning_of_a_typed_rule_keeps_nothing_out(shop: Shop) -> None:
    plan = shop.plan(shop.file("id,price\n1,0\n2,1\n"), "bookings", "--warn-rule", "price > 0")
    assert (counts(plan), plan["warnings"]) == ({"created": 2}, 1)


def test_a_row_that_breaks_a_rule_is_no_parent_for_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = "CREATE TABLE parts (id integer PRIMARY KEY, whole integer REFERENCES parts (id), size integer);"
    shop = Shop.opened(tmp_path, capsys, tables=tables)
    plan = shop.plan(shop.file("id,whole,size\n1,,-1\n2,1,1\n"), "parts", "--rule", "size > 0")
    assert [(record, code) for record, _, code, _ in found(plan)] == [(1, "row_rule"), (2, "parent_failed")]


def test_a_plan_made_under_other_rules_is_not_carried_out(shop: Shop) -> None:
    plan = shop.plan(shop.file(HEAD + "1,2024-01-01,2024-01-01,5,\n"), "bookings")
    shop.set('[entities.bookings]\nrules = "price > 4"\n')
    code, document = shop.run("plan", "apply", plan["plan_id"])
    assert (code, document["error"]["code"]) == (5, "plan_drifted")
