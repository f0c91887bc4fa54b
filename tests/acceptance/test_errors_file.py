"""The errors file: every record that failed, as it stood, with everything that is wrong with it in words."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from acceptance.club import SQLITE, Club, code_of, counted, into, opened, table
from contract.databases.case import EngineCase
from entrepot.model.drafts import Errors, Mode, Reading
from entrepot.model.errors import EntrepotError, InputError

BAD = (
    "id;email;age;team_id;note\n"
    "2;bob@example.org;20;1;good\n"
    'x;;20;1;"two; things\nare ""wrong"""\n'
    "3;cy@example.org;20;99;\n"
    '4;dan@example.org;20;1;""\n'
    "4;dan@example.org;20;1;again\n"
    "1;ann@example.org;20;1;\n"
    "5;too;many;values;here;more;and more\n"
    "6;few\n"
)


@pytest.fixture(params=(SQLITE,))
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def test_each_failed_record_stands_in_it_once_as_it_was_with_all_that_is_wrong(club: Club) -> None:
    plan = club.entrepot.preview(club.file(BAD), into(), errors_to=club.folder / "failed.csv")
    header, *rows = table(club.folder / "failed.csv", ";")
    assert header == ["id", "email", "age", "team_id", "note", "__row", "__error"]
    assert [row[:5] for row in rows] == [
        ["x", "", "20", "1", 'two; things\nare "wrong"'],
        ["3", "cy@example.org", "20", "99", ""],
        ["4", "dan@example.org", "20", "1", "again"],
        ["1", "ann@example.org", "20", "1", ""],
        ["5", "too", "many", "values", "here"],
        ["6", "few", "", "", ""],
    ]
    assert [row[5] for row in rows] == ["2", "3", "5", "6", "7", "8"]
    assert plan.failed == len(rows)
    both, parent, double, exists, many, few = (row[6] for row in rows)
    assert both.startswith("id: 'x' is not a whole number. ")
    assert "email is missing. " in both
    assert "'99', which does not exist" in parent
    assert "'4' stands in the file more than once" in double
    assert "A row with id '1' exists." in exists
    assert many.endswith("Behind the last column: more;and more")
    assert few.startswith("The record has fewer values")


def test_its_words_are_those_of_the_problems(club: Club) -> None:
    plan = club.entrepot.preview(club.file(BAD), into(), errors_to=club.folder / "failed.csv")
    told = {int(row[5]): row[6] for row in table(club.folder / "failed.csv", ";")[1:]}
    errors = [problem for problem in plan.problems if problem.severity == "error"]
    assert len(errors) > len(told)
    for problem in errors:
        assert f"{problem.message} {problem.remedy}" in told[problem.place.record or 0]


def test_long_values_are_cut_in_the_words_and_whole_in_their_column(club: Club) -> None:
    value = "9" * 150 + "x"
    plan = club.entrepot.preview(club.file(f"id,email\n{value},a@b.c\n"), into(), errors_to=club.folder / "failed.csv")
    _, row = table(club.folder / "failed.csv")
    assert row[0] == value
    assert row[3] == f"{plan.problems[-1].message} {plan.problems[-1].remedy}"


def test_an_import_keeps_it_with_its_job_and_a_preview_with_its_plan(club: Club) -> None:
    plan = club.entrepot.preview(club.file(BAD), into(errors=Errors.SKIP))
    receipt = club.entrepot.apply(plan.plan_id)
    assert counted(receipt.counts) == {"created": 2, "failed": 6}
    for number, asked in enumerate((plan.plan_id, receipt.job)):
        path = club.entrepot.errors_file(asked, to=club.folder / f"{number}.csv")
        assert [row[5] for row in table(path, ";")[1:]] == ["2", "3", "5", "6", "7", "8"]


def test_an_import_that_is_refused_keeps_it_too(club: Club) -> None:
    with pytest.raises(InputError):
        club.entrepot.bring_in(club.file(BAD), into(), errors_to=club.folder / "failed.csv")
    assert len(table(club.folder / "failed.csv", ";")) == 7


def test_nothing_that_is_there_is_replaced_and_nothing_is_written_where_all_is_well(club: Club) -> None:
    taken = club.folder / "failed.csv"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(EntrepotError) as raised:
        club.entrepot.bring_in(club.file(BAD), into(errors=Errors.SKIP), errors_to=taken)
    assert code_of(raised) == "target_exists"
    assert taken.read_text(encoding="utf-8") == "mine"
    assert len(club.rows()) == 1
    good = club.file("id,email\n2,bob@example.org\n")
    receipt = club.entrepot.bring_in(good, into(), errors_to=club.folder / "none.csv")
    assert receipt.failed_rows is None
    assert not (club.folder / "none.csv").exists()
    with pytest.raises(InputError) as none:
        club.entrepot.errors_file(receipt.job, to=club.folder / "none.csv")
    assert code_of(none) == "no_errors_file"


def test_nothing_and_an_empty_text_stay_two_things(club: Club) -> None:
    file = club.file('id,email,age\nx,"",NA\ny,"NA",1\n')
    club.entrepot.preview(file, into(reading=Reading(null="NA")), errors_to=club.folder / "failed.csv")
    _, first, second, _ = (club.folder / "failed.csv").read_text(encoding="utf-8").split("\n")
    assert first.startswith("x,,NA,1,")
    assert second.startswith('y,"NA",1,2,')


def test_json_records_come_out_as_lines_with_the_names_that_they_had(club: Club) -> None:
    records = [
        '{"id": "x", "email": null, "tags": ["a", {"b": null}], "a\\"b": "line\\nbreak"}',
        '{"id": 7}',
        '{"id": 8, "id": 9}',
        "[1]",
    ]
    file = club.file("\n".join(records) + "\n", "people.ndjson")
    club.entrepot.preview(file, into(Mode.UPSERT), errors_to=club.folder / "failed.ndjson")
    found = [json.loads(line) for line in (club.folder / "failed.ndjson").read_text(encoding="utf-8").splitlines()]
    for each in found:
        assert each.pop("__error")
    assert found == [
        {"id": "x", "email": None, "tags": ["a", {"b": None}], 'a"b': "line\nbreak", "__row": 1},
        {"id": "7", "__row": 2},
        {"__text": '{"id": 8, "id": 9}', "__row": 3},
        {"__text": "[1]", "__row": 4},
    ]


def test_what_it_says_of_many_records_is_counted_exactly(club: Club) -> None:
    lines = "".join(f"{n},{'' if n % 3 else f'p{n}@example.org'}\n" for n in range(10, 120_010))
    plan = club.entrepot.preview(club.file(f"id,email\n{lines}"), into(), errors_to=club.folder / "failed.csv")
    with (club.folder / "failed.csv").open(encoding="utf-8", newline="") as opened_file:
        found = [int(row["__row"]) for row in csv.DictReader(opened_file)]
    assert found == sorted(found)
    assert len(found) == plan.failed == 80_000


def test_the_command_writes_it_where_it_is_told(club: Club) -> None:
    words = ["import", str(club.file(BAD)), "--into", "people", "--yes", "--errors", "skip", "--db", club.place.url]
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *words, "--errors-file", "failed.csv"],
        cwd=club.folder,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 9, done.stderr
    assert len(table(club.folder / "failed.csv", ";")) == 7
