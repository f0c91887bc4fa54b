"""How much came of a job, as its receipt says it."""

from __future__ import annotations

from entrepot.model.records import Document

CHANGED = ("created", "updated", "versioned")
TAKEN_BACK = ("deleted", "restored", "reinserted")


def inner_of(receipt: Document | None) -> Document:
    """A job that made files has the receipt of the export in its own."""
    return (receipt or {}).get("receipt") or receipt or {}


def counts_of(receipt: Document | None) -> Document:
    return inner_of(receipt).get("counts") or {}


def rows_of(receipt: Document | None) -> int:
    """That went out, or were changed.

    >>> rows_of({"counts": {"created": 2, "failed": 1}})
    2
    """
    inner = inner_of(receipt)
    if "totals" in inner:
        return int(inner["totals"].get("rows", 0))
    changed = sum(counts_of(receipt).get(name, 0) for name in CHANGED)
    return int(changed + sum(inner.get(name, 0) for name in TAKEN_BACK))


def bytes_of(receipt: Document | None) -> int | None:
    """Of the files that were made; None: it made none."""
    inner = inner_of(receipt)
    return sum(int(file["bytes"]) for file in inner["files"]) if "totals" in inner and "files" in inner else None
