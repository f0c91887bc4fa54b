"""Whether what a job has to show for it still is what it was: read back from where it lies, and compared with what our
own records say, not with what lies beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from entrepot.adapters import Adapters
from entrepot.exporting.inspection import Inspection, located
from entrepot.exporting.receipt_file import encode_receipt
from entrepot.jobs.orders.giving import FILE
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.orders import JobView
from entrepot.model.problems import Problem
from entrepot.model.receipts import Receipt
from entrepot.model.records import ArtifactRecord, JobRecord
from entrepot.state import State
from entrepot.storage.keys import Keys
from entrepot.storage.work import work_folder
from entrepot.use_cases.exports import Exports
from entrepot.use_cases.inquiries import Inquiries


@dataclass(kw_only=True)
class Found:
    checks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unverified: list[str] = field(default_factory=list)

    def add(self, other: Inspection) -> None:
        self.checks += other.checks
        self.problems += other.problems
        self.unverified += other.unverified


@dataclass(frozen=True, kw_only=True)
class Verifying:
    adapters: Adapters

    def verify(self, id: str) -> Inspection:
        """InputError `nothing_to_verify` if it has left nothing that is still kept."""
        view, found = Inquiries(adapters=self.adapters).job(id), Found()
        with self.adapters.state() as state, work_folder() as work:
            files = dict(self._read_back(state, view, found))
            written = _written(view.job)
            if not view.artifacts and not written:
                raise _nothing(view.job)
            if written or files:
                self._inspect(view.job, {**written, **files}, work, found)
        return Inspection(
            file=id, checks=tuple(found.checks), problems=tuple(found.problems), unverified=tuple(found.unverified)
        )

    def _read_back(self, state: State, view: JobView, found: Found) -> Iterator[tuple[str, Path]]:
        """Every stored file of the job; those that an export made are looked into afterwards."""
        for artifact in view.artifacts:
            self.adapters.cancel.check()
            try:
                path = state.artifacts.read_back(artifact)
            except DamagedError as error:
                found.problems += located(error, artifact.name, None)
                continue
            found.checks.append(_kept(artifact))
            if artifact.kind == FILE:
                yield artifact.name, path

    def _inspect(self, job: JobRecord, files: dict[str, Path], work: Path, found: Found) -> None:
        """By the receipt that our records have: one beside the files could have been changed with them."""
        receipt, folder = _receipt(job), work / "files"
        if receipt is None:
            found.unverified.extend(files)
            return
        folder.mkdir()
        for name, path in files.items():
            (folder / name).symlink_to(path.absolute())
        (work / "receipt.json").write_bytes(encode_receipt(receipt))
        found.add(Exports(adapters=self.adapters).inspect(folder, work / "receipt.json", Keys()))


def _kept(artifact: ArtifactRecord) -> str:
    return f"{artifact.name} ({artifact.kind}): {artifact.bytes:,} bytes and SHA-256 as when it was stored."


def _written(job: JobRecord) -> dict[str, Path]:
    """Where the job wrote its files itself, by their names."""
    promised: dict[str, Any] = dict(job.receipt or {})
    if not promised.get("path") or job.finished_at is None:
        return {}
    receipt, place = _receipt(job), Path(promised["path"])
    names = [file.name for file in receipt.files] if receipt else []
    home = place if len(names) != 1 or place.is_dir() else place.parent
    return {name: home / name for name in names if Path(name).name == name}


def _receipt(job: JobRecord) -> Receipt | None:
    told = (job.receipt or {}).get("receipt")
    return None if told is None else msgspec.convert(told, Receipt)


def _nothing(job: JobRecord) -> InputError:
    return InputError(
        "nothing_to_verify",
        f"{job.id} ({job.status.value}) has left nothing that is still kept.",
        remedy="Its files may have expired. `entrepot inspect` looks at files of your own.",
    )
