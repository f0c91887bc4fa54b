"""Ids of which nobody said whether they are the file's own: those that cannot be keys of the database, and those of
parents of which only children come in."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.importing.own_ids.tables import why_not
from entrepot.importing.pointing import looks_like_id
from entrepot.importing.request import Prepared
from entrepot.model.brief import listed
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.matching import Referring
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


def perhaps_of_parents(prepared: Prepared, catalog: Catalog) -> Iterator[Problem]:
    """Where others in this import are the files' own, it has none of these parents, and its source never had."""
    own = prepared.request.own_ids
    pairs = zip(prepared.relations, prepared.matching.references, strict=True)
    for relation, reference in pairs if own or prepared.request.source else ():
        parent = catalog.entity(relation.parent)
        if parent.name not in {*own, prepared.entity.name} and _by_id(prepared, relation, reference, parent, catalog):
            field, known = prepared.entity.field(relation.fields[0]), catalog.by_name
            names = ",".join(known[name].title for name in dict.fromkeys((*own, parent.name)) if name in known)
            yield Problem(
                code="ids_of_the_database",
                message=f"Ids in {field.title} are taken for those that {parent.title} has in the database: rows of"
                f" {parent.title} are not in this import, and its source brought none before.",
                remedy=f"If they are ids of the files as well: import {parent.title} with them, or before them from the"
                f" same --source. With --own-ids {names} an id that nobody brought is missing.",
                severity=Severity.WARNING,
                place=Place(file=prepared.draft.given, entity=prepared.entity.title),
            )


def _by_id(prepared: Prepared, relation: Relation, reference: Referring, parent: Entity, catalog: Catalog) -> bool:
    """Whether the file has ids of it that could be made anew."""
    if reference.elsewhere is not None or relation.parent_fields != parent.primary_key or why_not(parent, catalog):
        return False
    if prepared.tenancy is not None and prepared.tenancy.root.name == parent.name:
        return False
    (name,) = relation.fields
    target = next((field for field in prepared.fields if field.name == name), None)
    if target is None or target.pointers or target.found is not None:
        return False
    return any(prepared.staged.columns[at].samples for at in target.sources)
