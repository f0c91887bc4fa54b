"""Whatever tables there are and whatever they hold: exported in any format that loses nothing, they come into an empty
database as they were. The seed is in the name of the test; more of them: ENTREPOT_SEEDS=20."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from acceptance.journeys import changed_fields
from acceptance.small_databases import SmallDatabase
from acceptance.test_corpora_come_back import FOLDERS, PACKAGES, opened, options
from acceptance.zoo import CASES
from contract.databases.case import EngineCase
from entrepot import BundleRequest

KINDS = (*PACKAGES, "json", "sql", *FOLDERS)
SEEDS = range(int(os.environ.get("ENTREPOT_SEEDS", "2")))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", CASES)
def test_what_goes_out_comes_back(case: EngineCase, seed: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    random = SmallDatabase(case, Random(f"{case.name} {seed}"))
    tables = random.made()
    with case.place(request, tmp_path) as first:
        first.execute(*random.schema(tables))
        random.fill(first, tables)
        before = opened(first.url, tmp_path)
        for kind in KINDS:
            folder = tmp_path / kind
            folder.mkdir()
            target = f"{folder}/out/" if kind in FOLDERS else folder / f"out.{'zip' if kind in PACKAGES else kind}"
            file = before.export(to=target, options=options(kind)).path
            with case.place(request, folder) as second:
                second.execute(*random.schema(tables))
                after = opened(second.url, tmp_path)
                after.bring_in([file], BundleRequest())
                assert changed_fields(before, after) == frozenset(), kind
