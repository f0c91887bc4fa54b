"""Templates of real servers: their own types and keys, filled in and brought in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from contract.databases import mariadb_case, postgres_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ImportRequest
from entrepot.access.permissions import Principal, Role
from entrepot.model.errors import AccessError
from entrepot.model.example_rows import MARK

CASES = (
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
TABLES = {
    "postgres": (
        "CREATE TYPE mood AS ENUM ('happy', 'so, so')",
        "CREATE TABLE tenants (id integer PRIMARY KEY, name text UNIQUE)",
        (
            "CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
            " tenant_id integer NOT NULL REFERENCES tenants (id), mood mood NOT NULL,"
            " size smallint CHECK (size IN (1, 2, 3)), tags text[], at timestamptz NOT NULL DEFAULT now(), data jsonb,"
            " clock time, double integer GENERATED ALWAYS AS (size * 2) STORED)"
        ),
        "INSERT INTO tenants VALUES (1, 'acme'), (2, 'beta')",
    ),
    "mysql": (
        "CREATE TABLE tenants (id integer PRIMARY KEY, name varchar(20) UNIQUE)",
        (
            "CREATE TABLE things (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, tenant_id integer NOT NULL,"
            " mood enum('happy', 'so, so') NOT NULL, size smallint CHECK (size IN (1, 2, 3)), tags set('a', 'b'),"
            " at timestamp NOT NULL DEFAULT current_timestamp, data longtext CHECK (json_valid(data)), clock time,"
            " `double` integer AS (size * 2) STORED, FOREIGN KEY (tenant_id) REFERENCES tenants (id))"
        ),
        "INSERT INTO tenants VALUES (1, 'acme'), (2, 'beta')",
    ),
}
SETTINGS = '[tenancy]\nroot = "tenants"\n'


@pytest.fixture(params=CASES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[EngineCase, Place, Path]]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(*TABLES[case.name])
        (tmp_path / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
        yield case, place, tmp_path


def entrepot(place: Place, folder: Path, **more: Any) -> Entrepot:
    return Entrepot(place.url, config=folder / "entrepot.toml", environment={}, **more)


def test_a_template_of_a_server_is_filled_in_and_brought_in(engine: tuple[EngineCase, Place, Path]) -> None:
    _, place, folder = engine
    (file,) = entrepot(place, folder).template("things", to=folder / "things.csv")
    names, example = file.read_text(encoding="utf-8").splitlines()
    assert names == "id,tenant_id,mood,size,tags,at,data,clock"
    assert example.startswith(f"{MARK},Example,happy,1,")
    with file.open("a", encoding="utf-8") as opened:
        opened.write(',beta,"so, so",2,,,,\n')
    receipt = entrepot(place, folder).bring_in(file, ImportRequest(entity="things"))
    assert (receipt.counts["created"], receipt.counts["skipped"]) == (1, 1)
    rows = place.rows("SELECT id, tenant_id, mood, size FROM things WHERE at IS NOT NULL")
    assert [tuple(map(str, row)) for row in rows] == [("1", "2", "so, so", "2")]


def test_a_workbook_of_a_server_lists_labels_and_parents(engine: tuple[EngineCase, Place, Path]) -> None:
    _, place, folder = engine
    (file,) = entrepot(place, folder).template("things", to=folder / "things.xlsx")
    book = openpyxl.load_workbook(file)
    sheet = book["things"]
    rules = {str(rule.sqref)[0]: rule for rule in sheet.data_validations.dataValidation}
    assert rules["D"].formula1 == '"1,2,3"'
    columns = [[cell.value for cell in column if cell.value is not None] for column in book["_lists"].columns]
    assert columns == [["tenants", "acme", "beta"], ["mood", "happy", "so, so"]]


def test_who_may_not_import_gets_no_template(engine: tuple[EngineCase, Place, Path]) -> None:
    _, place, folder = engine
    viewer = entrepot(place, folder, principal=Principal(name="eve", role=Role.VIEWER))
    with pytest.raises(AccessError, match="may not import"):
        viewer.template("things", to=folder / "things.csv")
    assert "ThingsRow" in viewer.types("things")


def test_who_is_bound_to_a_tenant_learns_nothing_of_others(engine: tuple[EngineCase, Place, Path]) -> None:
    _, place, folder = engine
    bound = Principal(name="ann", role=Role.ORG_ADMIN, tenant="1")
    (file,) = entrepot(place, folder, principal=bound).template("things", to=folder / "things.xlsx")
    book = openpyxl.load_workbook(file)
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "tenant_id" not in texts
    assert "beta" not in texts
    with pytest.raises(AccessError):
        entrepot(place, folder, principal=bound).template("things", to=folder / "other.xlsx", tenant="2")
