"""Exports over earlier ones, in a process that kills itself at a chosen step of giving names and taking them away.

`python overwriting.py N WORDS…` runs `entrepot WORDS…` and dies just before its N-th step.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partialmethod
from io import BytesIO
from itertools import count
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from contract.storage.sealed import PUBLIC, SECRET  # noqa: E402 - this file also runs by itself
from entrepot.cli.parser import main  # noqa: E402
from entrepot.model.errors import AccessError  # noqa: E402
from entrepot.storage.age import decrypt_stream, encrypt_stream, identities_of, recipients_of  # noqa: E402
from entrepot.storage.disk import Disk  # noqa: E402

STEPS = ("publish", "replace", "remove", "sync_folder")
KILLED = -signal.SIGKILL


@contextmanager
def quick_locks() -> Iterator[None]:
    """Locking with a passphrase takes a second on purpose; here it is done with a key."""
    with (
        mock.patch("entrepot.storage.publish.lock_key", quick_lock),
        mock.patch("entrepot.storage.keys.unlock_key", quick_unlock),
    ):
        yield


def quick_lock(secret: str, passphrase: str) -> bytes:
    locked = BytesIO()
    encrypt_stream(BytesIO(f"{passphrase}\n{secret}".encode()), locked, recipients_of([PUBLIC]))
    return locked.getvalue()


def quick_unlock(locked: bytes, passphrase: str) -> str:
    found = BytesIO()
    decrypt_stream(BytesIO(locked), found, identities_of(SECRET))
    told, _, secret = found.getvalue().decode().partition("\n")
    if told != passphrase:
        raise AccessError("wrong_key", "It does not open.")
    return secret


def killed(home: Path, fatal: int, words: list[str]) -> bool:
    """Whether it was; if not, it came to its end."""
    command = [sys.executable, __file__, str(fatal), *words]
    ended = subprocess.run(command, cwd=home, capture_output=True, check=False)
    assert ended.returncode in {0, KILLED}, ended.stderr.decode()
    return ended.returncode == KILLED


def die_at(fatal: int) -> None:
    steps = count(1)

    def step(disk: Disk, *paths: Path, operation: Callable[..., None]) -> None:
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        operation(disk, *paths)

    for name in STEPS:
        setattr(Disk, name, partialmethod(step, operation=getattr(Disk, name)))


if __name__ == "__main__":
    die_at(int(sys.argv[1]))
    with quick_locks():
        sys.exit(main(sys.argv[2:]))
