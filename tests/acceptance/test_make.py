"""`make` sets up this folder and nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("target", [".venv/.run", ".venv/.dev"])
def test_another_environment_that_is_active_is_left_alone(target: str) -> None:
    """Most installers take the active one (VIRTUAL_ENV) unless they are told."""
    made = subprocess.run(
        ["make", "--dry-run", "--always-make", target],
        cwd=ROOT,
        env={**os.environ, "VIRTUAL_ENV": "/somewhere/else", "MAKEFLAGS": ""},
        check=True,
        capture_output=True,
        text=True,
    )
    installs = [line for line in made.stdout.splitlines() if "uv pip install" in line]
    assert len(installs) == 2
    assert all("--python .venv/bin/python " in line for line in installs)
