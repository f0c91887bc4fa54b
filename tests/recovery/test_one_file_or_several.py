"""One file that refers to itself, and the same records in two files of which one refers to the other: the same comes
of every record, and a preview says it. With records that fail, rows that are renamed, and the rows of strangers.

But for one thing: rows of the same table may let go of a value that changes, those of another one have to before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from contract.databases import sqlite_case
from contract.databases.case import Place
from entrepot import BundlePlan, BundleReceipt, BundleRequest, Entrepot, ImportPlan, ImportReceipt, ImportRequest
from entrepot.access.permissions import LOCAL, Principal, Role
from entrepot.model.drafts import Errors, Mode, OnConflict
from entrepot.model.errors import EntrepotError
from seeds import seeds

ROUNDS = 3
COLUMNS = "id integer PRIMARY KEY, tenant_id integer NOT NULL DEFAULT 1 REFERENCES tenants, code varchar(9) NOT NULL"
PEER = "peer_id integer REFERENCES members"
TABLES = (
    "CREATE TABLE tenants (id integer PRIMARY KEY)",
    f"CREATE TABLE heads ({COLUMNS} UNIQUE, n integer)",
    f"CREATE TABLE members ({COLUMNS} UNIQUE, boss_id integer REFERENCES heads, lead varchar(9), n integer, {PEER})",
    f"CREATE TABLE people ({COLUMNS} UNIQUE, boss_id integer REFERENCES people, lead varchar(9), n integer)",
    "INSERT INTO tenants VALUES (1), (2)",
)
LEAD = '[[entities.{}.relations]]\nfields = ["lead"]\nparent = "{}"\nparent_fields = ["code"]\n'
SETTINGS = LEAD.format("members", "heads") + LEAD.format("people", "people")
HEADS, MEMBERS = range(1, 8), range(21, 26)
Row = Mapping[str, str]


@dataclass(frozen=True)
class Case:
    """Heads have numbers below 20, members others, so neither is ever taken for the other."""

    random: Random

    def rows(self) -> Iterator[str]:
        """Both ways of keeping them have the same."""
        ids = self.random.sample(HEADS, 4)
        for number in ids:
            values = f"({number}, {self.random.choice((1, 1, 1, 2))}, 'h{number}', 1)"
            yield from (
                f"INSERT INTO {table} (id, tenant_id, code, n) VALUES {values}" for table in ("heads", "people")
            )
        for number in self.random.sample(MEMBERS, 2):
            values = f"({number}, 'm{number}', {self.random.choice(ids)}, 1)"
            yield from (
                f"INSERT INTO {table} (id, code, boss_id, n) VALUES {values}" for table in ("members", "people")
            )

    def request(self) -> ImportRequest:
        mode = self.random.choice((Mode.CREATE, Mode.UPDATE, Mode.UPSERT))
        plain = (None, OnConflict.FAIL, OnConflict.SKIP, OnConflict.OVERWRITE, OnConflict.MERGE)
        conflict = self.random.choice(plain) if mode is not Mode.UPDATE else None
        key = self.random.choice(((), (), ("code",)))
        return ImportRequest(entity="", mode=mode, on_conflict=conflict, key=key, errors=Errors.SKIP)

    def heads(self) -> list[Row]:
        return [self.one(number, "h") for number in self.random.choices(HEADS, k=self.random.randint(1, 5))]

    def members(self, by: str) -> list[Row]:
        found = [self.one(number, "m") for number in self.random.choices(MEMBERS, k=self.random.randint(1, 5))]
        bosses = [f"h{number}" if by in ("lead", "boss_code") else str(number) for number in (*HEADS, 9)]
        return [{**row, by: self.random.choice((*bosses, ""))} for row in found]

    def one(self, number: int, letter: str) -> Row:
        code = number if self.random.random() < 0.7 else self.random.choice(HEADS if letter == "h" else MEMBERS)
        n = self.random.choice(("1", "2", "2", "x"))
        return {"id": str(number), "code": f"{letter}{code}", "n": n}


@dataclass(frozen=True)
class Both:
    place: Place
    folder: Path

    def entrepot(self, *, bound: bool) -> Entrepot:
        settings = self.folder / "entrepot.toml"
        settings.write_text(SETTINGS + ('[tenancy]\nroot = "tenants"\n' if bound else ""), encoding="utf-8")
        who = Principal(name="ada", role=Role.ORG_ADMIN, tenant="1") if bound else LOCAL
        environment = {"ENTREPOT_STATE": str(self.folder / "state")}
        return Entrepot(self.place.url, config=settings, environment=environment, principal=who)

    def file(self, name: str, rows: Sequence[Row], columns: Sequence[str]) -> Path:
        path = self.folder / f"{name}.csv"
        lines = [",".join(row.get(column, "") for column in columns) for row in rows]
        path.write_text("\n".join([",".join(columns), *lines, ""]), encoding="utf-8")
        return path

    def table(self, *names: str) -> list[tuple[object, ...]]:
        found: list[tuple[object, ...]] = []
        for name in names:
            more = "boss_id, lead" if name != "heads" else "NULL, NULL"
            found += map(tuple, self.place.rows(f"SELECT id, tenant_id, code, n, {more} FROM {name}"))
        return sorted(found, key=repr)


@pytest.fixture
def both(request: pytest.FixtureRequest, tmp_path: Path, forked_workbench: None) -> Iterator[Both]:
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(*TABLES)
        yield Both(place, tmp_path)


def test_the_same_comes_of_records_in_one_file_and_in_two(both: Both) -> None:
    for seed in seeds(ROUNDS):
        both.place.execute(*(f"DELETE FROM {table}" for table in ("members", "heads")), "DELETE FROM people")
        try:
            compared(both, Case(Random(seed)))
        except AssertionError as error:
            error.add_note(f"seed {seed}")
            raise


def compared(both: Both, case: Case) -> None:
    both.place.execute(*case.rows())
    by, bound = case.random.choice(("boss_id", "boss_code", "lead")), case.random.random() < 0.4
    asked, heads, members = case.request(), case.heads(), case.members(by)
    told = f"{asked}\nbound: {bound}\n{heads}\n{members}\n{both.table('people')}"
    entrepot, columns = both.entrepot(bound=bound), ("id", "code", "n", by)
    one = both.file("people", [*heads, *members], columns)
    several = [both.file("heads", heads, columns[:3]), both.file("members", members, columns)]
    alone, held = imported(entrepot, [one], asked)
    together, held_by_others = imported(entrepot, several, asked)
    if held_by_others > held:
        return
    assert alone == together, told
    assert both.table("people") == both.table("heads", "members"), told


def imported(entrepot: Entrepot, files: list[Path], asked: ImportRequest) -> tuple[dict[str, int] | str, int]:
    """How many records of each kind there were, in the preview and in the import alike; and of how many a row would not
    let go."""
    try:
        plan = entrepot.preview(files, BundleRequest(each=asked))
        receipt = entrepot.apply(plan.plan_id)
    except EntrepotError as error:
        return error.code, 0
    foretold, became = counts(plan), counts(receipt)
    assert foretold == became
    parts = plan.parts if isinstance(plan, BundlePlan) else (plan,)
    return foretold, sum(found.code == "still_referred" for part in parts for found in part.findings)


def counts(found: BundlePlan | BundleReceipt | ImportPlan | ImportReceipt) -> dict[str, int]:
    parts = found.parts if isinstance(found, BundlePlan | BundleReceipt) else (found,)
    return {name: sum(part.counts[name] for part in parts) for name in parts[0].counts}
