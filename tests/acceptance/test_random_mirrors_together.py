"""Mirrors of several random tables come to what a plain model says, or are refused, and an undo gives the first state
back."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path
from random import Random

import pytest

from acceptance.mirrored_together import (
    EMPTY,
    FIELDS,
    REFERENCES,
    TABLES,
    Case,
    World,
    csv_of,
    drawn,
    mirrored,
    schema,
    statements,
)
from acceptance.test_undo import CASES
from contract.databases.case import EngineCase, Place
from entrepot import BundleRequest, Entrepot, ImportRequest, Mirror, Mode
from entrepot.model.bundles import BundlePlan
from entrepot.model.errors import InputError
from seeds import seeds

RULES = list(product(("NO ACTION", "CASCADE", "SET NULL"), repeat=len(REFERENCES)))
TIMES = {"sqlite": (2, 3), "postgres": (1, 3), "mariadb": (1, 3)}
"""Schemas, and cases of each."""


@pytest.mark.parametrize("case", CASES)
def test_a_mirror_of_several_random_tables_is_what_a_plain_model_says(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    seed = seeds(1)[0]
    random = Random(seed)
    schemas, times = TIMES[request.node.callspec.id]
    (tmp_path / "entrepot.toml").write_text("", encoding="utf-8")
    with case.place(request, tmp_path) as place:
        for rules in random.sample(RULES, schemas):
            place.execute(*schema(rules, inline=case.name == "sqlite"))
            entrepot = Entrepot(place.url, config=tmp_path / "entrepot.toml", environment={})
            for _ in range(times):
                one = drawn(random, rules)
                place.execute(*statements(one.world))
                check(one, entrepot, place, tmp_path / "files", f"seed {seed}: {one}")
            drop(place, case.name)


def drop(place: Place, engine: str) -> None:
    place.execute(*EMPTY)
    if engine != "sqlite":
        kind = "CONSTRAINT" if engine == "postgres" else "FOREIGN KEY"
        place.execute(*(f"ALTER TABLE {it} DROP {kind} refers_{at}" for at, (it, _, _) in enumerate(REFERENCES)))
    place.execute(*(f"DROP TABLE {table}" for table in reversed(TABLES)))


def check(one: Case, entrepot: Entrepot, place: Place, folder: Path, words: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for table in one.records:
        (folder / f"{table}.csv").write_text(csv_of(one, table), encoding="utf-8")
    plan = entrepot.preview([folder], asked(one))
    assert isinstance(plan, BundlePlan)
    wanted = mirrored(one)
    assert plan.blocked == (wanted is None), words
    if wanted is None:
        with pytest.raises(InputError):
            entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
        assert stored(place) == one.world, words
        return
    after, going = wanted
    told = {table.entity: table.deleted for table in plan.leaving if table.deleted}
    assert told == {name: count for name in TABLES if (count := sum(its == name for its, _ in going))}, words
    assert plan.deletes == len(going), words
    receipt = entrepot.apply(plan.plan_id, confirm_deletes=plan.deletes)
    assert stored(place) == after, words
    if receipt.revocable:
        undone = entrepot.undo(receipt.job)
        assert undone.left == 0, words
    assert stored(place) == one.world, words


def asked(one: Case) -> BundleRequest:
    each = ImportRequest(entity="", mode=Mode.MIRROR, mirror=Mirror(most="100%"))
    some = ImportRequest(entity="", mode=Mode.MIRROR, mirror=Mirror(most="100%", where=one.where))
    return BundleRequest(each=each, tables={"people": some} if one.where else {})


def stored(place: Place) -> World:
    return {
        table: {
            int(str(row[0])): dict(zip(FIELDS[table], row, strict=True))
            for row in place.rows(f"SELECT {', '.join(FIELDS[table])} FROM {table}")
        }
        for table in TABLES
    }
