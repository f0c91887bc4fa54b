"""The errors file, corrected and given back: exactly those records of the same import come in, and none twice."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.club import ANN, CASES, SQLITE, Club, code_of, counted, into, opened
from contract.databases.case import EngineCase
from entrepot.cli.paper import Paper
from entrepot.cli.preview import screen
from entrepot.model.drafts import Errors, Mode, Reading, Step
from entrepot.model.errors import ChangedError, EntrepotError, InputError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest

FILE = (
    "id;E-Mail;age;team_id;note\n"
    "2; Bob@example.org;20;1;x\n"
    "3;cy@example.org;many;1;y\n"
    "4;dan@example.org;20;99;z\n"
    "5;few\n"
    "6;eve@example.org;20;2;w\n"
    "6;fay@example.org;20;2;v\n"
)
MAPPING = MappingRequest(
    fields={"email": FieldMapping(columns=("E-Mail",), steps=(Step(name="trim"), Step(name="lowercase")))},
    ignored=("note",),
)
SKIPPING = into(errors=Errors.SKIP, mapping=MAPPING)
Rows = list[dict[str, str]]


@pytest.fixture(params=(SQLITE,))
def club(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Club]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


def corrected(club: Club, job: str, change: Callable[[Rows], Rows], name: str = "corrected.csv") -> Path:
    """Somebody opens the errors file, and changes it."""
    path = club.folder / name
    path.unlink(missing_ok=True)
    club.entrepot.errors_file(job, to=path)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=";"))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";")
        writer.writeheader()
        writer.writerows(change(rows))
    return path


def given_back(job: str) -> ImportRequest:
    return ImportRequest(entity="", corrects=job)


def good(rows: Rows) -> Rows:
    """Everything is corrected but the record that is a double."""
    better = {"2": {"age": "30"}, "3": {"team_id": "2"}, "4": {"E-Mail": "Gil@example.org", "age": "1", "team_id": "1"}}
    return [{**row, **better.get(row["__row"], {})} for row in rows]


def failed_job(club: Club, request: ImportRequest, text: str = FILE, name: str = "people.csv") -> str:
    with pytest.raises(EntrepotError):
        club.entrepot.bring_in(club.file(text, name), request)
    return newest_job(club)


def newest_job(club: Club) -> str:
    """The newest job, of which the refusal says nothing."""
    with closing(sqlite3.connect(club.folder / ".entrepot" / "ledger.db")) as ledger:
        return str(ledger.execute("SELECT id FROM jobs ORDER BY created_at DESC LIMIT 1").fetchone()[0])


def test_the_records_that_failed_come_in_as_the_import_was_asked_for(each: Club) -> None:
    receipt = each.entrepot.bring_in(each.file(FILE), SKIPPING)
    assert counted(receipt.counts) == {"created": 2, "failed": 4}
    plan = each.entrepot.preview(corrected(each, receipt.job, good), given_back(receipt.job))
    assert counted(plan.counts) == {"created": 3, "failed": 1}
    (problem,) = [problem for problem in plan.problems if problem.severity == "error"]
    assert problem.code == "duplicate_in_file"
    assert (problem.place.file, problem.place.record, problem.place.line) == ("corrected.csv", 6, 5)
    again = each.entrepot.apply(plan.plan_id)
    assert (again.records, counted(again.counts)) == (4, {"created": 3, "failed": 1})
    assert [row[:2] for row in each.rows()] == [
        ANN[:2],
        (2, "bob@example.org"),
        (3, "cy@example.org"),
        (4, "dan@example.org"),
        (5, "gil@example.org"),
        (6, "eve@example.org"),
    ]


def test_what_was_brought_in_is_not_brought_in_twice(club: Club) -> None:
    club.place.execute("CREATE TABLE hits (page varchar(20) NOT NULL, stars integer)")
    request = replace(into(errors=Errors.SKIP), entity="hits")
    job = club.entrepot.bring_in(club.file("page;stars\na;1\nb;x\nc;y\n", "hits.csv"), request).job

    def first(rows: Rows) -> Rows:
        return [{**row, "stars": "2" if row["__row"] == "2" else row["stars"]} for row in rows]

    def both(rows: Rows) -> Rows:
        return [{**row, "stars": "2"} for row in rows]

    path = corrected(club, job, first)
    one = club.entrepot.bring_in(path, given_back(job))
    assert counted(one.counts) == {"created": 1, "failed": 1}
    same = club.entrepot.bring_in(path, given_back(job))
    assert counted(same.counts) == {"skipped": 1, "failed": 1}
    last = club.entrepot.bring_in(corrected(club, one.job, both, "rest.csv"), given_back(one.job))
    assert counted(last.counts) == {"created": 1}
    assert counted(club.entrepot.bring_in(corrected(club, job, both), given_back(job)).counts) == {"skipped": 2}
    found = club.place.rows("SELECT page, stars FROM hits ORDER BY page")
    assert [tuple(row) for row in found] == [("a", 1), ("b", 2), ("c", 2)]


def test_of_an_import_that_was_refused_all_comes_in(club: Club) -> None:
    job = failed_job(club, replace(SKIPPING, errors=Errors.ALL_OR_NOTHING))
    assert club.rows() == [ANN]

    def all_good(rows: Rows) -> Rows:
        return [{**row, "id": "7"} if row["__row"] == "6" else row for row in good(rows)]

    receipt = club.entrepot.bring_in(corrected(club, job, all_good), given_back(job))
    assert (receipt.records, counted(receipt.counts)) == (6, {"created": 6})
    assert [row[0] for row in club.rows()] == [1, 2, 3, 4, 5, 6, 7]
    same = club.entrepot.bring_in(club.folder / "corrected.csv", given_back(job))
    assert counted(same.counts) == {"skipped": 4}


def test_a_double_stays_one_even_where_rows_may_be_overwritten(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), replace(SKIPPING, mode=Mode.UPSERT)).job
    again = club.entrepot.bring_in(corrected(club, job, lambda rows: rows), given_back(job))
    assert counted(again.counts) == {"created": 1, "failed": 3}
    assert club.rows()[-1][1] == "eve@example.org"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("1", "record_did_not_fail"),
        ("77", "record_did_not_fail"),
        ("two", "no_record_number"),
        ("", "no_record_number"),
        ("3", "record_twice"),
    ],
)
def test_records_that_are_none_of_those_are_found_and_nothing_is_brought_in(club: Club, row: str, code: str) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    before = club.rows()

    def change(rows: Rows) -> Rows:
        return [{**good(rows)[0], "__row": row}, *good(rows)[1:]]

    with pytest.raises(InputError) as raised:
        club.entrepot.bring_in(corrected(club, job, change), given_back(job))
    assert code_of(raised) == "bad_corrections"
    assert {problem.code for problem in raised.value.problems} == {code}
    assert raised.value.problems[0].place.record == 1
    assert raised.value.problems[0].place.line == 2
    assert club.rows() == before


def test_a_file_that_lacks_a_column_is_refused(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    for lost, code in (("age", "column_missing"), ("__row", "no_row_numbers")):
        with pytest.raises(InputError) as raised:
            club.entrepot.bring_in(without(club, job, lost), given_back(job))
        assert code_of(raised) == code


def without(club: Club, job: str, column: str) -> Path:
    path = club.folder / f"without {column}.csv"
    club.entrepot.errors_file(job, to=path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=";"))
    at = rows[0].index(column)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([*row[:at], *row[at + 1 :]] for row in rows)
    return path


def test_the_corrected_file_may_come_back_in_another_dialect(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    path = corrected(club, job, good)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), delimiter=";"))
    with path.open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(row[::-1] for row in rows)
    request = replace(given_back(job), reading=Reading(encoding="cp1252"))
    assert counted(club.entrepot.bring_in(path, request).counts) == {"created": 3, "failed": 1}


def test_json_records_come_back_with_names_that_none_had(club: Club) -> None:
    lines = ['{"id": 2, "email": "1@example.org"}', '{"id": 3}', '{"id": 4, "id": 5}', '{"id": 6, "email": null}']
    job = failed_job(club, replace(into(Mode.UPSERT), errors=Errors.ALL_OR_NOTHING), "\n".join(lines), "p.ndjson")
    path = club.entrepot.errors_file(job, to=club.folder / "back.ndjson")
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    better = [
        {"id": record.get("id", "9"), "email": f"{record['__row']}@example.org", "age": 5, "__row": record["__row"]}
        for record in records
    ]
    path.write_text("\n".join(map(json.dumps, better)), encoding="utf-8")
    receipt = club.entrepot.bring_in(path, given_back(job))
    assert counted(receipt.counts) == {"created": 4}
    found = [(row[0], str(row[1])[0], row[2]) for row in club.rows()[1:]]
    assert found == [(2, "1", None), (3, "2", 5), (6, "4", 5), (9, "3", 5)]


def test_what_cannot_be_corrected_is_refused(club: Club) -> None:
    fine = club.entrepot.bring_in(club.file("id,email\n2,b@example.org\n"), into()).job
    job = club.entrepot.bring_in(club.file(FILE.replace("\n2;", "\n9;")), SKIPPING).job
    path = corrected(club, job, good)
    for request, code in (
        (given_back(fine), "nothing_to_correct"),
        (given_back("imp_none"), "unknown_job"),
        (replace(given_back(job), mode=Mode.UPSERT), "corrects_alone"),
        (replace(given_back(job), entity="teams"), "other_entity"),
    ):
        with pytest.raises(InputError) as raised:
            club.entrepot.bring_in(path, request)
        assert code_of(raised) == code
    club.entrepot.undo(job)
    with pytest.raises(InputError) as undone:
        club.entrepot.bring_in(path, given_back(job))
    assert code_of(undone) == "import_undone"


def test_a_plan_of_a_correction_drifts_where_another_one_was_quicker(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    path = corrected(club, job, good)
    plan = club.entrepot.preview(path, given_back(job))
    club.entrepot.bring_in(path, given_back(job))
    with pytest.raises(ChangedError) as raised:
        club.entrepot.apply(plan.plan_id)
    assert code_of(raised) == "plan_drifted"


def test_the_preview_says_nothing_of_what_stood_in_the_original(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    seen = "\n".join(screen(club.entrepot.preview(corrected(club, job, good), given_back(job)), Paper()))
    assert "field    " in seen
    assert "filled" not in seen
    assert "for example" not in seen
    assert "cy@example.org" not in seen.split("What would become")[0]


def test_the_command_gives_it_back(club: Club) -> None:
    job = club.entrepot.bring_in(club.file(FILE), SKIPPING).job
    path = corrected(club, job, good)
    words = ["import", str(path), "--corrects", job, "--yes", "--db", club.place.url]
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *words], cwd=club.folder, check=False, capture_output=True, text=True
    )
    assert done.returncode == 9, done.stderr
    assert len(club.rows()) == 6
