"""Corrections of an import of several tables: the errors files that it left, each in the place of its table.

What was imported already stays out of it, so the tables that nothing is given back of are no part of a correction,
unless the import was refused as a whole: then all of them are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from entrepot.importing.bundles.parts import Part
from entrepot.importing.failed_rows import NOT_IN_NAMES
from entrepot.importing.own_ids.tables import check_together
from entrepot.importing.prepare import checked_entity
from entrepot.importing.request import Run
from entrepot.jobs.corrected import Standing, is_of_several, named, root_of, said_besides, standings_of, with_correction
from entrepot.jobs.drafting import DATABASE, PLACE, asked_of, draft_of
from entrepot.jobs.given import Given, room
from entrepot.jobs.tables import Source, files_in
from entrepot.jobs.unpacking import with_table
from entrepot.jobs.way_in import WayIn
from entrepot.model.brief import listed
from entrepot.model.bundles import BundlePlan, BundleRequest
from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError
from entrepot.model.names import Names, entity_names
from entrepot.model.plans import ImportRequest
from entrepot.model.records import ArtifactRecord, Document, DraftRecord, JobRecord
from entrepot.state import State
from entrepot.storage.keys import Keys

FAILED = ".failed."


@dataclass(frozen=True, kw_only=True)
class Original:
    """A table of the import."""

    record: DraftRecord
    request: ImportRequest
    entity: str

    @property
    def called(self) -> set[str]:
        """What its errors file may be called: after the file, after the table of it, and after the entity besides."""
        stem, table = self.record.name.partition(".")[0], self.request.reading.entity or ""
        lists = {name.translate(NOT_IN_NAMES) for name in (table, table.rpartition("/")[2], Path(table).stem)}
        own = {".".join(filter(None, (stem, each))) for each in lists}
        marked = {f"{name}.{self.request.entity.translate(NOT_IN_NAMES)}" for name in own}
        return {name.casefold() for name in (*own, *marked, *lists, self.entity, self.request.entity) if name}


@dataclass(frozen=True, kw_only=True)
class CorrectedTables:
    way: WayIn
    run: Run
    keys: Keys
    root: JobRecord

    @property
    def names(self) -> Names[Entity]:
        return entity_names(self.run.catalog)

    def originals(self) -> dict[str, Original]:
        """By their entities."""
        found: dict[str, Original] = {}
        tables: set[tuple[str, str | None]] = set()
        for record in self.way.state.ledger.drafts.of_bundle(self.root.draft_id or ""):
            request = msgspec.convert(record.request, ImportRequest)
            entity = self.names.find(request.entity).name
            table = (record.artifact_id, request.reading.entity)
            if entity in found or table in tables or request.made is not None or record.request.get(DATABASE):
                raise InputError(
                    "not_together",
                    f"{self.root.id} made one table of several files, or several of one, or copied rows of a database,"
                    " which cannot be corrected.",
                    remedy="Import the corrected errors files by themselves.",
                )
            tables.add(table)
            found[entity] = Original(record=record, request=request, entity=entity)
        return found

    def given(self, files: Sequence[Path], asked: BundleRequest) -> tuple[list[Part], tuple[DraftRecord, ...]]:
        """What was given back, and what goes with it; on record."""
        check_alone(asked)
        originals = self.originals()
        standings = standings_of(self.way.state, self.root, self.run, list(originals))
        with self.way.state.taking() as copies:
            found = files_in(files)
            meant = self._meant(found, asked, originals)
            taking = Given(way=self.way, keys=self.keys)
            sources = {
                entity: taking.source(file, room(self.run, f"given-{at}"), self.run, copies)
                for at, (file, entity) in enumerate(zip(found, meant, strict=True))
            }
        self._check_parents(sources, standings)
        due = [each for each in originals.values() if each.entity in sources or standings[each.entity].whole]
        requests = [self._request(each, asked) for each in due]
        documents = [self._remembered(each, sources, request) for each, request in zip(due, requests, strict=True)]
        records = self.way.state.ledger.drafts.add_bundle(documents)
        parts = [
            self.part(at, record, request) for at, (record, request) in enumerate(zip(records, requests, strict=True))
        ]
        return parts, records

    def part(self, at: int, record: DraftRecord, request: ImportRequest) -> Part:
        """As it was given back, or, of an import that was refused, as it was."""
        originals = self.originals()
        entity = self.names.find(request.entity).name
        original, state = originals[entity], self.way.state
        own = replace(
            self.way.knowing(self.way.recalling(self.run, request), request), work=room(self.run, f"table-{at}")
        )
        stored = state.ledger.artifacts.get(record.artifact_id)
        plain = self.way.plain(stored, Path(record.request[PLACE]), own.work, self.keys, proven=False)
        draft = draft_of(record, plain)
        standing = standings_of(state, self.root, self.run, list(originals))[entity]
        if record.artifact_id == original.record.artifact_id:
            draft = with_table(draft, request, own.work, self.keys, known=True)
        else:
            draft = with_correction(
                state, draft, request, original.record, standing=standing, work=own.work, keys=self.keys
            )
        return Part(draft=replace(draft, once=named(self.root, standing)), request=request, run=own)

    def _check_parents(self, sources: Mapping[str, Source], standings: Mapping[str, Standing]) -> None:
        """A record that failed goes before a row with its id, which may be somebody else's: so it must be known."""
        for entity in sources:
            parents = (key.parent for key in self.run.catalog.entity(entity).relations)
            for parent in (parent for parent in parents if parent in standings and parent not in sources):
                if standings[parent].allowed and not standings[parent].whole:
                    raise InputError(
                        "parents_not_given",
                        f"Records of {entity} refer to {parent}, of which some failed, too, and are not given back.",
                        remedy=f"Give the errors file of {parent} back together with it, corrected or as it is.",
                    )

    def _request(self, original: Original, asked: BundleRequest) -> ImportRequest:
        asked_then = replace(original.request, batch_size=None, left_out=())
        request = replace(asked_then, corrects=self.root.id, corrected=asked.each.reading)
        checked_entity(request, self.run)
        check_together(request)
        return request

    def _remembered(
        self, original: Original, sources: Mapping[str, Source], request: ImportRequest
    ) -> tuple[ArtifactRecord, Document]:
        source = sources.get(original.entity)
        if source is not None:
            return source.stored, source.remembered(request)
        place = Path(original.record.request[PLACE])
        return self.way.state.ledger.artifacts.get(original.record.artifact_id), asked_of(request, place)

    def _meant(self, files: Sequence[Path], asked: BundleRequest, originals: Mapping[str, Original]) -> list[str]:
        """The entity of each file: said, or as the errors file was called."""
        found: list[str] = []
        for file in files:
            said = next(
                (asked.into[word] for word in (file.name, file.name.partition(".")[0]) if word in asked.into), None
            )
            names = [self.names.find(said).name] if said else list(_called(file, originals))
            if len(names) != 1 or names[0] not in originals or names[0] in found:
                raise self._unclear(file, originals)
            found += names
        return found

    def _unclear(self, file: Path, originals: Mapping[str, Original]) -> InputError:
        known = listed([original.request.entity for original in originals.values()])
        return InputError(
            "unclear_correction",
            f"Nothing says which table of {self.root.id} {file.name} corrects, or another file does so, too: {known}.",
            remedy=f"Say it, each once: --into {file.name}=ENTITY",
        )


def _called(file: Path, originals: Mapping[str, Original]) -> Iterator[str]:
    name = file.name.casefold()
    base = name.partition(FAILED)[0] if FAILED in name else name.partition(".")[0]
    yield from (entity for entity, original in originals.items() if base in original.called)


def check_alone(asked: BundleRequest) -> None:
    each = ImportRequest(entity=asked.each.entity, reading=asked.each.reading, corrects=asked.each.corrects)
    if asked.each != each or asked.tables or asked.also:
        raise said_besides()


def correction_of(state: State, file: Path, request: ImportRequest) -> BundleRequest | None:
    """Of a single file, if it is given back to an import of several tables; None for any other."""
    if not is_of_several(state, request.corrects or ""):
        return None
    return BundleRequest(into={file.name: request.entity} if request.entity else {}, each=replace(request, entity=""))


def planned_corrections(
    way: WayIn, plan: BundlePlan, records: Sequence[DraftRecord], run: Run, keys: Keys
) -> list[Part]:
    """As they were planned."""
    root = root_of(way.state, plan.parts[0].request.corrects or "")
    tables = CorrectedTables(way=way, run=run, keys=keys, root=root)
    names = entity_names(run.catalog)
    requests = {names.find(part.request.entity).name: part.request for part in plan.parts}
    return [
        tables.part(at, record, requests[names.find(record.request["entity"]).name])
        for at, record in enumerate(records)
    ]
