"""Ids that cannot be keys of the database, where nobody said that they are the file's own."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.pointing import looks_like_id
from entrepot.importing.request import Prepared
from entrepot.model.brief import listed
from entrepot.model.problems import Place, Problem, Severity
from entrepot.model.types import Kind

KINDS = frozenset({Kind.INTEGER, Kind.UUID})


def perhaps_own(prepared: Prepared) -> Iterator[Problem]:
    """By the first values of the key's column, none of which is one."""
    key = prepared.entity.primary_key
    target = next((field for field in prepared.fields if (field.name,) == key), None)
    if target is None or target.own_id or target.found is not None or target.type.kind not in KINDS or target.steps:
        return
    samples = [sample for at in target.sources for sample in prepared.staged.columns[at].samples]
    if len(target.sources) != 1 or target.pointers or not samples:
        return
    if any(looks_like_id(sample, target.type.kind) for sample in samples):
        return
    yield Problem(
        code="own_ids_perhaps",
        message=f"No {prepared.entity.field(target.name).title} of the first records can be a key of"
        f" {prepared.entity.title}: {listed(samples)}.",
        remedy="If such ids mean something to the files alone: --own-ids, or --source NAME, so that the next import of"
        " that source finds its rows again.",
        severity=Severity.WARNING,
        place=Place(file=prepared.draft.given, entity=prepared.entity.title),
    )
