"""Workers that are paused in the middle of their jobs, others that go on with these, and what the first ones do when
they wake up: `python pauses.py '{…}'`, in the current folder, whose settings say how long a lease is."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from acceptance.work import BY_HAND  # noqa: E402 - this file also runs by itself
from entrepot import Entrepot, ExportOptions, ImportRequest  # noqa: E402
from entrepot.model.drafts import Mode  # noqa: E402
from entrepot.storage.disk import Disk  # noqa: E402
from entrepot.workbench import client  # noqa: E402
from recovery import crashes  # noqa: E402
from recovery.crashes import CHANGED, Crashes, found, ordered, table  # noqa: E402
from recovery.importing import TARGETS  # noqa: E402
from servers.forked import running_origin  # noqa: E402

OVER = "over"
"""An export in the place of an earlier one."""
KINDS = (OVER, "bring_in", "undo", "batches")
ENDS = ((Disk, ("publish", "replace")), *((target, ("commit",)) for target in TARGETS))
"""Where it matters most who writes: each counts before and after."""


@dataclass(kw_only=True)
class Pauses:
    number: int
    steps: Sequence[int]
    """Of each worker the step before which it stops itself."""
    ends: bool
    """Count those of ENDS alone."""
    place: dict[str, str]

    def told(self) -> dict[str, Any]:
        shop = Entrepot(environment={**os.environ, **self.place})
        Path("people.csv").write_text("id,name\n" + "".join(f"{n},{name}\n" for n, name in CHANGED))
        submitted = {kind: self.ordered(shop, kind) for kind in KINDS}
        with ended_with_us(tuple(map(self.begun, self.steps))) as workers:
            return self.gone_on(shop, submitted, [worker for worker in workers if is_paused(worker)])

    def gone_on(self, shop: Entrepot, submitted: dict[str, str], paused: Sequence[int]) -> dict[str, Any]:
        began = time.monotonic()
        assert ended(Crashes(workers=2, strikes=(), place=self.place).begun(0, 0)) == 0, Path("log").read_text()
        seconds, done = time.monotonic() - began, files()
        for worker in paused:
            os.kill(worker, signal.SIGCONT)
        return {
            "codes": [ended(worker) for worker in paused],
            "seconds": seconds,
            "done": done,
            "files": files(),
            "jobs": {kind: found(shop, job) for kind, job in submitted.items()},
            "whole": not shop.inspect(self.export_of(OVER)).problems,
        }

    def ordered(self, shop: Entrepot, kind: str) -> str:
        entity = table(self.number, kind)
        if kind != OVER:
            return ordered(shop, kind, entity)
        options = ExportOptions(format="csv", overwrite=True)
        shop.export(entity, to=self.export_of(OVER), options=options)
        shop.bring_in(Path("people.csv"), ImportRequest(entity=entity, mode=Mode.UPSERT))
        return shop.submit_export(entity, to=self.export_of(OVER), options=options, manner=BY_HAND).id

    def export_of(self, kind: str) -> Path:
        return Path(f"{table(self.number, kind)}.csv").absolute()

    def begun(self, step: int) -> int:
        """One job at once, so that each has one of its own to stop in."""
        with mock.patch.object(crashes, "STEPS", ENDS if self.ends else crashes.STEPS):
            return Crashes(workers=1, strikes=(), place=self.place).begun(step, signal.SIGSTOP)


@contextmanager
def ended_with_us(workers: Sequence[int]) -> Iterator[Sequence[int]]:
    """Nobody hears what went wrong while one that is paused holds the pipe."""
    try:
        yield workers
    except BaseException:
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        raise


def is_paused(worker: int) -> bool:
    """False: it came to its end before, or was ended by one that paused after it."""
    status = os.waitpid(worker, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        return True
    assert os.waitstatus_to_exitcode(status) in (0, -signal.SIGKILL), Path("log").read_text()
    return False


def ended(worker: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1])


def files() -> dict[str, str]:
    """What a paused worker has begun is a folder, and gone once it woke up."""
    found = (path for path in sorted(Path().glob("*.csv*")) if path.is_file())
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in found}


if __name__ == "__main__":
    with running_origin() as origin, mock.patch.object(client, "start", origin.start):
        sys.stdout.write(json.dumps(Pauses(**json.loads(sys.argv[1])).told()))
