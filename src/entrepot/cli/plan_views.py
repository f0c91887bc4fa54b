"""Plans and receipts of imports, as a terminal shows them."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.output import describe, print_json, say, size_words, table, warn
from entrepot.model.drafts import Decision, Difference
from entrepot.model.errors import PartialError
from entrepot.model.mappings import How
from entrepot.model.plans import ImportPlan, ImportReceipt
from entrepot.model.problems import Problem, Severity

SHOWN_PROBLEMS = 15
SHOWN_DIFFERENCES = 5
LONGEST = 40
WORDS = {
    Decision.CREATED: "new rows",
    Decision.UPDATED: "rows that change",
    Decision.UNCHANGED: "rows that stay as they are",
    Decision.SKIPPED: "records left out, because their row exists",
    Decision.FAILED: "records that cannot be imported",
}


def print_plan(plan: ImportPlan) -> None:
    reading = plan.staged.reading
    what = ", ".join(word for word in (reading.format, reading.encoding, delimiter(reading.delimiter)) if word)
    say(
        f"{plan.file.name} ({size_words(plan.file.bytes)}, {what}) → {plan.entity} of {plan.database} ({plan.engine})\n"
    )
    for line in table(("column", "field", "how"), list(mapping_rows(plan))):
        say(line)
    say()
    for line in table(("records", "become"), list(count_rows(plan)), right=(0,)):
        say(line)
    print_problems(plan.problems)
    print_differences(plan)
    if plan.locks:
        say(f"\n{about_locks(plan)}")
    say(f"\n{ending(plan)}")


def delimiter(text: str | None) -> str:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
    return "" if text is None else names.get(text, text)


def mapping_rows(plan: ImportPlan) -> Iterator[tuple[str, str, str]]:
    for mapped in plan.mapping.mapped:
        columns = " + ".join(mapped.columns) or "the default"
        source = columns if mapped.constant is None else f"always '{mapped.constant}'"
        how = f"{mapped.how} ({mapped.confidence} %)" if mapped.how is How.SIMILAR else str(mapped.how)
        yield source, f"{mapped.field}{' (key)' if mapped.field in plan.key else ''}", how
    for column in plan.mapping.unmapped:
        yield column, "-", "goes nowhere"


def count_rows(plan: ImportPlan) -> Iterator[tuple[str, str]]:
    for decision, words in WORDS.items():
        if count := plan.counts.get(decision, 0):
            yield f"{count:,}", words
    yield f"{plan.staged.records:,}", "in all"


def print_problems(problems: tuple[Problem, ...]) -> None:
    if not problems:
        return
    say("\nProblems")
    for problem in problems[:SHOWN_PROBLEMS]:
        mark = "error" if problem.severity is Severity.ERROR else problem.severity.value
        say(f"  {mark:<8} {describe(problem)} [{problem.code}]")
    if len(problems) > SHOWN_PROBLEMS:
        say(f"  … and {len(problems) - SHOWN_PROBLEMS:,} more of those that are shown with --json")


def print_differences(plan: ImportPlan) -> None:
    if not plan.differences:
        return
    say("\nChanges, for example")
    for difference in plan.differences[:SHOWN_DIFFERENCES]:
        key = ", ".join(value or "-" for value in difference.key)
        say(f"  {', '.join(plan.key)} {key}: {'; '.join(changes(plan, difference))}")


def changes(plan: ImportPlan, difference: Difference) -> Iterator[str]:
    for name, before, after in zip(plan.compared, difference.before, difference.after, strict=True):
        if before != after:
            yield f"{name} {cut(before)} → {cut(after)}"


def cut(value: str | None) -> str:
    if value is None:
        return "nothing"
    return f"'{value}'" if len(value) <= LONGEST else f"'{value[:LONGEST]}…'"


def ending(plan: ImportPlan) -> str:
    if plan.blocked:
        return "Nothing would be written: one bad record keeps all others out. --errors skip imports the others."
    return f"Nothing was written yet. This plan is {plan.plan_id}."


def about_locks(plan: ImportPlan) -> str:
    tables = ", ".join(plan.locks)
    if plan.request.exclusive:
        return f"Nobody else will be able to use these tables until it is done: {tables}."
    return f"With --exclusive it is faster, but nobody else could use these tables meanwhile: {tables}."


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
    warn(receipt.warnings)
    say(f"\nImported into {receipt.entity} in {receipt.seconds:.2f} s, as job {receipt.job}.")
