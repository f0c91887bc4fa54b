"""Tables of PostgreSQL that few expect: without a key, without an order, without columns, with very many of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions, Selection
from entrepot.model.errors import InputError
from entrepot.model.selection import Order
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = pytest.mark.postgres
WIDE = 1600
STATEMENTS = (
    "CREATE TABLE unordered (a int, j json, x xml, p point, b box, many xml[], raw bytea)",
    """INSERT INTO unordered SELECT n % 2, to_json(n), '<a/>', point(n, 1), box(point(n, 0), point(1, 1)),
       ARRAY['<b/>'::xml], '\\xff' FROM generate_series(1, 50) AS n""",
    f"CREATE TABLE wide ({', '.join(f'c{n} int' for n in range(WIDE))})",
    "INSERT INTO wide (c7) SELECT n FROM generate_series(1, 3) AS n",
    "CREATE TABLE bare ()",
    "INSERT INTO bare DEFAULT VALUES",
)
FORMATS = ("csv", "json", "ndjson", "xlsx", "parquet", "zip", "sql", "pdf")


@pytest.fixture(scope="module")
def database(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as made:
        for statement in STATEMENTS:
            made.execute(statement)
        yield made


@pytest.mark.parametrize("name", FORMATS)
def test_rows_without_key_and_order_go_out_in_every_format(
    database: PostgresDatabase, tmp_path: Path, name: str
) -> None:
    outcome = Entrepot(database.url, environment={}).export(
        "unordered", to=f"{tmp_path}/", options=ExportOptions(format=name)
    )
    assert outcome.receipt.totals["rows"] == 50
    assert Entrepot(environment={}).inspect(outcome.path).ok


@pytest.mark.parametrize("selection", [Selection(limit=7), Selection(order=Order.KEY)])
def test_a_limit_and_an_order_always_choose_the_same_rows(
    database: PostgresDatabase, tmp_path: Path, selection: Selection
) -> None:
    contents = set()
    for number in range(2):
        database.execute(f"UPDATE unordered SET a = a WHERE a = {number}")  # the rows now stand elsewhere
        path = Entrepot(database.url, environment={}).export(
            "unordered", to=tmp_path / f"{number}.csv", selection=selection
        )
        contents.add(path.path.read_bytes())
    assert len(contents) == 1


@pytest.mark.parametrize("selection", [Selection(), Selection(limit=2), Selection(order=Order.KEY)])
def test_a_table_may_have_as_many_columns_as_the_server_allows(
    database: PostgresDatabase, tmp_path: Path, selection: Selection
) -> None:
    outcome = Entrepot(database.url, environment={}).export("wide", to=tmp_path / "w.csv", selection=selection)
    assert outcome.receipt.totals["rows"] == (selection.limit or 3)


@pytest.mark.parametrize("name", FORMATS)
def test_a_table_without_columns_is_left_out_with_a_word(database: PostgresDatabase, tmp_path: Path, name: str) -> None:
    options = ExportOptions(format=name)
    asked = Selection(exclude=("wide",))
    outcome = Entrepot(database.url, environment={}).export(to=f"{tmp_path}/out/", selection=asked, options=options)
    assert [problem.code for problem in outcome.receipt.warnings if "bare" in problem.message] == ["no_fields_at_all"]
    assert [entity.title for entity in outcome.receipt.entities] == ["unordered"]


def test_a_table_without_columns_is_refused_by_name(database: PostgresDatabase, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Entrepot(database.url, environment={}).export("bare", to=tmp_path / "b.csv")
    assert caught.value.code == "no_fields_at_all"
    assert list(tmp_path.iterdir()) == []
