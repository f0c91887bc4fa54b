"""Parents that are made of what files say, on their way in: like the rows of a copy, they are kept as a file of their
own, so that a plan is carried out as it was shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.importing.bundles.parts import Part
from entrepot.importing.making.asked import Child
from entrepot.importing.making.asking import wants
from entrepot.importing.making.making import Made, made_parents
from entrepot.importing.own_ids.tables import with_own_ids
from entrepot.importing.request import Draft, Run
from entrepot.jobs.copied import MEDIA_TYPE, READING
from entrepot.jobs.drafting import DRAFT, Drafting
from entrepot.jobs.tables import Going, Source, Table
from entrepot.jobs.united_parts import united_parts
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names
from entrepot.model.plans import DraftFile
from entrepot.model.records import ArtifactRecord
from entrepot.model.table_names import TableName


@dataclass(frozen=True, kw_only=True)
class Making:
    way: Drafting
    run: Run

    def with_parents(self, chosen: Sequence[Going], *, alone: bool = False) -> list[Going]:
        """`alone`: somebody wants a plan of one table."""
        catalog = self.run.catalog
        if not any(one.request.use or wants(one.request, catalog) for one in chosen):
            return list(chosen)
        with self.way.state.taking() as taken:
            taken.extend({one.table.source.stored.id: one.table.source.stored for one in chosen}.values())
            return [*chosen, *self._made(chosen, taken, alone=alone)]

    def _made(self, chosen: Sequence[Going], taken: list[ArtifactRecord], *, alone: bool) -> list[Going]:
        catalog = self.run.catalog
        come = [entity_names(catalog).find(one.request.entity) for one in chosen]
        children = [child for child in self._children(chosen) if wants(child.request, catalog)]
        found: list[Going] = []
        if not children:
            return found
        with self.run.bench() as bench:
            for made in made_parents(children, come, self.run, bench):
                if alone:
                    raise _several(made)
                found.append(self._going(made, taken))
        return found

    def _children(self, chosen: Sequence[Going]) -> list[Child]:
        """What comes from another database names by ids whatever it refers to."""
        chosen = [one for one in chosen if not one.table.source.database]
        asked = [self.way.asked(one.request, self.run) for one in chosen]
        if not asked:
            return []
        requests = with_own_ids([request for request, _ in asked], [own for _, own in asked])
        parts = [
            Part(draft=_draft(one), request=request, run=own)
            for one, request, (_, own) in zip(chosen, requests, asked, strict=True)
        ]
        return [
            Child(title=part.title, draft=part.draft, request=part.request, run=part.run)
            for part in united_parts(parts)
        ]

    def _going(self, made: Made, taken: list[ArtifactRecord]) -> Going:
        state = self.way.state
        with state.artifacts.receive(DRAFT, made.title) as incoming:
            incoming.write(made.form.header)
            for block in made.rows:
                self.run.cancel.check()
                incoming.write(block)
        stored = state.record(incoming.stored, MEDIA_TYPE, lasting=self.way.drafts_kept)
        taken.append(stored)
        source = Source(file=Path(made.title), stored=stored, plain=state.artifacts.path(stored.id))
        name = TableName(file=made.title, table=None)
        return Going(table=Table(source=source, name=name), request=replace(made.request, reading=READING))


def _draft(one: Going) -> Draft:
    source = one.table.source
    file = DraftFile(name=source.stored.name, bytes=source.stored.bytes, sha256=source.stored.sha256)
    return Draft(path=source.plain, file=file, packed=source.packed)


def _several(made: Made) -> InputError:
    entity = made.form.entity.title
    return InputError(
        "parents_to_make",
        f"Rows of {entity} would be made besides, which is an import of two tables.",
        remedy="Give the file in a list: what comes back is the plan, or the receipt, of both.",
    )
