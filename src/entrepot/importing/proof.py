"""Reading back what was written, before it is committed: what was sent and what is there have one fingerprint."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from entrepot.importing.journal import JournalWriter
from entrepot.importing.request import Work
from entrepot.importing.undoing.compare import take_now
from entrepot.importing.undoing.journaled import loaded
from entrepot.model.canonical import digest_text
from entrepot.model.changes import Target
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.import_receipts import Proof
from entrepot.model.journals import Part
from entrepot.model.matching import What
from entrepot.model.plans import ImportPlan
from entrepot.model.receipts import Fingerprint
from entrepot.model.undoing import BackPart

SENT = {Part.CREATED: What.CREATED, Part.UPDATED: What.UPDATED}


def prove(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> tuple[Proof, ...]:
    """Rows are found again by the keys in the journal."""
    if journal.facts.forgotten:
        raise _no_key(work.prepared.entity.title, journal.facts.forgotten)
    if not journal.facts.sections:
        return ()
    work.run.reporter.phase("Reading back what was written")
    proofs = []
    for part in loaded([(journal.path, journal.facts)], work.run.catalog, work.bench).parts:
        take_now(work, work.prepared.entity, target, part)
        names = written(work, plan, part.part)
        proofs.append(_same(work, part, names))
    return tuple(proofs)


def together(proofs: Iterable[Proof]) -> tuple[Proof, ...]:
    """Of several transactions: a fingerprint is a sum over the rows."""
    found: dict[tuple[str, tuple[str, ...]], Fingerprint] = {}
    for proof in proofs:
        which = (proof.what, proof.fields)
        found[which] = added(found.get(which), proof.fingerprint)
    return tuple(Proof(what=what, fields=fields, fingerprint=sum_) for (what, fields), sum_ in found.items())


def added(before: Fingerprint | None, more: Fingerprint) -> Fingerprint:
    """
    >>> str(added(Fingerprint(rows=1, digest="f" * 32), Fingerprint(rows=2, digest=f"{2:032x}")))
    '00000000000000000000000000000001:3'
    """
    if before is None:
        return more
    return Fingerprint(rows=before.rows + more.rows, digest=digest_text(int(before.digest, 16) + int(more.digest, 16)))


def written(work: Work, plan: ImportPlan, part: Part) -> tuple[str, ...]:
    """The fields that every one of these rows was given."""
    if part is Part.UPDATED:
        return (*plan.key, *plan.compared)
    left = {name for names in plan.defaulted for name in names}
    return tuple(name for name in work.prepared.names if name not in left)


def _same(work: Work, part: BackPart, names: Sequence[str]) -> Proof:
    prepared, bench = work.prepared, work.bench
    numbers = tuple(prepared.names.index(name) for name in names)
    sent = bench.fingerprint_sent(prepared.fields, prepared.matching, SENT[part.part], numbers)
    columns = part.named([part.columns.index(name) for name in names])
    types = [prepared.entity.field(name).type for name in names]
    there = bench.fingerprint_taken(part.table("now"), columns, types)
    if sent != there:
        raise _otherwise(prepared.entity.title, part.part, sent, there)
    return Proof(what=str(part.part), fields=tuple(names), fingerprint=there)


def _no_key(entity: str, rows: int) -> InputError:
    return InputError(
        "no_key_to_prove",
        f"{rows:,} new rows of {entity} have no key by which they could be read back. Nothing was written.",
        remedy="Give the table a primary key, or import without --prove.",
    )


def _otherwise(entity: str, what: Part, sent: Fingerprint, there: Fingerprint) -> DamagedError:
    return DamagedError(
        "not_as_sent",
        f"The {what} rows of {entity}, read back, are not what was sent: {there} instead of {sent}. Nothing was "
        "written.",
        remedy="A trigger or the type of a column changes values. See what they do, or import without --prove.",
    )
