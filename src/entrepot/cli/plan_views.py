"""Plans and receipts of imports, as a terminal shows them."""

from __future__ import annotations

from entrepot.cli.output import print_json, say, warn
from entrepot.cli.paper import paper
from entrepot.cli.preview import screen
from entrepot.model.drafts import Decision
from entrepot.model.errors import PartialError
from entrepot.model.plans import ImportPlan, ImportReceipt

WORDS = {
    Decision.CREATED: "new rows",
    Decision.UPDATED: "rows that changed",
    Decision.UNCHANGED: "rows that stayed as they were",
    Decision.SKIPPED: "records left out, because their row exists",
    Decision.FAILED: "records that could not be imported",
}


def plan_words(plan: ImportPlan) -> dict[str, object]:
    """For programs, with what they need not work out."""
    return {**vars(plan), "blocked": plan.blocked}


def print_screen(plan: ImportPlan) -> None:
    for line in screen(plan, paper()):
        say(line)


def print_plan(plan: ImportPlan) -> None:
    """With what can be done next."""
    print_screen(plan)
    say()
    for line in paper().text(ending(plan), indent=0):
        say(line)


def ending(plan: ImportPlan) -> str:
    if plan.blocked:
        return refused(plan)
    return f"Nothing was written yet. To do it: entrepot plan apply {plan.plan_id}"


def refused(plan: ImportPlan) -> str:
    if plan.damages:
        return "Nothing would be written: the file is not what it should be."
    if plan.over_threshold:
        return f"Nothing would be written: more than {plan.request.max_errors} records fail, which is too many."
    return "Nothing would be written: one bad record keeps all others out. --errors skip imports the others."


def ended(receipt: ImportReceipt, *, as_json: bool) -> int:
    """Print it; the exit code says whether records were left out."""
    print_json(receipt) if as_json else print_receipt(receipt)
    return PartialError.exit_code if receipt.counts.get(Decision.FAILED) else 0


def print_receipt(receipt: ImportReceipt) -> None:
    for decision, words in WORDS.items():
        if count := receipt.counts.get(decision, 0):
            say(f"{count:>12,}  {words}")
    say(f"{receipt.records:>12,}  records in {receipt.file.name}, sha256 {receipt.file.sha256}")
    for key in receipt.foreign_keys:
        say(f"              {key}")
    for proof in receipt.proofs:
        say(f"              {proof.what} rows were read back: {proof.fingerprint}")
    warn(receipt.warnings)
    say(f"\nImported into {receipt.entity} in {receipt.seconds:.2f} s, as job {receipt.job}.")
