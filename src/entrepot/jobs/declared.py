"""How many records a file must have, because the receipt beside it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from entrepot.exporting.which_receipt import read_or_none, receipt_for
from entrepot.model.plans import ImportRequest
from entrepot.storage.there import is_file


def may_have_had_some(file: Path, table: str | None) -> bool:
    """Whether the receipt beside a file speaks of it, and does not say that the table had no records."""
    found = receipt_for(file)
    if found is None:
        return False
    receipt = read_or_none(found)
    here = [
        entity.rows
        for entity in (receipt.entities if receipt else ())
        if f"{file.name}.".startswith(f"{entity.member}.") or (receipt and len(receipt.files) == 1)
        if table is None or table in (entity.title, entity.entity)
    ]
    return not here or any(here)


def with_declared(file: Path, request: ImportRequest) -> ImportRequest:
    """What somebody said goes before; a receipt about several lists in one file says it in the file itself."""
    if request.declared is not None or not is_file(file):
        return request
    found = receipt_for(file)
    receipt = None if found is None else read_or_none(found)
    if found is None or receipt is None:
        return request
    here = [entity for entity in receipt.entities if entity.member == file.name or len(receipt.files) == 1]
    if len(here) != 1:
        return request
    return replace(request, declared=here[0].rows, declared_by=found.name)
