"""New versions instead of changes: the old row stays, the new one has the next number, and references go by a rule."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.chronicle import CASES, SQLITE, VERSIONS, Chronicle, Plain, Record, counted, opened, written
from contract.databases.case import EngineCase
from entrepot import Errors, FieldMapping, ImportRequest, MappingRequest, Mode, OnConflict
from entrepot.model.errors import ChangedError, EntrepotError

ADA = ((1, "ada", 1, "Ada", "Rome", False), (2, "ada", 2, "Ada L", "Rome", True))
BOB = (3, "bob", 1, "Bob", "Oslo", True)
OF_NOTES = ((1, 1, None), (2, 2, 3), (3, 3, 2))
FILE = "slug,name\nada,Ada Lovelace\nbob,Bob\neve,Eve\n"
AFTER = [
    ("ada", 1, "Ada", "Rome", False),
    ("ada", 2, "Ada L", "Rome", False),
    ("ada", 3, "Ada Lovelace", "Rome", True),
    ("bob", 1, "Bob", "Oslo", True),
    ("eve", 1, "Eve", "none", True),
]


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.fixture(params=CASES)
def each(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chronicle]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        yield found


@pytest.fixture(params=(SQLITE,))
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Chronicle]:
    case: EngineCase = request.param
    with opened(case, request, tmp_path) as found:
        found.fill(*ADA, BOB, notes=OF_NOTES)
        yield found


def refusal(chronicle: Chronicle, text: str, request: ImportRequest = VERSIONS) -> str:
    with pytest.raises(EntrepotError) as raised:
        chronicle.entrepot().bring_in(chronicle.file(text), request)
    assert raised.value.remedy
    return raised.value.code


@pytest.mark.parametrize("references", ["stay", "follow"])
def test_the_old_row_stays_the_next_one_is_added_and_an_undo_gives_the_first_state_back(
    each: Chronicle, references: str
) -> None:
    each.set(references)
    each.fill(*ADA, BOB, notes=OF_NOTES)
    before, entrepot = (each.people(), each.notes()), each.entrepot()
    plan = entrepot.preview(each.file(FILE), VERSIONS)
    assert counted(plan.counts) == {"created": 1, "versioned": 1, "unchanged": 1}
    assert [(one.key, one.before, one.after) for one in plan.differences] == [(("ada",), ("Ada L",), ("Ada Lovelace",))]
    done = entrepot.apply(plan.plan_id)
    assert (done.counts, done.digest) == (plan.counts, plan.digest)
    assert each.people() == AFTER
    moved = 3 if references == "follow" else None
    assert each.notes() == [
        (1, "ada", moved or 1, None, None),
        (2, "ada", moved or 2, "bob", 1),
        (3, "bob", 1, "ada", moved or 2),
    ]
    assert counted(entrepot.bring_in(each.file(FILE), VERSIONS).counts) == {"unchanged": 3}
    assert entrepot.undo(done.job).left == 0
    assert (each.people(), each.notes()) == before


def test_an_undo_can_be_undone(here: Chronicle) -> None:
    here.set("follow")
    done = here.entrepot().bring_in(here.file(FILE), VERSIONS)
    notes = here.notes()
    undone = here.entrepot().undo(done.job)
    assert here.entrepot().undo(undone.job).left == 0
    assert (here.people(), here.notes()) == (AFTER, notes)


def test_a_file_that_numbers_versions_is_newer_older_or_in_conflict(here: Chronicle) -> None:
    here.fill(*ADA, BOB, (4, "eve", 4, "Eve", "Bern", True), (5, "joe", 2, "Joe", "Bern", True))
    text = "slug,version,name\nada,5,Newer\nbob,0,Older\neve,4,Other\njoe,1,Joe\nnew,7,New\n"
    request = replace(VERSIONS, errors=Errors.SKIP)
    plan = here.entrepot().preview(here.file(text), request)
    assert plan.versions is not None
    assert (plan.versions.newer, plan.versions.older, plan.versions.conflicting) == (1, 1, 1)
    assert counted(plan.counts) == {"created": 1, "versioned": 1, "skipped": 1, "failed": 1, "unchanged": 1}
    assert [(one.record, one.code) for one in plan.findings] == [(3, "version_conflict")]
    here.entrepot().apply(plan.plan_id)
    assert [row[:3] for row in here.people() if row[0] in ("ada", "bob", "eve", "new")] == [
        ("ada", 1, "Ada"),
        ("ada", 2, "Ada L"),
        ("ada", 5, "Newer"),
        ("bob", 1, "Bob"),
        ("eve", 4, "Eve"),
        ("new", 7, "New"),
    ]
    assert refusal(here, text) == "records_failed"


def test_whoever_decides_about_a_record_makes_it_the_next_version_whatever_its_number_is(here: Chronicle) -> None:
    text = "slug,version,name\nada,2,Conflicting\nbob,0,Older\n"
    request = replace(VERSIONS, on_conflict=OnConflict.SKIP, decisions={"1-2": OnConflict.VERSION})
    assert counted(here.entrepot().bring_in(here.file(text), request).counts) == {"versioned": 2}
    assert [row[:3] for row in here.people()][2:] == [("ada", 3, "Conflicting"), ("bob", 1, "Bob"), ("bob", 2, "Older")]


def test_others_are_left_alone_where_single_records_become_versions(here: Chronicle) -> None:
    request = replace(VERSIONS, on_conflict=OnConflict.SKIP, decisions={"2": OnConflict.VERSION})
    found = here.entrepot().bring_in(here.file("slug,name\nada,X\nbob,Y\n"), request)
    assert counted(found.counts) == {"skipped": 1, "versioned": 1}
    assert [row[:3] for row in here.people()][2:] == [("bob", 1, "Bob"), ("bob", 2, "Y")]


def test_an_empty_cell_empties_the_new_version_and_what_the_file_has_not_is_copied(here: Chronicle) -> None:
    here.entrepot().bring_in(here.file("slug,name\nada,\n"), VERSIONS)
    assert here.people()[2] == ("ada", 3, None, "Rome", True)


def test_ids_and_flags_of_a_file_that_was_exported_change_nothing(here: Chronicle) -> None:
    text = "id,slug,version,name,is_current\n1,ada,3,Ada Lovelace,false\n3,bob,1,Bob,false\n"
    found = here.entrepot().bring_in(here.file(text), VERSIONS)
    assert counted(found.counts) == {"versioned": 1, "unchanged": 1}
    assert here.people() == AFTER[:-1]


def test_two_records_with_one_key_fail_as_ever(here: Chronicle) -> None:
    plan = here.entrepot().preview(here.file("slug,name\nada,A\nada,B\n"), VERSIONS)
    assert [(one.record, one.code) for one in plan.findings] == [(2, "duplicate_in_file")]


def test_a_version_that_somebody_adds_after_the_preview_is_told(here: Chronicle) -> None:
    plan = here.entrepot().preview(here.file(FILE), VERSIONS)
    here.place.execute(
        "INSERT INTO people (slug, version, name, town, is_current) VALUES ('ada', 3, 'Ada L', 'Rome', true)"
    )
    with pytest.raises(ChangedError) as raised:
        here.entrepot().apply(plan.plan_id)
    assert raised.value.code == "plan_drifted"


def test_an_undo_leaves_one_newest_version_where_somebody_added_another_since(here: Chronicle) -> None:
    done = here.entrepot().bring_in(here.file(FILE), VERSIONS)
    here.entrepot().bring_in(here.file("slug,name\nada,Countess\n"), VERSIONS)
    undone = here.entrepot().undo(done.job)
    assert (undone.deleted, undone.left) == (1, 2)
    assert [row for row in here.people() if row[-1] and row[0] == "ada"] == [("ada", 4, "Countess", "Rome", True)]


def test_an_undo_leaves_a_version_to_which_somebody_refers_by_now_and_its_flag(here: Chronicle) -> None:
    done = here.entrepot().bring_in(here.file(FILE), VERSIONS)
    here.place.execute("INSERT INTO notes SELECT 9, id, NULL FROM people WHERE slug = 'ada' AND version = 3")
    here.entrepot().undo(done.job)
    assert [row for row in here.people() if row[0] == "ada"] == AFTER[:3]


def test_a_version_that_the_database_refuses_is_found_and_the_others_come_in(here: Chronicle) -> None:
    here.place.execute(
        "CREATE TRIGGER no BEFORE INSERT ON people WHEN NEW.town = 'Oslo' AND NEW.name = 'Bobby'"
        " BEGIN SELECT raise(abort, 'not there'); END"
    )
    request = replace(VERSIONS, errors=Errors.SKIP)
    plan = here.entrepot().preview(here.file("slug,name\nada,Ada Lovelace\nbob,Bobby\n"), request)
    assert counted(plan.counts) == {"versioned": 2}
    done = here.entrepot().apply(plan.plan_id)
    assert counted(done.counts) == {"versioned": 1, "failed": 1}
    assert here.people() == AFTER[:-1]


def test_batches_make_the_same_versions(here: Chronicle) -> None:
    here.set("follow")
    before = (here.people(), here.notes())
    request = replace(VERSIONS, errors=Errors.SKIP, batch_size=1)
    done = here.entrepot().bring_in(here.file(FILE), request)
    assert counted(done.counts) == {"created": 1, "versioned": 1, "unchanged": 1}
    assert here.people() == AFTER
    assert {row[2] for row in here.notes() if row[1] == "ada"} == {3}
    assert here.entrepot().undo(done.job).left == 0
    assert (here.people(), here.notes()) == before


def test_only_changes_are_brought_in_where_no_new_thing_may_come(here: Chronicle) -> None:
    request = replace(VERSIONS, mode=Mode.UPDATE, errors=Errors.SKIP)
    found = here.entrepot().bring_in(here.file(FILE), request)
    assert counted(found.counts) == {"versioned": 1, "unchanged": 1, "failed": 1}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"prove": True}, "not_with_versions"),
        ({"key": ("name",)}, "versions_key"),
        ({"decisions": {"1": OnConflict.OVERWRITE}}, "versions_alone"),
        ({"entity": "notes"}, "no_versions"),
    ],
)
def test_what_knows_no_versions_is_refused(here: Chronicle, said: dict[str, object], code: str) -> None:
    assert refusal(here, FILE, replace(VERSIONS, **said)) == code  # type: ignore[arg-type]


def test_a_record_without_the_key_of_its_history_fails(here: Chronicle) -> None:
    plan = here.entrepot().preview(here.file("slug,name\n,X\n"), VERSIONS)
    assert [one.code for one in plan.findings] == ["required"]


def test_a_correction_makes_the_version_that_its_record_was_to_be(here: Chronicle) -> None:
    wrong = here.file(f"slug,name\nada,{'x' * 21}\nbob,Bobby\n")
    errors = here.folder / "errors.csv"
    done = here.entrepot().bring_in(wrong, replace(VERSIONS, errors=Errors.SKIP), errors_to=errors)
    assert counted(done.counts) == {"versioned": 1, "failed": 1}
    mended = here.file(errors.read_text(encoding="utf-8").replace("x" * 21, "Ada Lovelace"), "mended.csv")
    again = here.entrepot().bring_in(mended, ImportRequest(entity="people", corrects=done.job))
    assert counted(again.counts) == {"versioned": 1}
    assert [row[:3] for row in here.people()][2:] == [
        ("ada", 3, "Ada Lovelace"),
        ("bob", 1, "Bob"),
        ("bob", 2, "Bobby"),
    ]


def test_a_name_means_the_newest_version_unless_its_number_is_given(here: Chronicle) -> None:
    by_slug = FieldMapping(columns=("who",), find_by=("slug",))
    both = FieldMapping(columns=("who", "no"), find_by=("slug", "version"))
    for number, said, row in ((7, by_slug, "7,ada,1"), (8, both, "8,ada,1")):
        mapping = MappingRequest(fields={"person_id": said}, ignored=() if said is both else ("no",))
        file = here.file(f"id,who,no\n{row}\n", f"notes {number}.csv")
        here.entrepot().bring_in(file, ImportRequest(entity="notes", mapping=mapping))
    assert here.notes()[3:] == [(7, "ada", 2, None, None), (8, "ada", 1, None, None)]


def test_an_index_that_allows_one_newest_version_holds_at_every_step(here: Chronicle) -> None:
    here.place.execute("CREATE UNIQUE INDEX one_current ON people (slug) WHERE is_current")
    before = here.people()
    done = here.entrepot().bring_in(here.file(FILE), replace(VERSIONS, errors=Errors.SKIP))
    assert here.people() == AFTER
    assert here.entrepot().undo(done.job).left == 0
    assert here.people() == before


def test_what_a_json_record_lacks_is_copied_and_its_null_is_none(here: Chronicle) -> None:
    text = '{"slug": "ada", "town": null}\n{"slug": "bob", "name": "Bobby"}\n'
    found = here.entrepot().bring_in(here.file(text, "people.ndjson"), VERSIONS)
    assert counted(found.counts) == {"versioned": 2}
    assert [row for row in here.people() if row[-1]] == [
        ("ada", 3, "Ada L", None, True),
        ("bob", 2, "Bobby", "Oslo", True),
    ]


COMPOSITE = """CREATE TABLE pages (tenant_id integer NOT NULL, slug varchar(9) NOT NULL, version integer NOT NULL,
    words varchar(20), PRIMARY KEY (tenant_id, slug, version), FOREIGN KEY (tenant_id) REFERENCES tenants (id))"""
QUOTES = """CREATE TABLE quotes (id integer PRIMARY KEY, tenant_id integer, slug varchar(9), version integer,
    FOREIGN KEY (tenant_id, slug, version) REFERENCES pages (tenant_id, slug, version))"""
SETTINGS = """[tenancy]
root = "tenants"
[entities.pages]
version = { field = "version", of = ["tenant_id", "slug"], references = "follow" }
"""


def test_numbers_may_be_part_of_the_key_and_those_of_other_tenants_stay_theirs(here: Chronicle) -> None:
    here.place.execute(
        "CREATE TABLE tenants (id integer PRIMARY KEY, name varchar(9))", COMPOSITE, QUOTES,
        "INSERT INTO tenants VALUES (1, 'acme'), (2, 'umbra')",
        "INSERT INTO pages VALUES (1, 'a', 1, 'x'), (2, 'a', 1, 'x'), (2, 'a', 2, 'y')",
        "INSERT INTO quotes VALUES (1, 1, 'a', 1), (2, 2, 'a', 2)",
    )  # fmt: skip
    (here.folder / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    request = ImportRequest(entity="pages", on_conflict=OnConflict.VERSION, tenant="acme")
    done = here.entrepot().bring_in(here.file("slug,words\na,new\nb,first\n", "pages.csv"), request)
    assert counted(done.counts) == {"versioned": 1, "created": 1}
    pages = [(1, "a", 1, "x"), (1, "a", 2, "new"), (1, "b", 1, "first"), (2, "a", 1, "x"), (2, "a", 2, "y")]
    assert [tuple(row) for row in here.place.rows("SELECT * FROM pages ORDER BY 1, 2, 3")] == pages
    quotes = [(1, 1, "a", 2), (2, 2, "a", 2)]
    assert [tuple(row) for row in here.place.rows("SELECT * FROM quotes ORDER BY 1")] == quotes
    assert len(here.entrepot().versions("pages", "1", "a", tenant="acme").versions) == 2
    with pytest.raises(EntrepotError) as raised:
        here.entrepot().versions("pages", "2", "a", tenant="acme")
    assert raised.value.code == "no_such_row"
    assert here.entrepot().undo(done.job).left == 0
    assert len(here.place.rows("SELECT * FROM pages")) == 3


def test_random_files_become_what_plain_python_says(each: Chronicle) -> None:
    chance = random.Random(8)
    for number in range(8 if each.case.name == "sqlite" else 3):
        follow, numbered = chance.random() < 0.5, chance.random() < 0.5
        each.set("follow" if follow else "stay")
        plain = world(chance, each)
        columns = ["slug", *(["version"] if numbered else []), "name", *(["town"] if chance.random() < 0.5 else [])]
        records = [record(chance, slug, columns) for slug in chance.sample("abcdef", chance.randint(1, 6))]
        before, rows = deepcopy(plain), (each.people(), each.notes())
        assert rows[0] == before.rows(), number
        wanted = Counter(plain.take(one, follow=follow) for one in records)
        request = replace(VERSIONS, errors=Errors.SKIP)
        plan = each.entrepot().preview(each.file(written(columns, records)), request)
        assert counted(plan.counts) == wanted, number
        done = each.entrepot().apply(plan.plan_id)
        assert done.counts == plan.counts
        assert each.people() == plain.rows(), number
        assert each.notes() == [tuple(note) for note in plain.notes], number
        if wanted["created"] or wanted["versioned"]:
            assert each.entrepot().undo(done.job).left == 0
        assert (each.people(), each.notes()) == rows, number


def world(chance: random.Random, chronicle: Chronicle) -> Plain:
    plain = Plain()
    people: list[tuple[object, ...]] = []
    ids: dict[tuple[object, object], int] = {}
    for slug in chance.sample("abcd", chance.randint(0, 4)):
        numbers = sorted(chance.sample(range(1, 6), chance.randint(1, 3)))
        history: list[dict[str, object]] = [
            {"version": n, "name": chance.choice(("x", "y", None)), "town": "t", "current": n == numbers[-1]}
            for n in numbers
        ]
        plain.people[slug] = history
        for one in history:
            ids[slug, one["version"]] = len(ids) + 1
            people.append((len(ids), slug, *(one[name] for name in ("version", "name", "town", "current"))))
    for number in range(1, 4 if ids else 1):
        (slug, version), (other, of_other) = chance.choices(list(ids), k=2)
        plain.notes.append([number, slug, version, other, of_other])
    notes = [(number, ids[slug, version], ids[other, of]) for number, slug, version, other, of in plain.notes]
    chronicle.fill(*people, notes=notes)
    return plain


def record(chance: random.Random, slug: str, columns: list[str]) -> Record:
    choices = {"slug": [slug], "version": ["1", "3", "5", "7"], "name": ["x", "z", None], "town": ["t", "u", None]}
    return {name: chance.choice(choices[name]) for name in columns}
