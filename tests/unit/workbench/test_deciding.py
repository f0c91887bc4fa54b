"""What becomes of a record: every mode and strategy, on tables as the steps before would have made them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import pytest

from entrepot.model.drafts import Blank, FieldCount, Finding, Mode, OnConflict, TargetField
from entrepot.model.matching import Difference, Matching, Referring
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench import bands
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.forms import differ
from entrepot.workbench.deciding.showing import differences

NUMBER, TEXT, MONEY = (LogicalType(kind=kind) for kind in (Kind.INTEGER, Kind.TEXT, Kind.DECIMAL))
FIELDS = (
    TargetField(name="id", type=NUMBER, sources=(0,)),
    TargetField(name="name", type=TEXT, sources=(1,)),
    TargetField(name="price", type=MONEY, sources=(2,)),
)
Row = Sequence[str | None]


@pytest.fixture(params=[1, 2, bands.RECORDS_AT_ONCE])
def connection(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[duckdb.DuckDBPyConnection]:
    """However many records are joined at once."""
    monkeypatch.setattr(bands, "RECORDS_AT_ONCE", request.param)
    with duckdb.connect() as opened:
        opened.execute(
            "CREATE TABLE judged (record BIGINT, f0 VARCHAR, f1 VARCHAR, f2 VARCHAR,"
            " e0 VARCHAR, e1 VARCHAR, e2 VARCHAR)"
        )
        opened.execute('CREATE TABLE rejected (record BIGINT, "at" INTEGER, code VARCHAR, value VARCHAR)')
        opened.execute("CREATE TABLE existing (n BIGINT, record VARCHAR, k0 VARCHAR, b0 VARCHAR, b1 VARCHAR)")
        opened.execute("CREATE TABLE parents_0 (n BIGINT, record VARCHAR)")
        for table in ("doubled", "doubled_0"):
            opened.execute(f"CREATE TABLE {table} (n BIGINT, record VARCHAR, first VARCHAR)")
        yield opened


def judged(connection: duckdb.DuckDBPyConnection, *rows: Row, wrong: int | None = None) -> None:
    for record, row in enumerate(rows, start=1):
        code = "not_a_number" if record == wrong else None
        connection.execute("INSERT INTO judged VALUES (?, ?, ?, ?, NULL, ?, NULL)", [record, *row, code])


def existing(connection: duckdb.DuckDBPyConnection, *rows: Row) -> None:
    """As the database would have found them: by the first record that has their key."""
    for number, row in enumerate(rows):
        found = connection.execute("SELECT min(record) FROM judged WHERE f0 = ?", [row[0]]).fetchone()
        connection.execute("INSERT INTO existing VALUES (?, ?, ?, ?, ?)", [number, *(found or ()), *row])


def matching(mode: Mode, on_conflict: OnConflict, blank: Blank = Blank.KEEP) -> Matching:
    return Matching(key=(0,), mode=mode, on_conflict=on_conflict, blank=blank, compared=(1, 2))


def counted(decided: dict[str, int]) -> dict[str, int]:
    return {str(decision): count for decision, count in decided.items() if count}


@pytest.mark.parametrize(
    ("mode", "on_conflict", "expected"),
    [
        (Mode.CREATE, OnConflict.FAIL, {"created": 1, "failed": 2}),
        (Mode.CREATE, OnConflict.SKIP, {"created": 1, "skipped": 2}),
        (Mode.CREATE, OnConflict.OVERWRITE, {"created": 1, "updated": 1, "unchanged": 1}),
        (Mode.UPDATE, OnConflict.OVERWRITE, {"failed": 1, "updated": 1, "unchanged": 1}),
        (Mode.UPSERT, OnConflict.OVERWRITE, {"created": 1, "updated": 1, "unchanged": 1}),
        (Mode.UPSERT, OnConflict.SKIP, {"created": 1, "skipped": 2}),
        (Mode.UPSERT, OnConflict.FAIL, {"created": 1, "failed": 2}),
    ],
)
def test_a_mode_and_a_strategy_decide_about_every_record(
    connection: duckdb.DuckDBPyConnection, mode: Mode, on_conflict: OnConflict, expected: dict[str, int]
) -> None:
    judged(connection, ("1", "new", "1"), ("2", "changed", "2"), ("3", "same", "3.50"))
    existing(connection, ("2", "old", "2"), ("3", "same", "3.5"))
    decided = Deciding(connection, FIELDS, matching(mode, on_conflict)).decide()
    assert counted(dict(decided.counts)) == expected


@pytest.mark.parametrize(
    ("on_conflict", "blank", "after"),
    [
        (OnConflict.OVERWRITE, Blank.KEEP, (None, "9")),
        (OnConflict.MERGE, Blank.KEEP, ("old", "9")),
        (OnConflict.MERGE, Blank.CLEAR, (None, "9")),
    ],
)
def test_an_empty_cell_keeps_or_clears_what_is_there(
    connection: duckdb.DuckDBPyConnection, on_conflict: OnConflict, blank: Blank, after: Row
) -> None:
    judged(connection, ("1", None, "9"))
    existing(connection, ("1", "old", "2"))
    deciding = Deciding(connection, FIELDS, matching(Mode.UPSERT, on_conflict, blank))
    deciding.decide()
    assert differences(deciding, 5) == [Difference(record=1, key=("1",), before=("old", "2"), after=tuple(after))]


def test_filling_blanks_leaves_what_is_there(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", "new", "9"), ("2", "new", "9"))
    existing(connection, ("1", "old", None), ("2", "old", "2"))
    deciding = Deciding(connection, FIELDS, matching(Mode.UPSERT, OnConflict.MERGE, Blank.FILL))
    assert counted(dict(deciding.decide().counts)) == {"updated": 1, "unchanged": 1}
    assert differences(deciding, 5) == [Difference(record=1, key=("1",), before=("old", None), after=("old", "9"))]


def test_a_key_that_stands_twice_in_the_file_fails_where_it_stands_again(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", "first", "1"), ("2", "other", "1"), ("1", "again", "1"))
    deciding = Deciding(connection, FIELDS, matching(Mode.CREATE, OnConflict.FAIL))
    decided = deciding.decide()
    assert counted(dict(decided.counts)) == {"created": 2, "failed": 1}
    assert deciding.findings(10) == [Finding(record=3, field="id", code="duplicate_in_file", value="1")]
    assert decided.findings == (FieldCount(field="id", code="duplicate_in_file", records=1),)


def test_a_key_that_several_rows_have_is_never_guessed(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", "x", "1"))
    existing(connection, ("1", "one", "1"), ("1", "two", "1"))
    deciding = Deciding(connection, FIELDS, matching(Mode.UPSERT, OnConflict.OVERWRITE))
    assert counted(dict(deciding.decide().counts)) == {"failed": 1}
    assert [finding.code for finding in deciding.findings(10)] == ["ambiguous_match"]


def test_a_record_without_a_key_is_new_or_cannot_be_updated(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, (None, "x", "1"), (None, "y", "1"))
    created = Deciding(connection, FIELDS, matching(Mode.UPSERT, OnConflict.OVERWRITE)).decide()
    assert counted(dict(created.counts)) == {"created": 2}
    updated = Deciding(connection, FIELDS, matching(Mode.UPDATE, OnConflict.OVERWRITE)).decide()
    assert counted(dict(updated.counts)) == {"failed": 2}


def test_a_reference_needs_its_parent_unless_it_is_empty(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", "there", "1"), ("2", "gone", "1"), ("3", None, "1"))
    connection.execute("INSERT INTO parents_0 VALUES (0, 1)")
    deciding = Deciding(connection, FIELDS, Matching(references=(Referring(fields=(1,)),)))
    assert counted(dict(deciding.decide().counts)) == {"created": 2, "failed": 1}
    assert deciding.findings(10) == [Finding(record=2, field="name", code="no_such_parent", value="gone")]


def test_a_parent_may_be_another_good_record_of_the_file(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", None, "0"), ("2", "1", "0"), ("3", "9", "0"), ("4", "5", "0"), ("5", None, "x"), wrong=5)
    own = Matching(key=(0,), references=(Referring(fields=(1,), own=(0,)),))
    deciding = Deciding(connection, FIELDS, own)
    assert counted(dict(deciding.decide().counts)) == {"created": 2, "failed": 3}
    assert [finding.record for finding in deciding.findings(10)] == [3, 4]


def test_what_was_wrong_or_unreadable_has_failed_and_all_records_are_counted(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    judged(connection, ("1", "x", "1"), ("2", "y", "1"), wrong=2)
    connection.execute("INSERT INTO rejected VALUES (3, NULL, 'too_few_values', 'z'), (3, 1, 'other', NULL)")
    decided = Deciding(connection, FIELDS, Matching()).decide()
    assert counted(dict(decided.counts)) == {"created": 1, "failed": 2}


@pytest.mark.parametrize("mode", [Mode.CREATE, Mode.UPDATE, Mode.UPSERT])
def test_the_digest_tells_another_row_and_another_decision(connection: duckdb.DuckDBPyConnection, mode: Mode) -> None:
    judged(connection, ("1", "x", "1"), ("2", "y", "1"))
    existing(connection, ("1", "old", "1"))
    deciding = Deciding(connection, FIELDS, matching(mode, OnConflict.OVERWRITE))
    first = deciding.decide().digest
    assert deciding.decide().digest == first
    connection.execute("UPDATE existing SET b0 = 'older'")
    drifted = deciding.decide().digest
    assert drifted != first
    connection.execute("DELETE FROM existing")
    assert deciding.decide().digest not in {first, drifted}


def test_a_null_and_an_empty_text_are_different_before_images(connection: duckdb.DuckDBPyConnection) -> None:
    judged(connection, ("1", "x", "1"))
    existing(connection, ("1", "", None))
    deciding = Deciding(connection, FIELDS, matching(Mode.UPSERT, OnConflict.OVERWRITE))
    empty = deciding.decide().digest
    connection.execute("UPDATE existing SET b0 = NULL, b1 = ''")
    assert deciding.decide().digest != empty


def test_many_fields_are_compared_in_parts_and_the_digest_covers_them_all(
    connection: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.workbench.deciding.differing.FIELDS_AT_ONCE", 1)
    judged(connection, ("1", "new", "1"), ("2", "new", "2"), ("3", "same", "3"))
    existing(connection, ("1", "old", "9"), ("2", "old", "2"), ("3", "same", "3.0"))
    deciding = Deciding(connection, FIELDS, matching(Mode.UPSERT, OnConflict.OVERWRITE))
    decided = deciding.decide()
    assert counted(dict(decided.counts)) == {"updated": 2, "unchanged": 1}
    assert [(it.before, it.after) for it in differences(deciding, 5)] == [
        (("old", "9"), ("new", "1")),
        (("old", "2"), ("new", "2")),
    ]
    for drift in ("b1 = '8' WHERE k0 = '1'", "b0 = 'older' WHERE k0 = '2'", "b1 = '2.5' WHERE k0 = '2'"):
        connection.execute(f"UPDATE existing SET {drift}")
        drifted = deciding.decide()
        assert drifted.counts == decided.counts
        assert drifted.digest != decided.digest
        decided = drifted


def test_words_made_ready_for_searching_are_the_same_in_any_order(connection: duckdb.DuckDBPyConnection) -> None:
    """As PostgreSQL wrote them once, and writes them now; whatever else has quotes stays what it is."""
    words = (("'b':1 'it''s':2A,3", "'it''s':2A,3 'b':1"), ("'a' & 'b'", "'b' & 'a'"), ("(1,2)", "(2,1)"), ("'a", "'a"))
    search = LogicalType(kind=Kind.OTHER)
    asked = f"SELECT {differ('CAST($1 AS VARCHAR)', 'CAST($2 AS VARCHAR)', search)}"
    assert [connection.execute(asked, pair).fetchall()[0][0] for pair in words] == [False, True, True, False]
