"""Whoever is killed at any step of cleaning up leaves whole records, and the next one goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from recovery.cleaners import LATER, child, cleaning
from recovery.dying import folders_of
from recovery.schedulers import at

pytestmark = pytest.mark.slow


def test_killed_at_any_step_the_next_one_removes_what_is_left_and_nothing_else(tmp_path: Path) -> None:
    folders = folders_of(tmp_path, child(tmp_path))
    assert len(folders) > 25
    for folder in folders:
        with at(folder, LATER) as (state, _):
            state.ledger.check()
            noted = {one.id for one in state.ledger.removals.undone()}
            assert state.ledger.artifacts.known() <= state.artifacts.stored()
            assert state.artifacts.stored() <= state.ledger.artifacts.known() | noted
            cleaning(state).clean(LATER)
            (needed,) = state.ledger.jobs.latest()
            assert needed.finished_at is None
            (journal,) = state.ledger.journals.of_job(needed.id)
            assert state.artifacts.stored() == {journal.artifact_id} == state.ledger.artifacts.known()
            assert cleaning(state).clean(LATER).count == 0
