"""Where the peers live: an environment for each, so that their dependencies meet neither each other's nor ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from servers.ensure import install, program

LOCKS = Path(__file__).parents[2] / "locks" / "peers"
SCRIPTS = Path(__file__).parent
FROM_PYPI = ("pandas", "django", "dlt", "sling")


@dataclass(frozen=True, kw_only=True)
class Homes:
    folders: dict[str, Path]
    """The environments that could be made."""
    absent: dict[str, str]
    """What could not be had, and why."""

    def script(self, peer: str, *arguments: object) -> str:
        """The command that runs `by_<peer>.py` in the peer's environment."""
        words = (str(argument) for argument in arguments)
        return " ".join((str(self.folders[peer] / "bin" / "python"), str(SCRIPTS / f"by_{peer}.py"), *words))


def made(folder: Path) -> Homes:
    """Make what is missing; once made, an environment is used again until its lock changes."""
    absent = {peer: reason for peer in FROM_PYPI if (reason := _install(folder / peer, LOCKS / f"{peer}.txt"))}
    absent |= _pgloader()
    return Homes(folders={peer: folder / peer for peer in FROM_PYPI if peer not in absent}, absent=absent)


def _install(home: Path, lock: Path) -> str | None:
    """Why it could not be installed, if so."""
    mark = home / "lock.txt"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return None
    shutil.rmtree(home, ignore_errors=True)
    pip = (str(home / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check")
    for command in ((sys.executable, "-m", "venv", str(home)), (*pip, "--require-hashes", "-r", str(lock))):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stderr.strip() or "no reason was given").splitlines()[-1]
    shutil.copy(lock, mark)
    return None


def _pgloader() -> dict[str, str]:
    """Debian has it; as root it is installed, as `make test` installs a server that is missing."""
    find = program("pgloader")
    if find() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install(["pgloader"])
    return {} if find() else {"pgloader": "not on the PATH; on Debian: apt-get install pgloader"}
