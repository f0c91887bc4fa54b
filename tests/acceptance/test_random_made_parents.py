"""Parents that are made, at random: what comes of an import is what comes of making them by hand before, all of them,
and taking those away again to which nothing refers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from acceptance.bazaar import KEYS
from acceptance.club import CASES
from acceptance.making import begun, checked, drawn, world
from contract.databases.case import EngineCase
from entrepot import Entrepot
from seeds import seeds

TIMES = {"sqlite": (2, 2), "postgres": (1, 2), "mariadb": (1, 2)}
"""Worlds, and files in each."""


@pytest.fixture(autouse=True)
def quickly(forked_workbench: None) -> None:
    """Many small imports, of which only what becomes of them matters."""


@pytest.mark.parametrize("case", CASES)
def test_what_comes_of_made_parents_is_what_comes_of_making_them_by_hand(
    case: EngineCase, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    name = request.node.callspec.id
    key = KEYS[name.replace("mariadb", "mysql")]
    worlds, times = TIMES[name]
    settings, seen = tmp_path / "entrepot.toml", Counter[str]()
    with case.place(request, tmp_path) as place:
        for seed in seeds(1):
            chance = Random(seed)
            for _ in range(worlds):
                one = world(chance)
                place.execute(*one.tables(key))
                settings.write_text(one.settings, encoding="utf-8")
                entrepot = Entrepot(place.url, config=settings, environment={})
                begun(chance, place, one)
                for _ in range(times):
                    trial = drawn(chance, place, tmp_path, one)
                    seen[checked(entrepot, trial, f"seed {seed}: {trial}")] += 1
    assert seen["done"]
