"""What an import did, as a terminal shows it."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.bundle_views import bundle_receipt_lines
from entrepot.cli.mirror_views import radius_words
from entrepot.cli.output import print_json, say, warn
from entrepot.cli.paper import Paper, paper
from entrepot.cli.preview import counts
from entrepot.cli.preview_files import summary
from entrepot.cli.preview_manner import told
from entrepot.model.bundles import BundlePlan, BundleReceipt
from entrepot.model.drafts import Decision
from entrepot.model.errors import PartialError
from entrepot.model.how_many import how_many
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan
from entrepot.model.problems import Problem


def ended(receipt: ImportReceipt | BundleReceipt, *, as_json: bool, seen: ImportPlan | BundlePlan | None = None) -> int:
    """Print it, without the warnings that were `seen`; the exit code says whether records were left out."""
    if as_json:
        print_json(receipt)
    else:
        several = isinstance(receipt, BundleReceipt)
        for line in bundle_receipt_lines(receipt, paper()) if several else receipt_lines(receipt, paper()):
            say(line)
        known = seen_in(seen)
        warn([problem for problem in receipt.warnings if problem not in known])
    return PartialError.exit_code if receipt.counts.get(Decision.FAILED) else 0


def seen_in(plan: ImportPlan | BundlePlan | None) -> list[Problem]:
    if plan is None:
        return []
    parts = plan.parts if isinstance(plan, BundlePlan) else (plan,)
    return [problem for part in parts for problem in part.problems]


def receipt_lines(receipt: ImportReceipt, on: Paper) -> Iterator[str]:
    what = f"{receipt.file.shown} → {receipt.entity} of {receipt.database} ({receipt.engine})"
    yield from on.heading("Imported", f"in {receipt.seconds:.2f} s")
    yield from on.text(what)
    yield from counts(receipt.entity, receipt.counts, receipt.records, on)
    yield ""
    for words in radius_words(receipt.radius):
        yield from told("deleted", words, on)
    if receipt.files:
        yield from told("files", summary(receipt.files), on)
    for key in receipt.foreign_keys:
        yield from told("reference", key, on)
    for proof in receipt.proofs:
        rows = how_many(proof.fingerprint.rows, f"{proof.what} row")
        verb = "was" if proof.fingerprint.rows == 1 else "were"
        yield from told("proof", f"{rows} {verb} read back: {', '.join(proof.fields)}", on)
    yield from told("sha256", receipt.file.sha256, on)
    yield from told("job", receipt.job, on)
    if receipt.revocable:
        yield from told("take back", f"entrepot undo {receipt.job}", on)
