"""Makers and things that name them, drawn at random, and what an import of things makes of both."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random

from acceptance.club import counted
from contract.databases.case import Place
from entrepot import Entrepot, Errors, FieldMapping, ImportRequest, MappingRequest, Missing, Mode
from entrepot.model.bundles import BundlePlan, BundleReceipt
from entrepot.model.drafts import Blank, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportPlan

NAMES = ("ann", "Ann", "ann ", "bo", "BO", "cy", "dée", "1", "long" * 4)
"""Some databases take some of them for the same, and no maker is called the last two."""
BLANK = ("", "", "  ")
WAYS = (
    (Mode.CREATE, OnConflict.FAIL, Blank.KEEP),
    (Mode.CREATE, OnConflict.SKIP, Blank.KEEP),
    (Mode.UPSERT, OnConflict.OVERWRITE, Blank.KEEP),
    (Mode.UPSERT, OnConflict.MERGE, Blank.FILL),
    (Mode.UPSERT, OnConflict.SKIP, Blank.KEEP),
    (Mode.UPDATE, OnConflict.MERGE, Blank.KEEP),
)
MAKERS = "SELECT tenant_id, name, code FROM makers ORDER BY tenant_id, name, code"
THINGS = (
    "SELECT t.id, t.tenant_id, a.name, b.name, t.amount, t.tag FROM things t"
    " LEFT JOIN makers a ON a.id = t.a_id LEFT JOIN makers b ON b.id = t.b_id ORDER BY t.id"
)
Row = tuple[object, ...]
State = tuple[list[Row], list[Row]]


@dataclass(frozen=True, kw_only=True)
class World:
    """What is drawn once for some imports."""

    unique: bool
    needed: bool
    coded: str
    tenant: str | None
    ignore_case: bool
    both: bool
    """Whether both references make parents."""

    @property
    def settings(self) -> str:
        made = f'code = "{self.coded}"' + ("" if self.tenant else ", tenant_id = 1")
        return f'[tenancy]\nroot = "tenants"\n[entities.makers]\nmade = {{ {made} }}\n'

    def tables(self, key: str) -> list[str]:
        """Everything anew."""
        unique = ", UNIQUE (tenant_id, name)" if self.unique else ""
        return [
            *(f"DROP TABLE IF EXISTS {name}" for name in ("things", "makers", "tenants", "spelled")),
            "CREATE TABLE tenants (id integer PRIMARY KEY, name varchar(10) NOT NULL UNIQUE)",
            (
                f"CREATE TABLE makers (id {key}, name varchar(12) NOT NULL, code varchar(14) UNIQUE,"
                " tenant_id integer NOT NULL, FOREIGN KEY (tenant_id) REFERENCES tenants (id),"
                f" CONSTRAINT not_one CHECK (name <> '1'){unique})"
            ),
            (
                f"CREATE TABLE things (id integer PRIMARY KEY, a_id integer{' NOT NULL' if self.needed else ''},"
                " b_id integer, amount integer, tag varchar(9) UNIQUE, tenant_id integer NOT NULL,"
                " FOREIGN KEY (tenant_id) REFERENCES tenants (id), FOREIGN KEY (a_id) REFERENCES makers (id),"
                " FOREIGN KEY (b_id) REFERENCES makers (id), CONSTRAINT small CHECK (abs(amount) < 50))"
            ),
            "CREATE TABLE spelled (n integer PRIMARY KEY, name varchar(20) NOT NULL)",
            *(f"INSERT INTO spelled VALUES ({at}, {literal(name)})" for at, name in enumerate(NAMES)),
            "INSERT INTO tenants VALUES (1, 'one'), (2, 'two')",
        ]


def world(chance: Random) -> World:
    return World(
        unique=chance.random() < 0.5,
        needed=chance.random() < 0.5,
        coded=chance.choice(["{name}", "{name}", "c-{name}", "same"]),
        tenant=chance.choice([None, "one"]),
        ignore_case=chance.random() < 0.3,
        both=chance.random() < 0.7,
    )


def literal(value: object) -> str:
    return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A database with some rows, and a file."""

    place: Place
    folder: Path
    world: World
    records: Sequence[tuple[str, str, str, str, str]]
    mode: Mode
    on_conflict: OnConflict
    blank: Blank
    errors: Errors

    def request(self, missing: Missing) -> ImportRequest:
        ways = {"a_id": missing, "b_id": missing if self.world.both else Missing.ERROR}
        fields = {
            field: FieldMapping(columns=(field[0],), find_by=("name",), missing=way, ignore_case=self.world.ignore_case)
            for field, way in ways.items()
        }
        if self.world.tenant is None:
            fields["tenant_id"] = FieldMapping(constant="1")
        return ImportRequest(
            entity="things",
            mapping=MappingRequest(fields=fields),
            mode=self.mode,
            on_conflict=self.on_conflict,
            blank=self.blank,
            errors=self.errors,
            tenant=self.world.tenant,
        )

    def written(self) -> Path:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([("id", "a", "b", "amount", "tag"), *self.records])
        path = self.folder / "things.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        return path

    def state(self) -> State:
        return [tuple(row) for row in self.place.rows(MAKERS)], [tuple(row) for row in self.place.rows(THINGS)]

    def named(self) -> list[str]:
        """Whom the file names and nobody has, each once, as the database or we compare them."""
        names = dict(enumerate(NAMES))
        alike = "SELECT x.n, min(y.n) FROM spelled x JOIN spelled y ON x.name = y.name GROUP BY x.n"
        classes = {names[int(str(n))]: names[int(str(first))] for n, first in self.place.rows(alike)}
        if self.world.ignore_case:
            classes = {name: name.strip().lower() for name in NAMES}
        where = " WHERE tenant_id = 1" if self.world.tenant else ""
        there = {classes[str(name)] for (name,) in self.place.rows(f"SELECT name FROM makers{where}")}
        found: dict[str, str] = {}
        for at in (1, 2) if self.world.both else (1,):
            for record in self.records:
                if record[at].strip() and classes[record[at]] not in there:
                    found.setdefault(classes[record[at]], record[at])
        return list(found.values())


def drawn(chance: Random, place: Place, folder: Path, one: World) -> Trial:
    """The rows are those that there are then."""
    mode, on_conflict, blank = chance.choice(WAYS)
    calm = chance.random() < 0.5  # little is wrong with half of the files
    names = NAMES[:-2] if calm else NAMES
    few = chance.sample(names, chance.choice([3, 5, len(names)]))

    def record(number: int) -> tuple[str, str, str, str, str]:
        other = chance.choice([*few, *BLANK])
        if calm:
            return str(number), chance.choice(few), other, "4", f"t{number}"
        amount = chance.choice(["1", "2", "3", "", "many", "70"]) if chance.random() < 0.4 else "4"
        tag = chance.choice(["x", "y", "z"]) if chance.random() < 0.3 else f"t{number}"
        name = chance.choice(few) if chance.random() < 0.85 else chance.choice(BLANK)
        return str(chance.choice([number, number, chance.randint(1, 5)])), name, other, amount, tag

    return Trial(
        place=place,
        folder=folder,
        world=one,
        records=[record(3 + at) for at in range(chance.choice([1, 4, 9]))],
        mode=mode,
        on_conflict=on_conflict,
        blank=blank,
        errors=chance.choice(list(Errors)),
    )


def begun(chance: Random, place: Place, one: World) -> None:
    makers = [(1, "ann"), (1, "cy"), (2, "bo"), (2, "ann"), (1, "Ann")]
    for at, (tenant, name) in enumerate(chance.sample(makers, chance.randint(1, 4)), start=1):
        code = chance.choice([name, "same", f"old{at}"])
        attempted(place, f"INSERT INTO makers (name, code, tenant_id) VALUES ('{name}', '{code}', {tenant})")
    ids = [int(str(row[0])) for row in place.rows("SELECT id FROM makers ORDER BY id")]
    for number in range(1, chance.randint(1, 5)):
        tenant = chance.choice([1, 1, 2])
        place.execute(f"INSERT INTO things VALUES ({number}, {chance.choice(ids)}, NULL, 4, 'o{number}', {tenant})")


def attempted(place: Place, statement: str) -> None:
    """By hand; the database may refuse."""
    with suppress(Exception):
        place.execute(statement)


Outcome = tuple[str, dict[str, int]]


def outcome(entrepot: Entrepot, trial: Trial, missing: Missing) -> tuple[Outcome, str]:
    """What becomes of the things; and the job."""
    file, request = trial.written(), trial.request(missing)
    plan = entrepot.preview([file], request)
    try:
        receipt = entrepot.apply(plan.plan_id)
    except InputError as error:
        assert error.code in ("records_failed", "database_refused"), error
        return ("refused", {}), ""
    assert receipt.digest == plan.digest
    if isinstance(receipt, BundleReceipt):
        assert isinstance(plan, BundlePlan)
        return ("done", counted(receipt.parts[-1].counts)), receipt.job
    assert isinstance(plan, ImportPlan)
    return ("done", counted(receipt.counts)), receipt.job


def checked(entrepot: Entrepot, trial: Trial, told: str) -> str:
    """The same by hand, and back to the rows that there were."""
    first = trial.state()
    happened, job = outcome(entrepot, trial, Missing.CREATE)
    made = trial.state()
    if made != first:
        entrepot.undo(job)
    assert trial.state() == first, told
    before = [str(row[0]) for row in trial.place.rows("SELECT id FROM makers")]
    for name in trial.named():
        code = trial.world.coded.replace("{name}", name)
        if len(name) <= 12:
            attempted(
                trial.place,
                f"INSERT INTO makers (name, code, tenant_id) VALUES ({literal(name)}, {literal(code)}, 1)",
            )
    expected, job = outcome(entrepot, trial, Missing.ERROR)
    used = "SELECT a_id FROM things WHERE a_id IS NOT NULL UNION SELECT b_id FROM things WHERE b_id IS NOT NULL"
    trial.place.execute(f"DELETE FROM makers WHERE id NOT IN ({', '.join(before)}) AND id NOT IN ({used})")
    by_hand = trial.state()
    assert (happened, made) == (expected, by_hand), f"{told}: {first}: {happened} {made}, not {expected} {by_hand}"
    if by_hand[1] != first[1]:
        entrepot.undo(job)
    trial.place.execute(f"DELETE FROM makers WHERE id NOT IN ({', '.join(before)})")
    assert trial.state() == first, told
    return happened[0]
