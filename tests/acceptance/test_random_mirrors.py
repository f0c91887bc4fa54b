"""Mirrors of random tables come to what a plain model says, or are refused, and an undo gives the first state back."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from random import Random

import pytest

from acceptance.mirrored import FIELDS, TABLES, Case, World, csv_of, drawn, mirrored, schema, statements
from acceptance.test_undo import CASES
from contract.databases.case import EngineCase, Place
from entrepot import Entrepot, ImportRequest, Mirror, Mode
from entrepot.model.errors import InputError
from seeds import seeds

RULES = ("NO ACTION", "CASCADE", "SET NULL")
SCHEMAS = [dict(zip(TABLES, rules, strict=True)) for rules in product(RULES, repeat=4)]
TIMES = {"sqlite": (5, 5), "postgres": (3, 2), "mariadb": (3, 2)}
"""Schemas, and cases of each."""


@pytest.mark.parametrize("case", CASES)
def test_a_mirror_of_random_tables_is_what_a_plain_model_says(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    seed = seeds(1)[0]
    random = Random(seed)
    schemas, times = TIMES[request.node.callspec.id]
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    done = 0
    with case.place(request, tmp_path) as place:
        for rules in random.sample(SCHEMAS, schemas):
            place.execute(*schema(rules))
            entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
            for _ in range(times):
                one = drawn(random, rules)
                place.execute(*statements(one.world))
                done += checked(one, entrepot, place, tmp_path, f"seed {seed}: {one}")
            place.execute(*(f"DROP TABLE {table}" for table in ("items", "notes", "orders", "people")))
    assert done or schemas * times < 20, "not one of them could be made"


def checked(one: Case, entrepot: Entrepot, place: Place, folder: Path, words: str) -> bool:
    file = folder / "people.csv"
    file.write_text(csv_of(one), encoding="utf-8")
    asked = ImportRequest(entity="people", mode=Mode.MIRROR, mirror=Mirror(where=one.where, most="100%"))
    wanted = mirrored(one)
    plan = entrepot.preview(file, asked)
    assert plan.blocked == (wanted is None), words
    if wanted is None:
        with pytest.raises(InputError):
            entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
        assert stored(place) == one.world, words
        return False
    after, deleted = wanted
    assert plan.radius is not None
    assert {table.entity: table.deleted for table in plan.radius.tables if table.deleted} == {
        table: count for table, count in deleted.items() if count
    }, words
    receipt = entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
    assert stored(place) == after, words
    if receipt.revocable:
        entrepot.undo(receipt.job)
    assert stored(place) == one.world, words
    return True


def stored(place: Place) -> World:
    return {
        table: {
            int(str(row[0])): dict(zip(FIELDS[table], row, strict=True))
            for row in place.rows(f"SELECT {', '.join(FIELDS[table])} FROM {table}")
        }
        for table in TABLES
    }
