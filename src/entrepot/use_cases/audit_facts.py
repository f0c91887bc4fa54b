"""What the audit keeps of a plan or receipt: what it is called, and how many rows of which entities; never values."""

from __future__ import annotations

from typing import Any

from entrepot.exporting.publish import ExportOutcome


def facts_of(result: object) -> dict[str, Any]:
    """An export ends without loading what imports come to, which takes longer than to write its line."""
    if isinstance(result, ExportOutcome):
        return _of_export(result)
    from entrepot.use_cases.audit_others import other_facts

    return other_facts(result)


def _of_export(result: ExportOutcome) -> dict[str, Any]:
    receipt = result.receipt
    facts: dict[str, Any] = {
        "file": str(result.path),
        "format": receipt.format,
        "encrypted": receipt.encrypted,
        "entities": {entity.title: entity.rows for entity in receipt.entities},
        "rows": sum(entity.rows for entity in receipt.entities),
        "seconds": receipt.seconds,
    }
    return facts | ({"sha256": receipt.files[0].sha256} if len(receipt.files) == 1 else {})
