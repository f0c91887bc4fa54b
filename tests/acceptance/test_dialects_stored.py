"""The two-parser trap with whole files: however a table is written as CSV, and whichever lane its rows take, each
database holds what was checked, by its own client (FAULTS 38 to 40, 66 and 67)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations, count
from pathlib import Path
from typing import cast
from uuid import UUID

import pytest

from acceptance.dialects import ROWS, TYPES, Dialect, dialects, written
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine
from entrepot.bystanders import Quiet, SystemClock
from entrepot.importing.apply import apply
from entrepot.importing.request import Draft, Run
from entrepot.model.cancel import CancelSwitch
from entrepot.model.catalog import Catalog
from entrepot.model.drafts import Reading
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import DraftFile, ImportRequest
from entrepot.model.types import Kind
from entrepot.workbench import open_workbench
from entrepot.workbench.bench import ImportBench

CASES = (
    pytest.param(sqlite_case.CASE, id="sqlite"),
    pytest.param(postgres_case.CASE, id="postgres", marks=pytest.mark.postgres),
    pytest.param(mariadb_case.CASE, id="mariadb", marks=pytest.mark.mariadb),
)
NATIVE = {
    "sqlite": "amount decimal(12,2), day date, seen timestamp, hour time, ok boolean, score double, one uuid,"
    " raw blob, data json, note text, mark text",
    "postgres": "amount numeric(12,2), day date, seen timestamp, hour time, ok boolean, score double precision,"
    " one uuid, raw bytea, data jsonb, note text, mark text",
    "mysql": "amount decimal(12,2), day date, seen datetime(6), hour time(6), ok boolean, score double, one uuid,"
    " raw longblob, data json, note longtext, mark longtext",
}


JOBS = count()
MIDNIGHT = datetime(2000, 1, 1)  # noqa: DTZ001 - of whatever day


@dataclass(frozen=True)
class Shelf:
    case: EngineCase
    place: Place
    folder: Path
    bench: ImportBench
    catalog: Catalog

    def bring(self, data: bytes, reading: Reading, *, prove: bool = False) -> ImportReceipt:
        self.place.execute("DELETE FROM shelf")
        path = self.folder / "given.csv"
        path.write_bytes(data)
        file = DraftFile(name=path.name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
        request = ImportRequest(entity="shelf", reading=reading, prove=prove)
        return apply(Draft(path=path, file=file), request, self._run(), job=f"job-{next(JOBS)}", keep=lambda *_: None)

    def _run(self) -> Run:
        return Run(
            engine=cast("ChangingEngine", self.case.engine(self.place.url)),
            catalog=self.catalog,
            reporter=Quiet(),
            cancel=CancelSwitch(),
            clock=SystemClock(),
            work=self.folder,
            bench=lambda: nullcontext(self.bench),
            tool="a test",
        )

    def stored(self) -> list[list[object]]:
        rows = self.place.rows(f"SELECT {', '.join(TYPES)} FROM shelf")
        read = ([value(*pair) for pair in zip(TYPES, row, strict=True)] for row in rows)
        return sorted(read, key=lambda row: int(str(row[0])))


def value(name: str, stored: object) -> object:
    """As Python has it, whatever a client gives."""
    if isinstance(stored, timedelta):  # what MariaDB's client makes of a time of day
        return (MIDNIGHT + stored).time()
    if name == "data" and isinstance(stored, str):  # only some clients read JSON
        stored = read_json(stored)
    if name == "data" or stored is None or isinstance(stored, bytes):
        return stored
    return MEANT[TYPES[name][0].kind](str(stored))


def read_json(text: str) -> object:
    """PostgreSQL's client has read it already, and a text is none any more."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def moment(text: str) -> datetime:
    day, _, rest = text.partition(".")
    return datetime.fromisoformat(f"{day}.{rest.ljust(6, '0')}")


def truth(text: str) -> bool:
    return text.lower() in ("true", "1")


def octets(text: str) -> bytes:
    return bytes.fromhex(text[2:])


MEANT: Mapping[Kind, Callable[[str], object]] = {
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.DATE: date.fromisoformat,
    Kind.TIMESTAMP: moment,
    Kind.TIME: time.fromisoformat,
    Kind.BOOLEAN: truth,
    Kind.FLOAT: float,
    Kind.UUID: UUID,
    Kind.BYTES: octets,
    Kind.TEXT: str,
}


def rows_of(texts: Mapping[str, Sequence[str | None]]) -> list[list[object]]:
    rows = zip(*texts.values(), strict=True)
    read = ([value(*pair) for pair in zip(TYPES, row, strict=True)] for row in rows)
    return sorted(read, key=lambda row: int(str(row[0])))


VALUES = {name: values for name, (_, values) in TYPES.items()}
EXPECTED = rows_of(VALUES)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImportBench]:
    with open_workbench(tmp_path_factory.mktemp("work")) as child:
        yield ImportBench(child)


@pytest.fixture(params=CASES)
def shelf(request: pytest.FixtureRequest, tmp_path: Path, bench: ImportBench) -> Iterator[Shelf]:
    case: EngineCase = request.param
    with case.place(request, tmp_path) as place:
        place.execute(f"CREATE TABLE shelf (id bigint PRIMARY KEY, {NATIVE[case.name]})")
        yield Shelf(case, place, tmp_path, bench, case.engine(place.url).introspect())


def reading_of(dialect: Dialect) -> Reading:
    delimiter, quote, _, encoding, null = dialect
    said = encoding if encoding == "utf-16-be" else None
    return Reading(delimiter=delimiter, quote=quote, null=null, encoding=said, header=True)


def test_every_two_values_of_a_dialect_meet_in_one() -> None:
    for one, other in combinations(range(5), 2):
        met = {(dialect[one], dialect[other]) for dialect in dialects()}
        assert len(met) == len({pair[0] for pair in met}) * len({pair[1] for pair in met})


def test_what_is_stored_does_not_depend_on_the_dialect(shelf: Shelf) -> None:
    """Each of them goes into one of the databases."""
    at = list(NATIVE).index(shelf.case.name)
    chosen = [dialect for number, dialect in enumerate(dialects()) if (number + number // 3) % 3 == at]
    assert len(chosen) > 20
    assert [len({dialect[part] for dialect in chosen}) for part in range(5)] == [5, 2, 3, 5, 3]
    for dialect in chosen:
        receipt = shelf.bring(written(dialect), reading_of(dialect))
        assert receipt.counts["created"] == ROWS, dialect
        assert shelf.stored() == EXPECTED, dialect


PLAIN = VALUES | {
    "data": ('{"a": [1, null]}', None, '{"b": "x"}', "[]", "{}"),
    "note": ("a", "b;c|d\te~f", "\\. \\ NULL \\N", "é", "z"),
    "mark": ("\\.", "\\N", "NULL", " a ", None),
}


def lines(names: Sequence[str] = tuple(TYPES), *, always: bool = False) -> list[str]:
    """As PostgreSQL writes rows, or with quotes round every value."""
    rows = [list(names), *(list(row) for row in zip(*(PLAIN[name] for name in names), strict=True))]
    return [",".join("" if each is None else quoted(each, always=always) for each in row) for row in rows]


def quoted(text: str, *, always: bool) -> str:
    return '"' + text.replace('"', '""') + '"' if always or set(text) & set('",') else text


PLAIN_LINES = lines()
FIRST = PLAIN_LINES[:5]
RAW = {
    "quotes where they are needed": "\n".join(PLAIN_LINES) + "\n",
    "quotes round everything": "\n".join(lines(always=True)) + "\n",
    "no end of the last line": "\n".join(PLAIN_LINES),
    "a byte order mark": "\ufeff" + "\n".join(PLAIN_LINES) + "\n",
}
MAPPED = {
    "a line that begins as COPY ends": "\n".join(lines(sorted(TYPES, key=lambda name: name != "mark"))) + "\n",
    "an end of line too many": "\n".join(PLAIN_LINES) + "\n\n",
    "a blank line in the middle": "\n".join([*FIRST, "", *PLAIN_LINES[5:]]) + "\n",
    "lines that end as on Windows": "\r\n".join(PLAIN_LINES) + "\r\n",
    "lines that end in two ways": PLAIN_LINES[0] + "\n" + "\r\n".join(PLAIN_LINES[1:]) + "\n",
    "spaces before a quote": "\n".join([*FIRST, PLAIN_LINES[5].replace(",z,", ',  "z",')]) + "\n",
    "spaces behind a quote": "\n".join([*FIRST, PLAIN_LINES[5].replace(",z,", ',"z"  ,')]) + "\n",
}


@pytest.mark.parametrize("shelf", [CASES[1]], indirect=True)
def test_bytes_that_postgres_reads_are_stored_as_values_that_were_written_anew(shelf: Shelf) -> None:
    for name, text in RAW.items():
        for prove, lane in ((False, "raw"), (True, "mapped")):
            assert shelf.bring(text.encode(), Reading(), prove=prove).lane == lane, name
            assert shelf.stored() == rows_of(PLAIN), name


@pytest.mark.parametrize("shelf", [CASES[1]], indirect=True)
def test_bytes_that_postgres_could_read_otherwise_are_written_anew(shelf: Shelf) -> None:
    for name, text in MAPPED.items():
        assert shelf.bring(text.encode(), Reading()).lane == "mapped", name
        assert shelf.stored() == rows_of(PLAIN), name
