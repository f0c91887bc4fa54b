"""What a transaction is to bring about, written down before it does: a correction or a successor must know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from entrepot.importing.request import Work
from entrepot.model.import_receipts import Proof
from entrepot.model.plans import ImportPlan

COUNTS, FAILED, GIVEN, REMEMBERED, PROOFS = "counts", "failed", "given", "remembered", "proofs"
ENTITY = "entity"
SPAN, BROUGHT, SHARES = "span", "brought", "shares"
"""Of batches of several tables: which records they are, what these brought for others, and the counts of each file."""


Facts = Mapping[str, Any]


def noted(
    work: Work, plan: ImportPlan, unit: int = 0, proofs: Sequence[Proof] = (), besides: Facts = MappingProxyType({})
) -> Facts:
    prepared = work.prepared
    failed = work.bench.failed_records(prepared.fields, prepared.matching) if plan.failed else ""
    remembered = dict(prepared.request.mapping.remembered)
    counts = {str(decision): count for decision, count in plan.counts.items()}
    facts = {COUNTS: counts, FAILED: failed, GIVEN: prepared.given, REMEMBERED: remembered}
    facts |= {PROOFS: msgspec.to_builtins(proofs), ENTITY: prepared.entity.name, **besides}
    if work.run.note is not None:
        work.run.note(facts, unit)
    return facts


def proofs_in(facts: Facts) -> tuple[Proof, ...]:
    return msgspec.convert(facts.get(PROOFS, ()), tuple[Proof, ...])
