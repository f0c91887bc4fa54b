"""The one table of an archive that an import is about."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from entrepot.importing.archive_marks import may_be_archive
from entrepot.importing.request import Draft
from entrepot.model.packed import PackedTable
from entrepot.model.plans import ImportRequest
from entrepot.storage.faults import reading
from entrepot.storage.keys import Keys


def with_table(draft: Draft, request: ImportRequest, work: Path, keys: Keys, *, known: bool) -> Draft:
    """The draft of an archive with the table that is meant, unpacked; any other draft as it is. All other members are
    read and compared too, unless it is known that somebody did."""
    with reading(draft.path):
        if not may_be_archive(draft.path, draft.file.name):
            return draft

    from entrepot.importing.archives import opened_archive
    from entrepot.importing.attachments.packed import files_of

    found = opened_archive(draft.path, draft.file.name)
    if found is None:
        return draft
    table = found.unpacked(found.table(request.reading.entity), work, keys)
    if not known:
        found.prove(but=[table.member])
    files = files_of(found.archive, found.packed)
    if files is None and draft.path.is_relative_to(work):
        draft.path.unlink()
    return replace(draft, path=table.path or draft.path, packed=table, files=files, problems=found.packed.problems)


def with_packed(request: ImportRequest, table: PackedTable | None) -> ImportRequest:
    """What somebody said goes before what the archive declares."""
    if table is None or request.declared is not None or table.records is None:
        return request
    return replace(request, declared=table.records, declared_by=table.declared_by)
