"""Plans and receipts of several tables, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.cli.mirror_views import radius, radius_words
from entrepot.cli.paper import Paper
from entrepot.cli.preview import COUNTED, mapping, reading_of, unmapped
from entrepot.cli.preview_files import files, summary
from entrepot.cli.preview_findings import concerns_file, differences, problems
from entrepot.cli.preview_manner import duration, told
from entrepot.cli.preview_references import made, references
from entrepot.model.bundles import BundlePlan, BundleReceipt, summed, table_title
from entrepot.model.drafts import Errors
from entrepot.model.how_many import how_many
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.own_ids import BY_OWN_IDS
from entrepot.model.plans import ImportPlan


def bundle_screen(plan: BundlePlan, paper: Paper, *, whole: bool = False) -> Iterator[str]:
    """`whole`: how every table was read and where its columns go, too, and all problems and rows that are kept."""
    tenant = next((part.request.tenant for part in plan.parts if part.request.tenant is not None), None)
    yield from paper.text(f"{tables_of(plan)} → {plan.database}", indent=0, style="bold")
    whose = "" if tenant is None else f", tenant {tenant}"
    yield from paper.text(f"{how_many(plan.records, 'record')}; {plan.engine} database{whose}", style="dim")
    yield from paper.heading("What would become of the records", "in the order in which the tables are written")
    yield from counted([row for part in plan.parts for row in rows_of(part)], paper)
    yield from radius(plan, paper)
    for part in plan.parts:
        yield from part_lines(part, paper, whole=whole)
    yield from manner(plan, paper)


def tables_of(done: BundlePlan | BundleReceipt) -> str:
    """With the database that their rows came from."""
    database = done.parts[0].file.database
    return how_many(sum(len(rows_of(part)) for part in done.parts), "table") + (f" of {database}" if database else "")


def rows_of(part: ImportPlan | ImportReceipt) -> list[tuple[str, str, Mapping[str, int]]]:
    """Each of several files that go into one entity has its own."""
    if not part.shares:
        return [(title_of(part), part.entity, part.counts)]
    return [(share.title, part.entity, share.counts) for share in part.shares]


def counted(rows: Sequence[tuple[str, str, Mapping[str, int]]], paper: Paper) -> Iterator[str]:
    """With what became of any record: there is no room for more."""
    total = summed(counts for _, _, counts in rows)
    words = [str(decision) for decision in COUNTED if total[decision]]
    lines = [(title, entity, *numbers(counts, words)) for title, entity, counts in [*rows, ("", "", total)]]
    heads = ("table", "entity", *words, "in all")
    right = tuple(range(2, len(heads)))
    yield from paper.rows(heads, lines, least=(10, 8, *(1 for _ in right)), right=right)


def numbers(counts: Mapping[str, int], words: Sequence[str]) -> list[str]:
    return [*(f"{counts.get(word, 0):,}" for word in words), f"{sum(counts.values()):,}"]


def part_lines(part: ImportPlan, paper: Paper, *, whole: bool) -> Iterator[str]:
    """Nothing is said of a table that nothing is to be said of."""
    wrong = bool(part.groups.groups or any(concerns_file(problem) for problem in part.problems))
    by_own_ids = any(reference.by == (BY_OWN_IDS,) for reference in part.references)
    if not (
        whole or wrong or by_own_ids or part.request.made or part.differences or part.mapping.unmapped or part.files
    ):
        return
    yield ""
    yield from paper.text(f"{title_of(part)} → {part.entity}", indent=0, style="bold")
    if whole:
        yield from reading_of(part, paper)
        yield from mapping(part, paper)
    else:
        yield from unmapped(part, paper)
    yield from files(part.files, paper, whole=whole)
    yield from made(part, paper)
    if by_own_ids and part.request.made is None:
        yield from references(part, paper)
    yield from problems(part, paper, whole=whole)
    yield from differences(part, paper, whole=whole)


def manner(plan: BundlePlan, paper: Paper) -> Iterator[str]:
    skips = plan.parts[0].request.errors is Errors.SKIP
    how = "records that fail are left out, and those that refer to them" if skips else "all or nothing"
    seconds = sum(part.estimate.seconds for part in plan.parts)
    locked = sum(part.estimate.locked for part in plan.parts)
    yield from paper.heading("How it would be done")
    yield from told("rows", f"{transactions(plan)}; {how}", paper)
    if tables := list(dict.fromkeys(table for part in plan.parts for table in part.locks)):
        yield from told("tables", f"nobody else can use these until it is done: {', '.join(tables)}", paper)
    if not plan.blocked:
        about = "about " if seconds >= 1 else ""
        yield from told("time", f"{about}{duration(seconds)}", paper)
        yield from told("others", f"for {duration(locked)}: {plan.parts[0].estimate.waiting}", paper)
    for part in plan.parts:
        for problem in part.problems:
            if problem.code == "triggers_fire":
                yield from told("triggers", problem.message, paper)


def transactions(plan: BundlePlan) -> str:
    size = plan.parts[0].request.batch_size
    return (
        f"one table after the other, in transactions of {size:,} records" if size else "all tables in one transaction"
    )


def bundle_receipt_lines(receipt: BundleReceipt, paper: Paper) -> Iterator[str]:
    yield from paper.heading("Imported", f"in {receipt.seconds:.2f} s")
    yield from paper.text(f"{tables_of(receipt)} → {receipt.database} ({receipt.engine})")
    yield from counted([row for part in receipt.parts for row in rows_of(part)], paper)
    yield ""
    for part in receipt.parts:
        for words in radius_words(part.radius):
            yield from told("deleted", words, paper)
        if part.files:
            yield from told("files", f"{part.entity}: {summary(part.files)}", paper)
        for key in part.foreign_keys:
            yield from told("reference", f"{part.entity}: {key}", paper)
        for proof in part.proofs:
            rows = how_many(proof.fingerprint.rows, f"{proof.what} row")
            yield from told("proof", f"{part.entity}: {rows} read back: {', '.join(proof.fields)}", paper)
    yield from told("job", receipt.job, paper)
    if receipt.revocable:
        yield from told("take back", f"entrepot undo {receipt.job}", paper)


def title_of(part: ImportPlan | ImportReceipt) -> str:
    return table_title(part.file.name, part.request.reading.entity if isinstance(part, ImportPlan) else part.table)
