"""A worker killed at any step of a job: the next one ends it as a clean run does, and nothing is there twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recovery import jobs

pytestmark = pytest.mark.slow
SOME = (("file", "0.5,0.8,1"), ("kept", "0.6,1"), ("import", "0.55,0.95"), ("batches", "0.7"), ("undo", "0.8"))
"""Parts of the way; the last step is the end on record. The long form goes through all of them."""
LONG = os.environ.get("ENTREPOT_RECOVERY") == "long"


@pytest.mark.parametrize(("kind", "parts"), SOME, ids=[kind for kind, _ in SOME])
def test_what_a_killed_worker_left_becomes_what_a_clean_run_makes(kind: str, parts: str, tmp_path: Path) -> None:
    command = [sys.executable, jobs.__file__, kind, "all" if LONG else parts]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=3000)
    assert done.returncode == 0, done.stderr.decode()
    clean, *others = map(json.loads, done.stdout.splitlines())
    assert clean["status"] == "completed", clean["error"]
    assert others
    for other in others:
        same = {name: other[name] for name in clean if name not in ("fatal", "attempts", "deaths")}
        assert same == {name: clean[name] for name in same}, f"killed at step {other['fatal']} of {other['steps']}"
        assert other["deaths"] <= 1
