"""What a file says of other rows instead of their ids, and which rows these are."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.paper import Paper
from entrepot.cli.text import cut, quoted
from entrepot.model.drafts import Decision
from entrepot.model.finding import Missing
from entrepot.model.plans import ImportPlan
from entrepot.model.references import FoundParent, Reference

LONGEST = 40
SHOWN = 3
MADE = 12
INSTEAD = {Missing.SKIP: "records without a parent are left out", Missing.EMPTY: "what is missing stays empty"}


def references(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    if not plan.references:
        return
    yield from paper.heading("What it refers to", 'change: --map "COLUMN=FIELD by PARENTS_FIELD" --missing')
    heads = ("field", "looked up", "values found", "missing", "several")
    rows = [row(reference) for reference in plan.references]
    yield from paper.rows(heads, rows, least=(4, 6, 6, 7, 7), right=(2, 3, 4))
    several = len(plan.references) > 1
    for reference in plan.references:
        for line in examples(reference):
            yield from paper.text(f"{reference.field}: {line}" if several else line, hang=2, style="dim")


def row(reference: Reference) -> tuple[str, ...]:
    found = reference.parents
    counts = (f"{found.found:,} of {found.values:,}", f"{found.missing:,}", f"{found.ambiguous:,}")
    how = f"{reference.parent} by {', '.join(reference.by)}{', ignoring case' if reference.ignore_case else ''}"
    return (reference.field, how, *counts)


def examples(reference: Reference) -> Iterator[str]:
    yield from map(example, reference.parents.samples[:SHOWN])
    if reference.parents.new:
        yield f"{reference.parents.new:,} of them new"
    if reference.missing in INSTEAD:
        yield INSTEAD[reference.missing]


def example(found: FoundParent) -> str:
    """
    >>> example(FoundParent(value="ada@example.org", id="7", label="Ada"))
    "'ada@example.org' → 7 (Ada)"
    """
    known = [found.label] if found.label else []
    known += ["another record of this file"] if found.own else []
    beside = f" ({', '.join(cut(text, LONGEST) for text in known)})" if known else ""
    return f"{cut(quoted(found.value), LONGEST)} → {found.id}{beside}"


def made(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    """Rows that nobody gave, and who asked for them."""
    parents = plan.request.made
    if parents is None:
        return
    created, unasked = plan.counts.get(Decision.CREATED, 0), plan.counts.get(Decision.SKIPPED, 0)
    some = f"{created:,} of these {parents.count:,}" if created < parents.count else f"{created:,}"
    yield from paper.text(f"{some} {plan.entity} would be created for {', '.join(parents.files)}:")
    for one in parents.first[:MADE]:
        yield from paper.text(f"{cut(quoted(one.value), LONGEST)} (record {one.record:,} of {one.file})", hang=2)
    if parents.count > MADE:
        yield from paper.text(f"… and {parents.count - min(MADE, len(parents.first)):,} more", style="dim")
    if unasked:
        yield from paper.text(f"{unasked:,} would not: no record that comes in refers to them.")
