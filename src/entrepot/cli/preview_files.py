"""What becomes of the files of a package, as a terminal shows it; and the option that says it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from entrepot.cli.output import size_words
from entrepot.cli.paper import Paper
from entrepot.cli.preview_findings import marked
from entrepot.cli.text import quoted, visible
from entrepot.model.how_many import how_many

if TYPE_CHECKING:
    from entrepot.model.attachments import FilesPlan, RowFile

SHOWN = 5


def add_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--files",
        choices=("restore", "keep", "rewrite", "ignore"),
        default="restore",
        dest="packed_files",
        help="that rows point to, of a package or another database: put them into the store (default); keep what"
        " the store has under their keys; give them new keys; leave them out",
    )


def files_of(args: argparse.Namespace) -> dict[str, Any]:
    """Of an `ImportRequest`."""
    from entrepot.model.attachments import Files

    return {"files": Files(args.packed_files)}


def files(plan: FilesPlan | None, paper: Paper, *, whole: bool = False) -> Iterator[str]:
    if plan is None:
        return
    yield from paper.heading("Files of the package", "change: --files")
    yield from paper.text(summary(plan))
    shown = plan.listed if whole else plan.listed[:SHOWN]
    for file in shown:
        yield from marked("error" if is_refused(file) else "warning", words(file), paper)
    told = sum(count for fate, count in plan.counts.items() if fate not in ("restored", "there"))
    if more := told - len(shown):
        yield from paper.text(f"… and {more:,} more", style="dim")


def summary(plan: FilesPlan) -> str:
    from entrepot.model.attachments import FileFate

    told = {
        FileFate.RESTORED: f"into the store ({size_words(plan.bytes)})",
        FileFate.THERE: "there already",
        FileFate.KEPT: "left out, because the store keeps what it has",
        FileFate.MISSING: "missing",
        FileFate.CLASH: "clashing with what the store has",
        FileFate.UNUSABLE: "under a key that cannot be used",
    }
    found = [f"{plan.counts[fate]:,} {text}" for fate, text in told.items() if plan.counts.get(fate)]
    if plan.unused:
        found.append(f"{how_many(plan.unused, 'file')} left out, because no row that comes in points there")
    return "; ".join(found) or "No row points to one."


def is_refused(file: RowFile) -> bool:
    from entrepot.model.attachments import REFUSED

    return file.fate in REFUSED


def words(file: RowFile) -> str:
    from entrepot.importing.attachments.words import WORDS

    _, fact, remedy = WORDS[file.fate]
    return f"record {file.record:,}, {quoted(file.name)} ({visible(file.id)}): {fact} {remedy}".rstrip()
