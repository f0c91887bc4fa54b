"""Steps of the ledger leave alone what the version before them writes: its workers are at work when a step comes."""

from __future__ import annotations

import re

import pytest

from entrepot.ledger.migrating import Step, known_steps

BEFORE_WORKERS = 4
"""Until then nobody could be at work for longer than a command."""
COLUMN = r"ALTER TABLE \w+ ADD COLUMN (?!.*NOT NULL(?!.* DEFAULT ))"
ADDING = re.compile(rf"CREATE (TABLE|INDEX) |DROP INDEX |INSERT INTO |{COLUMN}", re.DOTALL)


@pytest.mark.parametrize("step", known_steps()[BEFORE_WORKERS:], ids=lambda step: step.name)
def test_a_step_only_adds(step: Step) -> None:
    assert [statement for statement in step.statements if not ADDING.match(statement)] == []


@pytest.mark.parametrize(
    ("statement", "adds"),
    [
        ("ALTER TABLE jobs ADD COLUMN word TEXT", True),
        ("ALTER TABLE jobs ADD COLUMN word TEXT NOT NULL DEFAULT ''", True),
        ("ALTER TABLE jobs ADD COLUMN word TEXT NOT NULL", False),
        ("ALTER TABLE jobs DROP COLUMN word", False),
        ("ALTER TABLE jobs RENAME TO works", False),
        ("DROP TABLE jobs", False),
        ("CREATE UNIQUE INDEX one ON jobs (phase)", False),
    ],
)
def test_what_would_stop_an_older_worker_is_told_from_what_would_not(statement: str, adds: bool) -> None:
    assert bool(ADDING.match(statement)) is adds
