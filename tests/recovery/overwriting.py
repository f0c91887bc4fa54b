"""Exports over earlier ones, in processes that kill themselves at a step of giving names and taking them away.

`python overwriting.py FIRST OVER`, each a list of words as JSON: in the folder N below for each N, `entrepot FIRST` is
run, and then `entrepot OVER` by a process that dies just before its N-th step.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager
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
from recovery.dying import folders_of, kill_everywhere  # noqa: E402

STEPS = ("publish", "replace", "remove", "sync_folder")
PASSPHRASE = "correct horse"


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


def killed(home: Path, first: list[str], over: list[str]) -> list[Path]:
    """A folder for each step that an export was killed at, and one where it came to its end."""
    return folders_of(home, [sys.executable, __file__, json.dumps(first), json.dumps(over)])


def run(first: list[str], over: list[str]) -> None:
    def export(folder: Path) -> None:
        (folder / "pw").write_text(PASSPHRASE, encoding="utf-8")
        with chdir(folder):
            assert main(first) == 0

    def export_over(folder: Path, fatal: int) -> None:
        die_at(fatal)
        with chdir(folder):
            assert main(over) == 0

    with quick_locks():
        kill_everywhere(Path.cwd(), export, export_over)


def die_at(fatal: int) -> None:
    steps = count(1)

    def step(disk: Disk, *paths: Path, operation: Callable[..., None]) -> None:
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        operation(disk, *paths)

    for name in STEPS:
        setattr(Disk, name, partialmethod(step, operation=getattr(Disk, name)))


if __name__ == "__main__":
    run(*map(json.loads, sys.argv[1:]))
