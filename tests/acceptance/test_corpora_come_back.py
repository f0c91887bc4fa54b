"""Whole databases go out in every format that loses nothing, or are dumped by their engine's own tool, and come into an
empty one as they were. All of them in all formats: ENTREPOT_CORPORA=all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.corpora import CORPORA, load
from acceptance.homes import Home, home_in
from acceptance.journeys import changed_fields
from entrepot import BundleRequest, Entrepot, ExportOptions, Selection
from entrepot.model.plans import ImportRequest
from entrepot.sample.create import create_sample
from servers.postgres import PostgresServer

FOLDERS = ("csv", "ndjson", "parquet")
PACKAGES = ("package of csv", "package of ndjson", "package of json", "package of parquet")
EVERY = (*PACKAGES, "json", "sql", "xlsx", *FOLDERS)
SHORT = {"workshop": EVERY, "sakila": ("package of csv", "json")}
"""Ours has the strangest types and names, in few rows; imports of the others take seconds each."""
NAMES = (*(corpus.name for corpus in CORPORA), "demo")
ALL = os.environ.get("ENTREPOT_CORPORA") == "all"
PAIRS = [(name, kind) for name in NAMES for kind in (EVERY if ALL else SHORT.get(name, PACKAGES[:1]))]
LOCKED = frozenset({"sakila", "pagila"})
"""Their `staff` and `store` refer to each other, and neither may be empty nor be checked later: PostgreSQL takes that
with its keys out of the way."""


def options(kind: str) -> ExportOptions:
    if kind in PACKAGES:
        return ExportOptions(format="package", format_options={"member_format": kind.rpartition(" ")[2]})
    return ExportOptions(format=kind)


@dataclass(frozen=True)
class Moved:
    """A database at home in an engine, and what makes it without its rows."""

    name: str
    home: Home
    url: str
    schema: Path
    folder: Path

    def at(self, url: str) -> Entrepot:
        return opened(url, self.folder)

    @contextmanager
    def empty(self) -> Iterator[Entrepot]:
        with self.home.filled(self.schema) as url:
            yield self.at(url)

    def bring(self, into: Entrepot, file: Path) -> None:
        exclusive = self.name in LOCKED and self.home.name == "postgres"
        into.bring_in([file], BundleRequest(each=ImportRequest(entity="", exclusive=exclusive)))


def opened(url: str, folder: Path) -> Entrepot:
    settings = folder / "entrepot.toml"
    settings.write_text("", encoding="utf-8")
    return Entrepot(url, config=settings, environment={})


@pytest.fixture(scope="module")
def source(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer
) -> Iterator[tuple[str, Entrepot]]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "demo":
        create_sample(folder / "shop")
        yield "demo", opened(f"sqlite:///{folder}/shop/shop.db", folder)
        return
    (corpus,) = (corpus for corpus in CORPORA if corpus.name == request.param)
    with postgres_server.database() as database:
        load(corpus, database)
        yield corpus.name, opened(database.url, folder)


@pytest.fixture(
    scope="module",
    params=["sqlite", "postgres", pytest.param("mysql", marks=pytest.mark.mariadb, id="mariadb")],
)
def moved(
    source: tuple[str, Entrepot], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Moved]:
    name, service = source
    home, folder = home_in(request.param, request), tmp_path_factory.mktemp(f"{name}-{request.param}")
    asked = ExportOptions(dialect=home.name)
    whole = service.export(to=folder / "whole.sql", options=asked).path
    schema = service.export(to=folder / "schema.sql", options=asked, selection=Selection(limit=0)).path
    with home.filled(whole) as url:
        yield Moved(name, home, url, schema, folder)


pytestmark = pytest.mark.postgres


@pytest.mark.parametrize(("source", "kind"), PAIRS, indirect=("source",), scope="module")
def test_what_goes_out_comes_into_an_empty_database_as_it_was(moved: Moved, kind: str, tmp_path: Path) -> None:
    target = f"{tmp_path}/out/" if kind in FOLDERS else tmp_path / f"out.{'zip' if kind in PACKAGES else kind}"
    before = moved.at(moved.url)
    file = before.export(to=target, options=options(kind)).path
    with moved.empty() as after:
        moved.bring(after, file)
        assert changed_fields(before, after) == frozenset()


@pytest.mark.parametrize("source", NAMES, indirect=True, scope="module")
def test_what_its_own_tool_dumps_is_read_as_the_data_that_its_own_client_restores(moved: Moved, tmp_path: Path) -> None:
    """Restored, because mariadb-dump rounds a `float`."""
    file = tmp_path / "dump.sql"
    file.write_bytes(moved.home.dumped(moved.url))
    with moved.home.filled(file) as restored, moved.empty() as after:
        moved.bring(after, file)
        assert changed_fields(moved.at(restored), after) == frozenset()
