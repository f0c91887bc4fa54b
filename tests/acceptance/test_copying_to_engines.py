"""Rows go round all engines and come back as they were; each database is known by what it is, not by its address."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from acceptance.corpora import CORPORA, load
from acceptance.market import counted
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ExportOptions, Selection
from entrepot.model.errors import InputError
from entrepot.model.types import Kind
from servers.postgres import PostgresDatabase

pytestmark = [pytest.mark.postgres, pytest.mark.mariadb]
CASES = (sqlite_case.CASE, postgres_case.CASE, mariadb_case.CASE)
KINDS = (Kind.TEXT, Kind.DECIMAL, Kind.BOOLEAN, Kind.TIMESTAMP, Kind.BYTES)
TEXTS = ("''", "NULL", "'NULL'", "'a,\"b\"'", "'two\nlines'", "' x '", "'\\.'", "'\\N'", "'ü 漢 🎈'", "'=1+1'")


@dataclass(frozen=True)
class Ring:
    places: Mapping[str, Place]
    folder: Path

    def at(self, name: str) -> Entrepot:
        return Entrepot(self.places[name].url, config=self.folder / "entrepot.toml", environment={})

    def content(self, name: str) -> dict[str, str]:
        return {entity: str(taken) for entity, taken in self.at(name).fingerprint().items()}


def make(case: EngineCase, place: Place) -> None:
    columns = ", ".join(f"a_{kind.value} {case.types[kind]}" for kind in KINDS)
    place.execute(
        f"""CREATE TABLE things (id integer PRIMARY KEY, within integer, {columns},
            FOREIGN KEY (within) REFERENCES things (id))""",
        """CREATE TABLE parts (thing integer NOT NULL, number integer NOT NULL, PRIMARY KEY (thing, number),
            FOREIGN KEY (thing) REFERENCES things (id))""",
    )


@pytest.fixture
def ring(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ring]:
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    with ExitStack() as stack:
        places = {}
        for case in CASES:
            places[case.name] = stack.enter_context(case.place(request, tmp_path))
            make(case, places[case.name])
        (tmp_path / "back").mkdir()
        places["back"] = stack.enter_context(sqlite_case.CASE.place(request, tmp_path / "back"))
        make(sqlite_case.CASE, places["back"])
        fill(places["sqlite"])
        yield Ring(places, tmp_path)


def fill(place: Place) -> None:
    values = "12.5, true, '2024-02-29 23:59:59.123456', x'00ff22'"
    rows = [f"({at}, {at + 1 if at < 9 else 'NULL'}, {text}, {values})" for at, text in enumerate(TEXTS)]
    place.execute(f"INSERT INTO things VALUES {', '.join(rows)}", "INSERT INTO things (id) VALUES (99)")
    place.execute("INSERT INTO parts VALUES (0, 1), (0, 2), (9, 1)")


def test_rows_go_round_all_engines_and_come_back_as_they_were(ring: Ring) -> None:
    way = ["sqlite", "postgres", "mysql", "back"]
    jobs = {}
    for source, target in pairwise(way):
        receipt = ring.at(target).copy(source=ring.places[source].url)
        assert counted(receipt.counts) == {"created": 14}
        jobs[target] = receipt.job
    assert ring.content("back") == ring.content("sqlite")
    assert counted(ring.at("mysql").copy(source=ring.places["postgres"].url).counts) == {"unchanged": 14}
    for target, job in jobs.items():
        ring.at(target).undo(job)
        assert {taken.rows for taken in ring.at(target).fingerprint().values()} == {0}


def test_a_database_with_circles_and_every_kind_of_name_moves_as_a_whole(
    postgres_database: PostgresDatabase, tmp_path: Path
) -> None:
    (workshop,) = (corpus for corpus in CORPORA if corpus.ours)
    load(workshop, postgres_database)
    source = Entrepot(postgres_database.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    empty = source.export(
        to=tmp_path / "e.sql", selection=Selection(limit=0), options=ExportOptions(dialect="sqlite")
    ).path
    with closing(sqlite3.connect(tmp_path / "moved.db")) as connection:
        connection.executescript(empty.read_text(encoding="utf-8"))
    target = Entrepot(f"sqlite:///{tmp_path}/moved.db", environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    receipt = target.copy(source=postgres_database.url)
    assert target.fingerprint() == source.fingerprint()
    assert {problem.code for problem in receipt.warnings} == {"not_lossless"}
    assert target.undo(receipt.job).left == 0


@pytest.mark.parametrize("name", ["postgres", "mysql"])
def test_a_server_is_known_under_another_address(ring: Ring, name: str) -> None:
    url = ring.places[name].url
    other = urlsplit(url)._replace(netloc=urlsplit(url).netloc.replace("127.0.0.1", "localhost")).geturl()
    for address in (url, other):
        with pytest.raises(InputError) as refused:
            ring.at(name).copy(source=address)
        assert refused.value.code == "same_database"


def test_two_databases_of_one_server_are_two(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    for case in CASES[1:]:
        with case.place(request, tmp_path) as one, case.place(request, tmp_path) as other:
            for place in (one, other):
                make(case, place)
            one.execute("INSERT INTO things (id) VALUES (1)")
            service = Entrepot(other.url, config=None, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
            assert counted(service.copy(source=one.url).counts) == {"created": 1}
