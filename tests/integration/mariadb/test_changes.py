"""What an import writes is what it was given, over both ways, or nothing at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contract.databases.case import Specimen
from contract.databases.mariadb_case import SPECIMENS, MariaPlace
from entrepot.databases.mysql import staging
from entrepot.model.changes import Mark
from entrepot.model.errors import AccessError, BugError, ChangedError, EntrepotError, InputError
from integration.mariadb.changing import WAYS, Importer, all_columns, joined, way_of
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

PEOPLE = "CREATE TABLE people (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) UNIQUE, note text)"
PETS = (
    "CREATE TABLE pets (id int PRIMARY KEY, owner int NOT NULL, "
    "CONSTRAINT owned FOREIGN KEY (owner) REFERENCES people (id))"
)


@pytest.fixture(params=WAYS)
def database(request: pytest.FixtureRequest, mariadb_database: MariaDatabase) -> Iterator[MariaDatabase]:
    with way_of(mariadb_database, request.param):
        yield mariadb_database


def refused(importer: Importer, name: str, fields: tuple[str, ...], *blocks: bytes) -> EntrepotError:
    with pytest.raises(EntrepotError) as error:
        importer.insert(name, fields, *blocks)
    assert error.value.remedy
    return error.value


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.native)
def test_every_text_form_becomes_the_value_that_it_came_from(
    database: MariaDatabase, tmp_path: Path, specimen: Specimen
) -> None:
    place = MariaPlace(database)
    place.execute(f"CREATE TABLE given (id int PRIMARY KEY, v {specimen.native})", "CREATE TABLE taken LIKE given")
    for number, (expression, _) in enumerate(specimen.values):
        place.execute(f"INSERT INTO given VALUES ({number}, {expression})")
    rows = b"".join(
        b"%d,%s\n" % (number, b"NULL" if text is None else b'"%s"' % text.replace('"', '""').encode())
        for number, (_, text) in enumerate(specimen.values)
    )
    importer = Importer(database, tmp_path)
    importer.insert("taken", ("id", "v"), rows)
    same = "SELECT (SELECT count(*) FROM taken), count(*) FROM given JOIN taken USING (id)"
    equal = "ST_AsBinary(given.v) <=> ST_AsBinary(taken.v)" if "POINT" in str(specimen) else "given.v <=> taken.v"
    count = len(specimen.values)
    assert place.rows(f"{same} WHERE {equal}") == ((count, count),)
    with importer.change() as target:
        changed = rows.replace(b",NULL\n", b',"x"\n') if specimen.native.startswith("text") else rows
        assert target.update(importer["taken"], ("id",), ("v",), [changed]) == count


def test_null_the_word_null_and_empty_text_stay_apart(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE)
    Importer(database, tmp_path).insert("people", ("id", "note"), b'1,NULL\n2,"NULL"\n3,""\n4,\n5,"null"\n6,\\N\n')
    assert [note for (note,) in database.rows("SELECT note FROM people ORDER BY id")] == [
        *(None, "NULL", "", "", "null", "\\N")
    ]


def test_every_character_arrives(database: MariaDatabase, tmp_path: Path) -> None:
    text = "".join(map(chr, range(0x180))) + "\u2028\ufffd\U0001f600\\N\\.\\'\"\",\r\n'; DROP TABLE people; --"
    database.execute(PEOPLE)
    row = '1,"{}"\n'.format(text.replace('"', '""')).encode()
    Importer(database, tmp_path).insert("people", ("id", "note"), row)
    assert database.value("SELECT note FROM people") == text


def test_bytes_that_are_no_utf8_are_never_stored_as_something_else(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE)
    assert isinstance(refused(Importer(database, tmp_path), "people", ("note",), b"caf\xe9\n"), BugError)
    assert database.value("SELECT count(*) FROM people") == 0


def test_long_texts_arrive_whole(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute("CREATE TABLE long_ones (id int PRIMARY KEY, t longtext, b longblob)")
    Importer(database, tmp_path).insert(
        "long_ones", ("id", "t", "b"), b'1,"%s",\\x%s\n' % (b"ab,\n" * 1_000_000, b"00ff" * 1_000_000)
    )
    assert database.rows("SELECT length(t), length(b), md5(t) = md5(repeat('ab,\n', 1000000)) FROM long_ones") == (
        (4_000_000, 2_000_000, 1),
    )


def test_rows_arrive_once_each_over_many_portions(
    database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PORTION", 1000)
    database.execute(PEOPLE)
    blocks = [b"%d,%d\n" % (number, number) for number in range(1, 2001)]
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        assert target.insert(importer["people"], ("id", "name"), [b"", *blocks, b""]) == 2000
        assert target.update(importer["people"], ("id",), ("note",), blocks) == 2000
        assert (
            target.keep_keys("k", importer["people"], ("id",), [block.split(b",")[0] + b"\n" for block in blocks])
            == 2000
        )
        rows = joined(target.matching("k", importer["people"], ("id",), all_columns(importer["people"])))
        target.commit()
    assert sorted(map(int, (line.split(b",")[0] for line in rows.splitlines()))) == list(range(1, 2001))
    assert database.rows("SELECT count(*), sum(name = id), sum(note = id) FROM people") == ((2000, 2000, 2000),)


@pytest.mark.parametrize(
    ("native", "text"),
    [
        ("int", "abc"),
        ("int", "1.5"),
        ("int", "1e2"),
        ("int", ""),
        ("tinyint", "128"),
        ("bigint", "9223372036854775808"),
        ("bigint unsigned", "-1"),
        ("bigint unsigned", "18446744073709551616"),
        ("boolean", "yes"),
        ("boolean", "1.5"),
        ("bit(1)", "2"),
        ("bit(8)", "256"),
        ("bit(64)", "-1"),
        ("year", "24"),
        ("year", "1800"),
        ("decimal(4,2)", "100"),
        ("decimal(4,2)", "NaN"),
        ("double", "Infinity"),
        ("float", "1e39"),
        ("varchar(3)", "abcd"),
        ("varchar(3) CHARACTER SET latin1", "\U0001f600"),
        ("varbinary(1)", "\\x0001"),
        ("blob", "\\xzz"),
        ("blob", "\\xabc"),
        ("blob", "00"),
        ("date", "2024-13-01"),
        ("date", ""),
        ("time", "839:00:00"),
        ("datetime", "2024-01-02 25:00:00"),
        ("timestamp", "2039-01-01 00:00:00+00"),
        ("timestamp", "2024-01-01 00:00:00+02"),
        ("enum('a','b')", "c"),
        ("enum('a','b')", "2"),
        ("enum('a','b')", ""),
        ("set('a','b')", "a,c"),
        ("set('a','b')", "3"),
        ("json", "{"),
        ("uuid", "x"),
        ("inet4", "300.0.0.1"),
        ("point", "LINESTRING(0 0,1 1)"),
        ("geometry", "nowhere"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_is_written(
    database: MariaDatabase, tmp_path: Path, native: str, text: str
) -> None:
    MariaPlace(database).execute(f"CREATE TABLE t (id int PRIMARY KEY, v {native} NULL)")
    importer = Importer(database, tmp_path)
    row = '2,"{}"\n'.format(text.replace('"', '""')).encode()
    error = refused(importer, "t", ("id", "v"), b"1,NULL\n", row)
    assert isinstance(error, InputError)
    assert error.code == "database_refused"
    assert "'t'" in error.message
    with pytest.raises(InputError, match="'t'"), importer.change() as target:
        target.insert(importer["t"], ("id", "v"), [b"1,NULL\n"])
        target.update(importer["t"], ("id",), ("v",), [row.replace(b"2", b"1", 1)])
    assert database.value("SELECT count(*) FROM t") == 0


def test_a_rule_that_refuses_a_row_is_named(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE, PETS, "ALTER TABLE people ADD CONSTRAINT short CHECK (length(name) < 9)")
    database.execute("INSERT INTO people VALUES (1, 'Ann', NULL)")
    importer = Importer(database, tmp_path)
    for name, fields, row, words in [
        ("people", ("name",), b"ann\n", "rule 'name'"),
        ("people", ("id",), b"1\n", "rule 'PRIMARY'"),
        ("people", ("name",), b"Bartholomew\n", "rule 'short'"),
        ("pets", ("id", "owner"), b"1,7\n", "rule 'owned'"),
        ("pets", ("id", "owner"), b"1,NULL\n", "'owner'"),
        ("pets", ("id",), b"1\n", "'owner'"),
        ("people", ("id", "name"), b"NULL,x\n", "no value"),
    ]:
        error = refused(importer, name, fields, row)
        assert error.code == "database_refused"
        assert words in error.message
    assert database.value("SELECT count(*) FROM people") == 1


def test_a_refused_value_is_found_by_its_row(
    database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PORTION", 100)
    database.execute(PEOPLE)
    importer = Importer(database, tmp_path)
    blocks = [b"%d,%s\n" % (number, b"x" * (21 if number == 77 else 5) + b"%d" % number) for number in range(1, 101)]
    error = refused(importer, "people", ("id", "name"), *blocks)
    assert "'name' at row 77" in error.message
    with pytest.raises(InputError, match="'name' at row 77"), importer.change() as target:
        target.update(importer["people"], ("id",), ("name",), blocks)


def test_a_trigger_may_refuse_a_row_in_its_own_words(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(
        PEOPLE,
        "CREATE TRIGGER no_bob BEFORE INSERT ON people FOR EACH ROW "
        "IF NEW.name = 'Bob' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Bob is not welcome'; END IF",
    )
    assert "Bob is not welcome" in refused(Importer(database, tmp_path), "people", ("name",), b"Ann\nBob\n").message
    assert database.value("SELECT count(*) FROM people") == 0


def test_a_row_beyond_what_the_server_takes_in_one_piece_arrives_whole_or_not_at_all(
    database: MariaDatabase, tmp_path: Path
) -> None:
    packet = int(str(database.value("SELECT @@GLOBAL.max_allowed_packet")))
    way = database.value("SELECT @@GLOBAL.local_infile")
    database.execute("CREATE TABLE t (b longblob)", "SET GLOBAL max_allowed_packet = 1048576")
    importer, row = Importer(database, tmp_path), b"\\x%s\n" % (b"0f" * 1_100_000)
    try:
        if way:
            importer.insert("t", ("b",), row)
        else:
            assert refused(importer, "t", ("b",), row).code == "row_too_large"
    finally:
        database.execute(f"SET GLOBAL max_allowed_packet = {packet}")
    wanted = ((1_100_000, hashlib.md5(b"\x0f" * 1_100_000).hexdigest()),) if way else ()
    assert database.rows("SELECT length(b), md5(b) FROM t") == wanted


def test_keys_of_the_database_come_back_in_the_order_of_the_rows(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE, "INSERT INTO people VALUES (41, 'Ann', NULL)")
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        rows = target.insert_returning(importer["people"], ("name",), [b'"B,""b"\nNULL\n', b"A\n"], ("id", "name"))
        assert joined(rows) == b'42,"B,""b"\n43,\n44,A\n'
        target.commit()


def test_an_update_counts_what_it_found_also_where_nothing_changed(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE, "INSERT INTO people VALUES (1, 'Ann', 'a'), (2, 'Bob', 'b')")
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        assert target.update(importer["people"], ("id",), ("note",), [b"1,a\n2,c\n3,d\nNULL,e\n"]) == 2
        assert target.update(importer["people"], ("note",), ("name",), [b"c,Bert\n"]) == 1
        assert target.delete(importer["people"], ("name",), [b"ANN\nnobody\n"]) == 1
        target.commit()
    assert database.rows("SELECT * FROM people") == ((2, "Bert", "c"),)


def test_keys_match_as_the_database_compares_them(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE, "INSERT INTO people VALUES (1, 'Ann', 'x'), (2, NULL, 'y'), (3, 'Bob', 'y  ')")
    importer = Importer(database, tmp_path)
    people = importer["people"]
    with importer.change(write=False) as target:
        assert target.keep_keys("names", people, ("name",), [b"ANN\nann \nNULL\nzed\n"]) == 2
        assert joined(target.matching("names", people, ("name",), all_columns(people))) == b"1,Ann,x\n"
        assert target.keep_keys("both", people, ("name", "note"), [b"bob,y\nann,NULL\n"]) == 1
        assert joined(target.matching("both", people, ("name", "note"), all_columns(people)[:1])) == b"3\n"


def test_a_mark_can_be_left_once_only(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE)
    importer = Importer(database, tmp_path)
    first, second = Mark(job="job", unit=0), Mark(job="job", unit=1)
    assert not importer.engine.was_applied(first)
    with importer.change() as target:
        target.mark(first)
    assert not importer.engine.was_applied(first)
    importer.do(lambda target: target.mark(first))
    assert importer.engine.was_applied(first)
    assert not importer.engine.was_applied(second)
    with pytest.raises(ChangedError) as error, importer.change() as target:
        target.mark(Mark(job="job", unit=0, epoch=1))
    assert error.value.code == "already_applied"
    assert [entity.name for entity in importer.engine.introspect().entities] == ["people"]


def test_a_preview_writes_nothing_and_needs_no_right_to(database: MariaDatabase, tmp_path: Path) -> None:
    database.execute(PEOPLE, "INSERT INTO people VALUES (1, 'Ann', NULL)")
    user = f"u_{database.name}"
    database.execute(
        f"CREATE USER {user}@'%' IDENTIFIED BY 'pw'",
        f"GRANT SELECT, CREATE TEMPORARY TABLES ON {database.name}.* TO {user}@'%'",
    )
    try:
        importer = Importer(database, tmp_path, database.server.url(database.name, user, "pw"))
        people = importer["people"]
        with importer.change(write=False) as target:
            assert not target.is_empty(people)
            assert target.keep_keys("k", people, ("id",), [b"1\n2\n"]) == 2
            assert joined(target.matching("k", people, ("id",), all_columns(people))) == b"1,Ann,\n"
            with pytest.raises(BugError):
                target.insert(people, ("name",), [b"x\n"])
        with pytest.raises(AccessError, match="'entrepot_applied'") as missing, importer.change():
            pass
        assert "CREATE TABLE IF NOT EXISTS `entrepot_applied`" in missing.value.remedy
        database.execute(f"GRANT CREATE, SELECT, INSERT ON {database.name}.entrepot_applied TO {user}@'%'")
        with pytest.raises(AccessError, match="right INSERT on 'people'"), importer.change() as target:
            target.insert(people, ("name",), [b"x\n"])
    finally:
        database.execute(f"DROP USER {user}@'%'")
    assert database.value("SELECT count(*) FROM people") == 1


def test_defaults_and_triggers_go_by_the_clock_of_the_server_and_given_moments_by_utc(
    database: MariaDatabase, tmp_path: Path
) -> None:
    database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, at timestamp NULL, made datetime DEFAULT now(), seen datetime)",
        "CREATE TRIGGER seeing BEFORE UPDATE ON t FOR EACH ROW SET NEW.seen = now()",
        "SET GLOBAL time_zone = '+05:00'",
    )
    importer = Importer(database, tmp_path)
    try:
        importer.insert("t", ("id", "at"), b"1,2024-01-02 10:00:00+00\n")
        importer.insert("t", ("id",), b"2\n")
        importer.do(lambda target: target.update(importer["t"], ("id",), ("at",), [b"2,2024-01-02 11:00:00+00\n"]))
        with importer.change() as target:
            target.keep_keys("k", importer["t"], ("at",), [b"2024-01-02 10:00:00+00\n2024-01-02 11:00:00+00\n"])
            rows = joined(target.matching("k", importer["t"], ("at",), all_columns(importer["t"])[:2]))
    finally:
        database.execute("SET GLOBAL time_zone = 'SYSTEM'")
    assert rows == b"1,2024-01-02 10:00:00+00\n2,2024-01-02 11:00:00+00\n"
    ahead = "timestampdiff(MINUTE, utc_timestamp(), {}) > 290"
    assert database.rows(f"SELECT {ahead.format('made')}, {ahead.format('seen')} FROM t ORDER BY id") == (
        (1, None),
        (1, 1),
    )


def test_a_server_that_does_not_give_keys_back_says_so(
    database: MariaDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute(PEOPLE)
    importer = Importer(database, tmp_path)
    with importer.change() as target:
        old = replace(target._staging.abilities, returns=False)
        monkeypatch.setattr(target._staging, "abilities", old)
        with pytest.raises(InputError) as error:
            joined(target.insert_returning(importer["people"], ("name",), [b"x\n"], ("id",)))
    assert error.value.code == "no_returning"
