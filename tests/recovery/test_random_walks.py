"""Whatever is done to jobs in whatever order, they are what a plain model says. `ENTREPOT_RECOVERY=long`: 10,000
steps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recovery import random_walks
from recovery.grounds import LONG
from seeds import seeds

pytestmark = pytest.mark.slow
STEPS = 10_000 if LONG else 150


@pytest.mark.parametrize("seed", seeds(1))
def test_jobs_are_what_a_plain_model_says_whatever_is_done_to_them(
    seed: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    command = [sys.executable, random_walks.__file__, str(seed), str(STEPS)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=3000)
    assert done.returncode == 0, f"seed {seed}: {done.stderr}"
    record_property("figures", f"seed {seed}: {done.stdout.strip()}")
