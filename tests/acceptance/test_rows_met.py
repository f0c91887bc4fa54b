"""The raw lane where rows exist: the database compares, and must say what the workbench would have said."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from contract.databases import postgres_case
from contract.databases.case import Place
from entrepot import Entrepot
from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.plans import ImportPlan, ImportRequest

pytestmark = pytest.mark.postgres

TABLES = (
    "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
    "CREATE TABLE teams (id integer PRIMARY KEY)",
    """CREATE TABLE things (id bigint PRIMARY KEY, name text COLLATE any_case, code char(3), amount numeric,
       price numeric(8,2) CHECK (price < 100), ratio double precision, at timestamptz, day date, yes boolean,
       doc jsonb, mark uuid, raw bytea, team_id integer REFERENCES teams (id))""",
    "INSERT INTO teams VALUES (1), (2)",
    "CREATE FUNCTION refused(text) RETURNS bool LANGUAGE sql AS $$SELECT $1 <> 'never'$$",
)
FIELDS = ("id", "name", "code", "amount", "price", "ratio", "at", "day", "yes", "doc", "mark", "raw", "team_id")
SAME = (
    '1,"a, ""b""",abc,1.5,2.50,1.5,2024-02-03 04:05:06.5+00,2024-02-03,true,"{""a"": 1, ""b"": [2]}",'
    "8b5a1e0c-3d53-4f11-9d3c-0b7b6f1f0a11,\\x00ff,1"
)
OTHERS = (
    ("name", 'A, "b"'),
    ("name", ""),
    ("code", "abd"),
    ("amount", "1.51"),
    ("price", "2.51"),
    ("ratio", "1.25"),
    ("at", "2024-02-03 04:05:06.6+00"),
    ("day", "2024-02-04"),
    ("yes", "false"),
    ("doc", '{"a": 1, "b": [3]}'),
    ("mark", "8b5a1e0c-3d53-4f11-9d3c-0b7b6f1f0a12"),
    ("raw", "\\x00fe"),
    ("team_id", "2"),
    ("team_id", ""),
)
UPSERT = ImportRequest(entity="things", mode=Mode.UPSERT)


OBSTACLES = (
    ("CREATE UNIQUE INDEX by_name ON things (name)", "DROP INDEX by_name"),
    ("ALTER TABLE things ALTER doc TYPE json", "ALTER TABLE things ALTER doc TYPE jsonb"),
    (
        "CREATE TRIGGER t BEFORE UPDATE ON things FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "DROP TRIGGER t ON things",
    ),
)


@dataclass(frozen=True)
class Desk:
    place: Place
    folder: Path
    entrepot: Entrepot

    def file(self, *lines: str, columns: tuple[str, ...] = FIELDS) -> Path:
        path = self.folder / "things.csv"
        path.write_text("\n".join([",".join(columns), *lines, ""]), encoding="utf-8")
        return path

    def rows(self, what: str = "t::text") -> list[object]:
        return [row[0] for row in self.place.rows(f"SELECT {what} FROM things t ORDER BY id")]

    def stand(self, path: Path) -> None:
        """The rows of the file are in the table."""
        self.entrepot.bring_in(path, ImportRequest(entity="things"))


@pytest.fixture
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    with postgres_case.CASE.place(request, tmp_path) as place:
        place.execute(*TABLES)
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Desk(place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def some(plan: ImportPlan) -> dict[str, int]:
    return {decision: count for decision, count in plan.counts.items() if count}


def numbered(*names: str) -> list[str]:
    """A record for each, with nothing but an id and a name."""
    return [f"{number},{name}" + "," * (len(FIELDS) - 2) for number, name in enumerate(names, start=1)]


def changed(number: str, **others: str) -> str:
    """The record with another number, and other values."""
    values = dict(zip(FIELDS, next(csv.reader([SAME])), strict=True)) | {"id": number} | others
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(values.values())
    return line.getvalue()


def test_new_changed_and_unchanged_rows_are_told_apart_and_taken_back(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one", "two", "three")))
    before = desk.rows()
    plan = desk.entrepot.preview(desk.file(*numbered("one", "zwei", "three", "four")), UPSERT)
    assert (plan.lane, some(plan)) == ("raw", {"created": 1, "updated": 1, "unchanged": 2})
    assert [(it.record, it.key, it.before[0], it.after[0]) for it in plan.differences] == [(2, ("2",), "two", "zwei")]
    assert desk.rows() == before
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (receipt.lane, receipt.counts) == ("raw", plan.counts)
    assert desk.rows("name") == ["one", "zwei", "three", "four"]
    undone = desk.entrepot.undo(receipt.job)
    assert (undone.deleted, undone.restored) == (1, 1)
    assert desk.rows() == before


def test_rows_that_all_change_are_journaled_as_they_were_sent(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one", "two")))
    before = desk.rows()
    receipt = desk.entrepot.bring_in(desk.file(*numbered("eins", "zwei")), UPSERT)
    assert (receipt.lane, receipt.counts["updated"]) == ("raw", 2)
    desk.place.execute("UPDATE things SET name = 'mine' WHERE id = 2")
    undone = desk.entrepot.undo(receipt.job)
    assert (undone.restored, desk.rows("name")) == (1, ["one", "mine"])
    assert desk.rows()[0] == before[0]


def test_any_value_that_differs_is_seen_and_no_other(desk: Desk) -> None:
    """As the long way sees it, which `skip` takes."""
    every = [changed(str(number)) for number in range(1, len(OTHERS) + 2)]
    desk.stand(desk.file(*every))
    last = changed(str(len(every))).replace('{""a"": 1, ""b"": [2]}', '{""b"": [2],""a"":1}')
    others = [changed(str(number), **{field: value}) for number, (field, value) in enumerate(OTHERS, start=1)]
    path = desk.file(*others, last)
    plan = desk.entrepot.preview(path, UPSERT)
    long_way = desk.entrepot.preview(path, replace(UPSERT, errors=Errors.SKIP))
    assert (plan.lane, long_way.lane) == ("raw", "mapped")
    assert some(plan) == some(long_way) == {"updated": len(OTHERS), "unchanged": 1}
    assert plan.differences == long_way.differences
    stored = desk.rows("xmin::text")[-1]
    desk.entrepot.apply(plan.plan_id)
    assert desk.rows("xmin::text")[-1] == stored
    assert some(desk.entrepot.preview(path, UPSERT)) == {"unchanged": len(every)}


def test_rows_that_change_behind_thousands_that_do_not_are_shown_too(desk: Desk) -> None:
    names = [f"name {number}" for number in range(12_000)]
    columns = ("id", "name")
    desk.stand(desk.file(*(f"{number},{name}" for number, name in enumerate(names)), columns=columns))
    changes = {number: f"{number},other" for number in (3, 11_000, 11_999)}
    lines = [changes.get(number, f"{number},{name}") for number, name in enumerate(names)]
    plan = desk.entrepot.preview(desk.file(*lines, columns=columns), UPSERT)
    assert (plan.lane, plan.counts["updated"]) == ("raw", 3)
    assert [(it.key, it.before, it.after) for it in plan.differences] == [
        ((str(number),), (names[number],), ("other",)) for number in changes
    ]


def test_a_row_that_somebody_changes_after_the_preview_is_not_overwritten(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one", "two")))
    plan = desk.entrepot.preview(desk.file(*numbered("eins", "two")), UPSERT)
    desk.place.execute("UPDATE things SET name = 'ONE' WHERE id = 1")
    with pytest.raises(ChangedError) as drifted:
        desk.entrepot.apply(plan.plan_id)
    assert drifted.value.code == "plan_drifted"
    assert desk.rows("name") == ["ONE", "two"]


def test_what_the_file_has_no_column_for_may_change_meanwhile(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one")))
    plan = desk.entrepot.preview(desk.file("1,eins", columns=("id", "name")), UPSERT)
    desk.place.execute("UPDATE things SET yes = true")
    receipt = desk.entrepot.apply(plan.plan_id)
    assert (receipt.lane, desk.rows("name || yes")) == ("raw", ["einstrue"])
    desk.entrepot.undo(receipt.job)
    assert desk.rows("name || yes") == ["onetrue"]


def test_only_rows_that_exist_are_updated(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one", "two")))
    update = ImportRequest(entity="things", mode=Mode.UPDATE)
    receipt = desk.entrepot.bring_in(desk.file("2,zwei", "1,one", columns=("id", "name")), update)
    assert (receipt.lane, receipt.counts["updated"], receipt.counts["unchanged"]) == ("raw", 1, 1)
    with pytest.raises(InputError) as refused:
        desk.entrepot.bring_in(desk.file("2,due", "3,tre", columns=("id", "name")), update)
    assert [problem.code for problem in refused.value.problems] == ["no_such_row"]
    assert desk.rows("name") == ["one", "zwei"]


def test_what_is_wrong_is_told_by_its_record(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one", "two")))
    before = desk.rows()
    wrong = (changed("1"), changed("2"), changed("2"), changed("3", team_id="7"))
    with pytest.raises(InputError) as refused:
        desk.entrepot.bring_in(desk.file(*wrong), UPSERT)
    told = [(found.code, found.place.record) for found in refused.value.problems if found.place]
    assert told == [("duplicate_in_file", 3), ("no_such_parent", 4)]
    assert desk.rows() == before


def test_a_change_that_the_database_refuses_leaves_nothing(desk: Desk) -> None:
    desk.stand(desk.file(*numbered("one")))
    desk.place.execute("ALTER TABLE things ADD CHECK (refused(name))")
    plan = desk.entrepot.preview(desk.file(*numbered("never")), UPSERT)
    with pytest.raises(InputError) as refused:
        desk.entrepot.apply(plan.plan_id)
    assert (plan.lane, refused.value.code) == ("raw", "database_refused")
    assert desk.rows("name") == ["one"]


def test_requests_and_tables_of_which_more_must_be_known_go_the_long_way(desk: Desk) -> None:
    path = desk.file(*numbered("one", "two"))
    desk.stand(path)
    merge = replace(UPSERT, on_conflict=OnConflict.MERGE)
    asked = (merge, replace(merge, blank=Blank.FILL), replace(UPSERT, errors=Errors.SKIP, batch_size=1))
    assert [desk.entrepot.preview(path, request).lane for request in asked] == ["mapped"] * 3
    for obstacle, remedy in OBSTACLES:
        desk.place.execute(obstacle)
        assert desk.entrepot.preview(path, UPSERT).lane == "mapped", obstacle
        desk.place.execute(remedy)
    assert desk.entrepot.preview(path, replace(merge, blank=Blank.CLEAR)).lane == "raw"


def test_nobodys_equality_decides_what_differs(desk: Desk) -> None:
    """A schema of theirs goes before that of the server."""
    desk.stand(desk.file(*numbered("one")))
    desk.place.execute(
        "CREATE SCHEMA odd",
        "CREATE FUNCTION odd.same(text, text) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR odd.= (LEFTARG = text, RIGHTARG = text, FUNCTION = odd.same)",
        "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = odd, pg_catalog, public',"
        " current_database()); END$$",
    )
    receipt = desk.entrepot.bring_in(desk.file(*numbered("eins")), replace(UPSERT, entity="public.things"))
    assert (receipt.lane, desk.rows("name")) == ("raw", ["eins"])
