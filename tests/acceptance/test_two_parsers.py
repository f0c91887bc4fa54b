"""The workbench checks a file, and the database reads it once more: what is stored is always what was checked.

FAULTS 38 to 40, 66 and 67: bytes and spellings on which PostgreSQL, MariaDB, SQLite and the workbench could disagree.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from acceptance.spellings import SOMEWHERE, SPELLINGS
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ExportOptions
from entrepot.model.drafts import Errors
from entrepot.model.plans import ImportRequest

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
NATIVE = {
    "sqlite": "i bigint, n decimal(20,6), x double, d date, s timestamp, c time, b boolean, u uuid, y blob, j json,"
    " t text",
    "postgres": "i bigint, n numeric(20,6), x double precision, d date, s timestamp, c time, b boolean, u uuid,"
    " y bytea, j jsonb, t text",
    "mysql": "i bigint, n decimal(20,6), x double, d date, s datetime(6), c time(6), b boolean, u uuid, y longblob,"
    " j json, t longtext",
}
NAMES = "inxdscbuyjt"
Stored = dict[str, str | None]


@dataclass(frozen=True)
class Scale:
    case: EngineCase
    place: Place
    folder: Path
    entrepot: Entrepot

    def empty(self) -> None:
        self.place.execute(
            "DROP TABLE IF EXISTS scale", f"CREATE TABLE scale (k integer PRIMARY KEY, {NATIVE[self.case.name]})"
        )

    def bring(self, path: Path, **said: object) -> set[int]:
        """The records that failed, be it that only the database refused them."""
        request = ImportRequest(entity="scale", errors=Errors.SKIP, **said)  # type: ignore[arg-type]
        plan = self.entrepot.preview(path, request)
        receipt = self.entrepot.apply(plan.plan_id)
        assert receipt.counts["failed"] >= plan.counts["failed"]
        assert sum(receipt.counts.values()) == plan.staged.records
        stored = {int(str(row[0])) for row in self.place.rows("SELECT k FROM scale")}
        return set(range(1, plan.staged.records + 1)) - stored

    def stored(self) -> dict[int, Stored]:
        """As it goes out again; texts as the database itself gives them."""
        path = self.folder / "out.csv"
        self.entrepot.export("scale", to=path, options=ExportOptions(overwrite=True))
        rows = csv.DictReader(io.StringIO(path.read_bytes().decode(), newline=""))
        found = {int(row["k"]): {name: value or None for name, value in row.items()} for row in rows}
        for key, text in self.place.rows("SELECT k, t FROM scale"):
            assert found[int(str(key))]["t"] == text
        return found


@pytest.fixture(params=CASES)
def scale(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scale]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        settings = tmp_path / "entrepot.toml"
        settings.write_text("", encoding="utf-8")
        yield Scale(case, place, tmp_path, Entrepot(place.url, config=settings, environment={}))


def rows_of(spellings: Sequence[tuple[str, str]]) -> list[list[str]]:
    """One spelling a row, nothing else in it."""
    return [
        [str(key), *(text if name == column else "" for column in NAMES)]
        for key, (name, text) in enumerate(spellings, start=1)
    ]


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Quoted, unless there is nothing."""
    lines = (",".join('"' + v.replace('"', '""') + '"' if v else "" for v in row) for row in [["k", *NAMES], *rows])
    return ("\n".join(lines) + "\n").encode()


def as_lines(rows: Sequence[Sequence[str]]) -> bytes:
    records = ({"k": row[0]} | {n: v or None for n, v in zip(NAMES, row[1:], strict=True)} for row in rows)
    return "".join(json.dumps(record) + "\n" for record in records).encode()


FORMS = {"given.csv": as_csv, "given.ndjson": as_lines}


def meant(form: str, name: str, text: str) -> str | None:
    """In a field of JSON, a string of a JSON file is that string, whatever stands in it."""
    return json.dumps(text) if form == "given.ndjson" and name == "j" else SPELLINGS[name][text]


def same(name: str, found: str | None, expected: str | None) -> bool:
    if found is None or expected is None:
        return found == expected
    if name == "n" and "NaN" not in (found, expected):
        return Decimal(found) == Decimal(expected)
    if name == "x":
        return repr(float(found)) == repr(float(expected))
    if name == "j":
        return pairs(found) == pairs(expected)
    if name in "sc":
        return without_zeros(found) == without_zeros(expected)
    return found == expected


def pairs(text: str) -> object:
    """JSON with every name, also one that stands twice."""
    try:
        return json.loads(text, object_pairs_hook=list, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return text


def without_zeros(text: str) -> str:
    text = text.replace("T", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


@pytest.mark.parametrize("form", FORMS)
def test_a_spelling_is_stored_as_its_value_or_found(scale: Scale, form: str) -> None:
    scale.empty()
    spellings = [(name, text) for name, texts in SPELLINGS.items() for text in texts]
    given = scale.folder / form
    given.write_bytes(FORMS[form](rows_of(spellings)))
    failed, stored = scale.bring(given), scale.stored()
    wrong = []
    for key, (name, text) in enumerate(spellings, start=1):
        expected = meant(form, name, text)
        if expected is None and key not in failed:
            wrong.append((name, text, "was taken", stored[key][name]))
        elif expected is not None and key in failed:
            wrong.append((name, text, "was refused", None))
        elif expected is not None and not same(name, stored[key][name], expected):
            wrong.append((name, text, "became", stored[key][name]))
    assert not wrong, "\n".join(map(str, wrong))


def test_what_a_database_does_not_have_is_never_something_else_there(scale: Scale) -> None:
    scale.empty()
    spellings = [(name, text) for name, texts in SOMEWHERE.items() for text in texts]
    given = scale.folder / "given.csv"
    given.write_bytes(as_csv(rows_of(spellings)))
    failed, stored = scale.bring(given), scale.stored()
    wrong = [
        (name, text, stored[key][name])
        for key, (name, text) in enumerate(spellings, start=1)
        if key not in failed and not same(name, stored[key][name], SOMEWHERE[name][text])
    ]
    assert not wrong, "\n".join(map(str, wrong))
