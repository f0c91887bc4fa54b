"""What comes out is what the server has: the type matrix of FAULTS 38, NULLs, long and odd texts, chunk borders."""

from __future__ import annotations

import json
import random
import struct
from pathlib import Path

import pytest

from contract.databases.case import Specimen
from contract.databases.mariadb_case import SPECIMENS, MariaPlace
from entrepot.model.errors import UnavailableError
from entrepot.model.selection import Query
from integration.mariadb.reading import csv_rows, everything_of, json_lines, lines_of, read, snapshot
from servers.mariadb import MariaDatabase

pytestmark = pytest.mark.mariadb

NUMBERS = "CREATE TABLE numbers AS SELECT seq AS id, repeat('x', 200) AS text FROM seq_1_to_{rows}"


@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: specimen.native)
def test_every_type_has_its_text_form(mariadb_database: MariaDatabase, tmp_path: Path, specimen: Specimen) -> None:
    place = MariaPlace(mariadb_database)
    place.execute(f"CREATE TABLE t (id serial PRIMARY KEY, v {specimen.native})")
    for expression, _ in specimen.values:
        place.execute(f"INSERT INTO t (v) VALUES ({expression})")
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        assert query.columns[1].type.kind is specimen.kind
        rows = csv_rows(read(session, query, lines_of(query)))
        lines = [json.loads(line) for line in read(session, query, json_lines(query)).splitlines()]
        texts = [batch.column("v").to_pylist() for batch in session.batches(query)]
    wanted = [text for _, text in specimen.values]
    assert texts == [wanted]
    assert [row[1] for row in rows] == [text or "" for text in wanted]
    assert [line["v"] is None for line in lines] == [text is None for text in wanted]


def test_null_and_empty_text_stay_apart(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    mariadb_database.execute("CREATE TABLE t (a int PRIMARY KEY, b text)")
    mariadb_database.execute("INSERT INTO t VALUES (1, ''), (2, NULL), (3, 'NULL'), (4, '  ')")
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        assert read(session, query, lines_of(query)) == b'1,""\n2,\n3,NULL\n4,  \n'


def test_every_character_survives(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    text = "".join(map(chr, range(0x180))) + "\u2028\ufffd\U0001f600\\N\\."
    mariadb_database.execute("CREATE TABLE t (b longtext)")
    with mariadb_database.connect() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO t VALUES (%s)", (text,))
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        assert json.loads(read(session, query, json_lines(query)))["b"] == text
        assert csv_rows(read(session, query, lines_of(query)))[0][0] == text


def test_a_single_precision_number_reads_back_as_itself(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    draw = random.Random(7)
    numbers = [struct.unpack("<f", struct.pack("<I", draw.randrange(0x00800000, 0x7F7FFFFF)))[0] for _ in range(500)]
    mariadb_database.execute("CREATE TABLE t (id serial PRIMARY KEY, f float)")
    with mariadb_database.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("INSERT INTO t (f) VALUES (%s)", [(repr(number),) for number in numbers])
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        texts = [row[1] for row in csv_rows(read(session, query, lines_of(query)))]
    assert [struct.unpack("<f", struct.pack("<f", float(text)))[0] for text in texts] == numbers


@pytest.mark.parametrize("rows", [0, 1, 9, 10, 11, 20])
def test_no_row_is_lost_or_invented_at_a_chunks_border(
    mariadb_database: MariaDatabase, tmp_path: Path, rows: int
) -> None:
    mariadb_database.execute(NUMBERS.format(rows=max(rows, 1)), f"DELETE FROM numbers WHERE id > {rows}")
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("numbers"))
        chunks = list(session.render(query, lines_of(query), rows_per_chunk=10))
        assert sum(chunk.rows for chunk in chunks) == session.count(query) == rows
        assert len(csv_rows(b"".join(chunk.data for chunk in chunks))) == rows


@pytest.mark.parametrize("size", [200, 250, 251, 65_535, 65_536, 300_000, 17_000_000, 40_000_000])
def test_rows_of_every_length_come_whole(mariadb_database: MariaDatabase, tmp_path: Path, size: int) -> None:
    """Lengths at which the protocol writes them differently, and rows that need several packets."""
    rows = 3 if size > 1_000_000 else 40
    mariadb_database.execute(
        "CREATE TABLE t (id int PRIMARY KEY, v longtext) AS "
        f"SELECT seq AS id, repeat(char(96 + seq % 26), {size}) AS v FROM seq_1_to_{rows}"
    )
    with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
        query = everything_of(catalog.entity("t"))
        bare = Query(entity=query.entity, columns=query.columns[1:])
        data = read(session, bare, lines_of(bare))
        assert data == b"".join((chr(96 + n % 26) * size + "\n").encode() for n in range(1, rows + 1))
        assert session.count(query) == rows


def test_a_row_that_the_server_cannot_send_is_an_error(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    """Functions give NULL where a result exceeds max_allowed_packet; that must not pass for an empty cell."""
    mariadb_database.execute("CREATE TABLE t (v longblob)", "INSERT INTO t VALUES (repeat('x', 600000))")
    mariadb_database.server.execute("SET GLOBAL max_allowed_packet = 1048576")
    try:
        with snapshot(mariadb_database.url, tmp_path) as (session, catalog):
            query = everything_of(catalog.entity("t"))
            with pytest.raises(UnavailableError, match="larger than the server"):
                read(session, query, lines_of(query))
    finally:
        mariadb_database.server.execute("SET GLOBAL max_allowed_packet = 1073741824")
