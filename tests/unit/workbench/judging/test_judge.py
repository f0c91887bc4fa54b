"""The table that a judgement leaves behind, exact counts, and findings one by one and together."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from entrepot.model.drafts import FieldCount, Finding, TargetField
from entrepot.model.judgements import Group
from entrepot.model.rules import Rule
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.changes import changes
from entrepot.workbench.judging.grouping import FINDINGS, grouped
from entrepot.workbench.judging.judge import findings, judge
from entrepot.workbench.source import Database
from unit.workbench.judging.tables import TEXT, field, stage, stage_texts, step, values, verdicts

WHOLE = LogicalType(kind=Kind.INTEGER, bits=32)
COUNTRY = LogicalType(kind=Kind.ENUM, values=("Germany", "France"))
AGE = TargetField(name="age", type=WHOLE, sources=(0,), required=True)
HOME = TargetField(name="home", type=COUNTRY, sources=(1,))


def rows(database: Database, columns: str) -> list[tuple[object, ...]]:
    return database.connection.execute(f"SELECT {columns} FROM judged ORDER BY record").fetchall()


def groups(database: Database, *fields: TargetField) -> tuple[Group, ...]:
    return grouped(database, fields, FINDINGS, offset=0, most=9, values=9).groups


def test_every_record_is_judged_good_or_bad(database: Database) -> None:
    stage(database, [("1", "Germany"), ("x", "France"), ("007", "Germny"), (None, None)])
    judge(database, (AGE, HOME))
    assert rows(database, "record, f0, f1, e0, e1, w0, w1") == [
        (1, "1", "Germany", None, None, None, None),
        (2, None, "France", "not_an_integer", None, None, None),
        (3, "7", None, None, "unknown_label", "leading_zeros", None),
        (4, None, None, "required", None, None, None),
    ]


@pytest.mark.parametrize("odd", [0, 1, 3, 4])
def test_it_makes_no_difference_how_many_records_are_odd(database: Database, odd: int) -> None:
    """Few are laid over the file, many become a table of their own."""
    stage(database, [("x" if at < odd else str(at), "Germany") for at in range(4)])
    judge(database, (AGE, HOME))
    assert rows(database, "f0, f1, e0") == [
        (None, "Germany", "not_an_integer") if at < odd else (str(at), "Germany", None) for at in range(4)
    ]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_what_is_laid_over_the_file_is_what_was_calculated(database: Database, share: float) -> None:
    """Whatever the reason why a record is odd: a step, a form, a default, a gap, an error or a warning."""
    chance = Random(5)
    texts = ["7", "007", "x", " 7", "", None, "99"]
    rows_given = [[chance.choice(texts) if chance.random() < share else "8" for _ in range(3)] for _ in range(300)]
    stage(database, rows_given, absent=[(at, at % 3) for at in range(1, 300, 50)])
    fields = (
        replace(AGE, sources=(0,)),
        TargetField(name="trimmed", type=WHOLE, sources=(1,), steps=(step("trim"), step("null_if", value="99"))),
        TargetField(name="filled", type=TEXT, sources=(2,), default="none", blank_is_null=False),
        TargetField(name="both", type=TEXT, sources=(0, 2), rules=(Rule(name="length", argument="..3", warning=True),)),
    )
    judge(database, fields)
    columns = ", ".join(["record", *(f"{letter}{at}" for letter in "fewa" for at in range(4))])
    expected = database.connection.execute(f"SELECT {columns} FROM examined_0 ORDER BY record").fetchall()
    assert rows(database, columns) == expected


def test_counts_are_exact_and_apart_for_errors_warnings_and_changes(database: Database) -> None:
    stage(database, [("1", "Germany"), ("x", "Fance"), ("y", None), ("007", "France"), ("", "France")])
    found = judge(database, (AGE, replace(HOME, default="Germany")))
    assert found.errors == (
        FieldCount(field="age", code="not_an_integer", records=2),
        FieldCount(field="age", code="required", records=1),
        FieldCount(field="home", code="unknown_label", records=1),
    )
    assert found.warnings == (FieldCount(field="age", code="leading_zeros", records=1),)
    assert found.changes == (
        FieldCount(field="age", code="form", records=1),
        FieldCount(field="home", code="default", records=1),
    )
    assert found.failed == 3


def test_findings_come_in_pages_by_record_with_the_value_as_it_was(database: Database) -> None:
    stage(database, [(" x ", "Fance"), ("1", "France"), ("007", "France"), ("y", "x")])
    judge(database, (replace(AGE, steps=(step("trim"),)), HOME))
    assert findings(database, (AGE, HOME), 0, 3) == (
        Finding(record=1, field="age", code="not_an_integer", value=" x "),
        Finding(record=1, field="home", code="unknown_label", value="Fance"),
        Finding(record=3, field="age", code="leading_zeros", value="007", severity="warning"),
    )
    assert [finding.record for finding in findings(database, (AGE, HOME), 3, 10)] == [4, 4]


def test_equal_findings_stand_together_with_the_records_and_what_was_meant(database: Database) -> None:
    texts = ["Germny" if at in {1, 2, 3, 7, 9, 10} else "Atlantis" if at == 5 else "Germany" for at in range(1, 12)]
    stage_texts(database, texts)
    home = replace(HOME, sources=(0,))
    judge(database, (home,))
    (group,) = groups(database, home)
    assert (group.code, group.records, group.different) == ("unknown_label", 7, 2)
    first, second = group.values
    assert (first.value, first.records, first.places, first.suggestion) == ("Germny", 6, "1-3, 7, 9-10", "Germany")
    assert (second.value, second.records, second.places, second.suggestion) == ("Atlantis", 1, "5", None)


def test_a_group_has_its_most_frequent_values_and_counts_all(database: Database) -> None:
    stage_texts(database, ["a", "b", "b", "c", "1"])
    judge(database, (AGE,))
    found = grouped(database, (AGE,), FINDINGS, offset=0, most=9, values=2)
    assert [(g.records, g.different, [v.value for v in g.values]) for g in found.groups] == [(4, 3, ["b", "a"])]


def test_groups_come_in_pages_errors_before_warnings(database: Database) -> None:
    stage(database, [("x", "Fance"), ("007", "Rance"), ("008", "France"), ("", "France")])
    judge(database, (AGE, HOME))
    codes = ["unknown_label", "not_an_integer", "required", "leading_zeros"]
    for at, code in enumerate(codes):
        found = grouped(database, (AGE, HOME), FINDINGS, offset=at, most=1, values=1)
        assert ([group.code for group in found.groups], found.total) == ([code], 4)


def test_wrong_case_is_an_error_that_names_the_right_one(database: Database) -> None:
    stage_texts(database, ["GERMANY"])
    home = replace(HOME, sources=(0,))
    judge(database, (home,))
    assert [(g.code, g.values[0].suggestion) for g in groups(database, home)] == [("unknown_label", "Germany")]


def test_missing_values_are_one_group(database: Database) -> None:
    stage_texts(database, [None, "", None])
    judge(database, (AGE,))
    assert [(g.code, g.values[0].value, g.records) for g in groups(database, AGE)] == [("required", None, 3)]


def test_a_group_with_very_many_ranges_shows_the_first_and_an_ellipsis(database: Database) -> None:
    stage_texts(database, ["x", "1"] * 30)
    judge(database, (AGE,))
    (group,) = groups(database, AGE)
    assert group.records == 30
    assert group.values[0].places == ", ".join([*(str(2 * at + 1) for at in range(20)), "…"])


def test_an_empty_text_is_not_a_null_unless_it_should_be(database: Database) -> None:
    assert values(database, field(), ["", None, "a"]) == ["", None, "a"]
    assert values(database, field(blank_is_null=True), ["", None, "a"]) == [None, None, "a"]
    assert values(database, field(TEXT, step("trim"), blank_is_null=True), ["  "]) == [None]


def test_what_is_left_out_of_a_record_is_told_apart_from_a_null(database: Database) -> None:
    stage(database, [("1", None), (None, None), (None, "France")], absent=[(2, 0), (2, 1), (3, 0)])
    judge(database, (AGE, HOME, TargetField(name="both", type=TEXT, sources=(0, 1))))
    assert rows(database, "e0, a0, a1, a2") == [
        (None, False, False, False),
        (None, True, True, True),
        (None, True, False, False),
    ]
    assert not findings(database, (AGE, HOME), 0, 9)


def test_a_null_is_missed_also_where_other_records_have_gaps(database: Database) -> None:
    stage(database, [(None, "x"), (None, "y")], absent=[(2, 0)])
    judge(database, (AGE,))
    assert [(one.record, one.code) for one in findings(database, (AGE,), 0, 9)] == [(1, "required")]


def test_where_no_record_lacks_anything_there_is_no_such_knowledge(database: Database) -> None:
    stage(database, [("1", "France")])
    judge(database, (AGE, HOME))
    assert [column[0] for column in database.connection.execute("DESCRIBE judged").fetchall()] == [
        "record",
        "f0",
        "f1",
        "e0",
        "e1",
        "w0",
        "w1",
    ]


def test_several_columns_are_joined_without_those_that_are_empty(database: Database) -> None:
    stage(database, [("Ada", "King", "Lovelace"), ("Ada", None, "Lovelace"), ("", None, "x"), (None, "", None)])
    name = TargetField(name="name", type=TEXT, sources=(0, 1, 2))
    judge(database, (name, replace(name, separator="', '"), replace(name, steps=(step("join", separator="-"),))))
    assert rows(database, "f0, f1, f2") == [
        ("Ada King Lovelace", "Ada', 'King', 'Lovelace", "Ada-King-Lovelace"),
        ("Ada Lovelace", "Ada', 'Lovelace", "Ada-Lovelace"),
        ("x", "x", "x"),
        (None, None, None),
    ]


def test_a_constant_stands_in_every_record_and_a_default_where_nothing_is(database: Database) -> None:
    stage(database, [("1", "Germany"), (None, "x")])
    constant = TargetField(name="constant", type=WHOLE, constant="007")
    judge(database, (constant, replace(AGE, default="5")))
    assert rows(database, "f0, w0, f1, e1") == [("7", "leading_zeros", "1", None), ("7", "leading_zeros", "5", None)]


def test_a_default_does_not_hide_a_value_that_no_step_understood(database: Database) -> None:
    target = field(LogicalType(kind=Kind.DATE), step("date", format="DD.MM.YYYY"), default="2024-01-01")
    assert values(database, target, ["31.12.2023", None, "soon"]) == ["2023-12-31", "2024-01-01", "<not_a_date>"]


def test_changes_are_told_by_what_made_them_with_the_first_values(database: Database) -> None:
    amount = LogicalType(kind=Kind.DECIMAL, precision=6, scale=2)
    target = field(amount, step("trim"), step("round", digits="2"))
    stage_texts(database, ["1.50", " 2.505", "+3", " 4.555 ", "x", "1.009"])
    found = judge(database, (target,))
    assert found.changes == (
        FieldCount(field="field", code="trim", records=2),
        FieldCount(field="field", code="round", records=3),
        FieldCount(field="field", code="form", records=1),
    )
    told = {change.by: [(s.record, s.was, s.now) for s in change.samples] for change in changes(database, (target,))}
    assert told == {
        "trim": [(2, " 2.505", "2.505"), (4, " 4.555 ", "4.555")],
        "round": [(2, "2.505", "2.51"), (4, "4.555", "4.56"), (6, "1.009", "1.01")],
        "form": [(3, "+3", "3")],
    }


def test_warnings_do_not_fail_a_record(database: Database) -> None:
    target = field(WHOLE, rules=[Rule(name="max", argument="9", warning=True), Rule(name="max", argument="99")])
    (small, warned, wrong) = verdicts(database, target, ["1", "10", "100"])
    assert (small.error, small.warning) == (None, None)
    assert (warned.error, warned.warning) == (None, "too_large")
    assert (wrong.error, wrong.warning) == ("too_large", "too_large")


def test_long_values_are_cut_in_findings(database: Database) -> None:
    stage_texts(database, ["x" * 5000])
    judge(database, (AGE,))
    assert len(findings(database, (AGE,), 0, 1)[0].value or "") == 200


def test_wide_tables_are_judged_in_parts_with_the_same_result(database: Database) -> None:
    stage(database, [["1"] * 130, ["1"] * 129 + ["x"], ["007"] + [None] * 129], absent=[(3, 120)])
    fields = [TargetField(name=f"c{at}", type=WHOLE, sources=(at,), required=at == 60) for at in range(130)]
    found = judge(database, fields)
    assert found.errors == (
        FieldCount(field="c60", code="required", records=1),
        FieldCount(field="c129", code="not_an_integer", records=1),
    )
    assert found.changes == (FieldCount(field="c0", code="form", records=1),)
    assert rows(database, "f0, f60, f128, f129, e60, e129, w0, a120") == [
        ("1", "1", "1", "1", None, None, None, False),
        ("1", "1", "1", None, None, "not_an_integer", None, False),
        ("7", None, None, None, "required", None, "leading_zeros", True),
    ]
    assert [(f.record, f.field) for f in findings(database, fields, 0, 9)] == [(2, "c129"), (3, "c0"), (3, "c60")]
    assert [(change.field, change.samples[0].was) for change in changes(database, fields)] == [("c0", "007")]


def test_a_file_without_records_or_fields_is_no_error(database: Database) -> None:
    stage_texts(database, [])
    assert judge(database, (AGE,)).failed == 0
    assert judge(database, ()).errors == ()
    assert groups(database, AGE) == ()
    assert changes(database, ()) == ()
