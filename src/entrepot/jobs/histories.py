"""Which job added a version, as far as journals say, and the way back to an old one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from entrepot.importing.journal import section_rows
from entrepot.importing.request import Run
from entrepot.importing.undoing.journaled import Journals, facts_of
from entrepot.importing.versions.reading import as_file, history_of, restoring, version_in, versioned_entity
from entrepot.importing.versions.texts import rows_of
from entrepot.jobs.way_in import WayIn
from entrepot.model.catalog import Entity
from entrepot.model.changes import Mark
from entrepot.model.journals import Part, Section
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.records import JobRecord
from entrepot.model.versions import History, Versions
from entrepot.storage.faults import reading, storing
from entrepot.storage.keys import Keys

LATEST = 200
"""Jobs whose journals are searched: who wants to know of others looks into their changes."""


@dataclass(frozen=True, kw_only=True)
class Histories:
    way: WayIn
    told: bool = True
    """Whether jobs may be named."""

    def versions(self, asked: ImportRequest, key: Sequence[str]) -> History:
        """`asked` says of which entity, and of which tenant."""
        with self.way.run() as run:
            found, entity, versions = self._found(asked, key, run)
            return self._with_jobs(found, entity, versions, run) if self.told else found

    def preview(self, asked: ImportRequest, key: Sequence[str], number: int) -> ImportPlan:
        """A plan that makes an old version the newest."""
        with self.way.run() as run:
            history, entity, _ = self._found(asked, key, run)
            version = version_in(history, number)
            file = run.work / f"version {number}.csv"
            with storing(file), file.open("wb") as written:
                written.writelines(as_file(version))
            request = replace(restoring(entity, version, asked.tenant), tenant_by_key=asked.tenant_by_key)
            return self.way.preview(file, request, Keys())

    def _found(self, asked: ImportRequest, key: Sequence[str], run: Run) -> tuple[History, Entity, Versions]:
        entity, versions = versioned_entity(asked.entity, run)
        tenancy = None if asked.tenant is None or run.find_tenancy is None else run.find_tenancy(asked)
        where = None if tenancy is None else tenancy.inside(entity)
        return history_of(entity, versions, key, run, where), entity, versions

    def _with_jobs(self, history: History, entity: Entity, versions: Versions, run: Run) -> History:
        wanted = {version.number: version for version in history.versions}
        for job, journals in self._journals(entity, run):
            for number in _numbers(journals, versions, [*history.of.values()]):
                if number in wanted and wanted[number].job is None:
                    at = job.created_at.astimezone(UTC).isoformat(timespec="seconds")
                    wanted[number] = replace(wanted[number], job=job.id, job_at=at)
            if all(version.job for version in wanted.values()):
                break
        return replace(history, versions=tuple(wanted.values()))

    def _journals(self, entity: Entity, run: Run) -> Iterator[tuple[JobRecord, Journals]]:
        """Of the latest jobs first."""
        ledger, store = self.way.state.ledger, self.way.state.artifacts
        for job in ledger.jobs.latest(LATEST, database=run.identity):
            kept = [record for record in ledger.journals.of_job(job.id) if record.entity == entity.name]
            there = [it for it in kept if run.engine.was_applied(Mark(job=it.job, unit=it.unit))]
            yield job, [(store.verify(ledger.artifacts.get(it.artifact_id)), facts_of(it)) for it in there]


def _numbers(journals: Journals, versions: Versions, of: Sequence[str]) -> Iterator[int]:
    """Of the versions that were added there."""
    for path, facts in journals:
        for section in facts.sections:
            if section.name == Part.CREATED and set(versions.key) <= set(section.columns):
                with reading(path), path.open("rb") as file:
                    yield from _in_section(section, versions, of, rows_of(section_rows(file, section), section.null))


def _in_section(
    section: Section, versions: Versions, of: Sequence[str], rows: Iterator[tuple[str | None, ...]]
) -> Iterator[int]:
    places = [section.columns.index(name) for name in versions.of]
    number = section.columns.index(versions.field)
    for row in rows:
        if [row[at] for at in places] == [*of]:
            yield int(row[number] or 0)
