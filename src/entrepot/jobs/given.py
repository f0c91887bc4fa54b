"""Files as they are given to an import: a copy is taken, and made plain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.importing.request import Draft, Run
from entrepot.jobs.drafting import Drafting
from entrepot.jobs.tables import Going, Source, Table
from entrepot.jobs.unpacking import with_packed, with_table
from entrepot.model.bench import Bench
from entrepot.model.plans import DraftFile, ImportRequest
from entrepot.model.records import ArtifactRecord
from entrepot.model.table_names import TableName
from entrepot.storage.keys import Keys


@dataclass(frozen=True, kw_only=True)
class Given:
    way: Drafting
    keys: Keys

    def source(self, file: Path, work: Path, run: Run, copies: list[ArtifactRecord]) -> Source:
        with self.way.coming(file) as copy:
            stored = self.way.copied(copy, run)
        copies.append(stored)
        plain = self.way.plain(stored, file, work, self.keys, proven=True)
        return Source(file=file, stored=stored, plain=plain)

    def one_table(self, file: Path, request: ImportRequest, run: Run, _bench: Bench) -> list[Going]:
        """A file that goes where its request says; of several tables that which its reading names."""
        with self.way.state.taking() as copies:
            source = self.source(file, room(run, "given"), run, copies)
            given = DraftFile(name=file.name, bytes=source.stored.bytes, sha256=source.stored.sha256)
            draft = with_table(Draft(path=source.plain, file=given), request, run.work, self.keys, known=False)
        source = replace(source, plain=draft.path, packed=draft.packed, files=draft.files, problems=draft.problems)
        name = TableName(file=file.name, table=request.reading.entity)
        return [Going(table=Table(source=source, name=name), request=with_packed(request, draft.packed))]


def room(run: Run, name: str) -> Path:
    """A folder of its own in the private one."""
    folder = run.work / name
    folder.mkdir()
    return folder
