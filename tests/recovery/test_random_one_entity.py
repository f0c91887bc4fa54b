"""Orders in several files, and their customers on the same lines: what a plain model says becomes of them, does."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from contract.databases import sqlite_case
from contract.databases.case import Place
from entrepot import BundlePlan, BundleReceipt, BundleRequest, Entrepot, ImportRequest
from entrepot.model.drafts import Decision, Errors, Mode
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.rules import Step

ROUNDS = 5
TABLES = (
    "CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL)",
    """CREATE TABLE orders (id integer PRIMARY KEY, number text NOT NULL UNIQUE, total integer DEFAULT 7, note text,
       customer_id integer NOT NULL REFERENCES customers (id))""",
)
ORDERS = """SELECT o.number, o.total, o.note, c.email FROM orders o JOIN customers c ON c.id = o.customer_id
    ORDER BY o.number"""
CUSTOMERS = "SELECT email, name FROM customers ORDER BY email"
Line = Mapping[str, str]
Order = tuple[int | None, str | None, str]
"""Total, note, and the customer's address."""


@dataclass(frozen=True)
class Given:
    """The columns of a file, and its lines, of which each has all of them."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    ending: str

    def write(self, folder: Path, name: str) -> Path:
        path = folder / f"{name}.{self.ending}"
        if self.ending == "ndjson":
            path.write_text("".join(json.dumps({c: line[c] for c in self.columns}) + "\n" for line in self.lines))
            return path
        text = io.StringIO()
        written = csv.DictWriter(text, self.columns, extrasaction="ignore", delimiter=";")
        written.writeheader()
        written.writerows(self.lines)
        path.write_text(text.getvalue(), encoding="utf-16" if len(self.lines) % 2 else "utf-8")
        return path


@dataclass
class Model:
    """Everything, in dictionaries."""

    customers: dict[str, str]
    orders: dict[str, Order]
    creates: bool
    cleans: bool

    def bring_in(self, files: Sequence[Given]) -> list[int]:
        """How many lines of each file fail."""
        if self.cleans:
            files = [replace(file, lines=tuple(map(cleaned, file.lines))) for file in files]
        good = self.parents([line for file in files for line in file.lines])
        seen: set[str] = set()
        failed = []
        for file in files:
            lines = [self.order(line, file.columns, good, seen) for line in file.lines]
            failed.append(lines.count(False))
        return failed

    def parents(self, lines: Sequence[Line]) -> set[str]:
        """Those that records may refer to afterwards; a row that is there already may, whatever the lines say."""
        said: dict[str, set[str]] = {}
        for line in lines:
            said.setdefault(line["email"], set()).add(line["called"])
        good = {email for email, names in said.items() if email and len(names) == 1 and "" not in names}
        stays = set(said) & set(self.customers)
        for email in good:
            if not (self.creates and email in self.customers):
                self.customers[email] = next(iter(said[email]))
        return good | stays

    def order(self, line: Line, columns: Sequence[str], good: set[str], seen: set[str]) -> bool:
        number, known = line["number"], self.orders.get(line["number"])
        twice = number in seen
        seen.add(number)
        wrong = "total" in columns and line["total"] == "x"
        if twice or wrong or line["email"] not in good or (self.creates and known is not None):
            return False
        total, note, _ = known or (7, None, "")
        total = int(line["total"]) if "total" in columns else total
        self.orders[number] = (total, line["note"] if "note" in columns else note, line["email"])
        return True


@dataclass(frozen=True)
class Case:
    random: Random
    cleans: bool

    def files(self) -> list[Given]:
        return [self.file(number) for number in range(self.random.randint(2, 3))]

    def file(self, number: int) -> Given:
        columns = ["number", "email", "called", *self.random.sample(("total", "note"), self.random.randint(0, 2))]
        self.random.shuffle(columns)
        lines = tuple(self.line() for _ in range(self.random.randint(1, 5)))
        return Given(tuple(columns), lines, "ndjson" if number == 1 and self.random.random() < 0.5 else "csv")

    def line(self) -> Line:
        email = self.random.choice(("a@x", "b@x", "c@x", "d@x", "e@x", "f@x"))
        called = f"N{email[0]}" if self.random.random() < 0.9 else self.random.choice(("", "Other"))
        return {
            "number": f"o{self.random.randint(1, 12)}",
            "email": self.spelled(email) if self.random.random() < 0.95 else "",
            "called": called,
            "total": self.random.choice(("1", "2", "3", "x") if self.random.random() < 0.3 else ("1", "2")),
            "note": self.random.choice(("new", "other")),
        }

    def spelled(self, email: str) -> str:
        """However people write it, where that is made alike again."""
        return self.random.choice((email, email.upper(), f" {email}", f"{email}  ")) if self.cleans else email

    def rows(self) -> Iterator[str]:
        for at, letter in enumerate("abc", start=1):
            yield f"INSERT INTO customers VALUES ({at}, '{letter}@x', 'Old')"
        for number in self.random.sample(range(1, 13), 4):
            yield f"INSERT INTO orders (number, total, note, customer_id) VALUES ('o{number}', 9, 'old', 1)"


def cleaned(line: Line) -> Line:
    return {**line, "email": line["email"].strip().lower()}


def asked(mode: Mode, *, cleans: bool) -> BundleRequest:
    each = ImportRequest(entity="", mode=mode, errors=Errors.SKIP)
    steps = (Step(name="trim"), Step(name="lowercase")) if cleans else ()
    fields = {"email": FieldMapping(columns=("email",), steps=steps), "name": FieldMapping(columns=("called",))}
    parents = replace(each, mapping=MappingRequest(fields=fields))
    into = dict.fromkeys(("f0", "f1", "f2"), "orders")
    return BundleRequest(also={"customers": "orders"}, into=into, each=each, tables={"customers": parents})


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_files_with_parents_on_their_lines_become_what_a_plain_model_says(
    seed: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    cleans = seed > ROUNDS // 2
    case = Case(Random(seed), cleans)
    mode = Mode.CREATE if seed % 2 else Mode.UPSERT
    with sqlite_case.CASE.place(request, tmp_path) as place:
        place.execute(*TABLES, *case.rows())
        before = state(place)
        given = case.files()
        files = [file.write(tmp_path, f"f{at}") for at, file in enumerate(given)]
        model = Model(dict(before[0]), dict(before[1]), creates=mode is Mode.CREATE, cleans=cleans)
        (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
        entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
        every = asked(mode, cleans=cleans)
        every = replace(every, into={name: every.into[name] for name in list(every.into)[: len(files)]})
        plan = entrepot.preview(files, every)
        assert isinstance(plan, BundlePlan)
        receipt = entrepot.apply(plan.plan_id)
        assert isinstance(receipt, BundleReceipt)
        failed = model.bring_in(given)
        (orders,) = [part for part in receipt.parts if part.entity == "orders"]
        assert [share.counts[Decision.FAILED] for share in orders.shares] == failed
        assert state(place) == (model.customers, model.orders)
        assert (plan.counts, plan.digest) == (receipt.counts, receipt.digest)
        if receipt.revocable:
            entrepot.undo(receipt.job)
        assert state(place) == before


def state(place: Place) -> tuple[dict[str, str], dict[str, Order]]:
    orders: dict[str, Order] = {}
    for number, total, note, email in place.rows(ORDERS):
        orders[str(number)] = (
            None if total is None else int(str(total)),
            None if note is None else str(note),
            str(email),
        )
    return {str(email): str(name) for email, name in place.rows(CUSTOMERS)}, orders
