"""Exports to inspect: made by the real formats, stored with a receipt, from rows in memory."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from contract.formats.memory_outlet import Export, document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import EVIL_TEXTS, shop, texts
from entrepot.exporting.inspect import Inspection, inspect
from entrepot.exporting.measure import measure_missing
from entrepot.exporting.receipt import entity_receipts
from entrepot.exporting.receipt_file import encode_receipt, receipt_path
from entrepot.formats.port import Format, Tools
from entrepot.model.receipts import FileReceipt, Receipt
from entrepot.model.selection import Query
from entrepot.workbench import open_workbench

Pairs = Sequence[tuple[Query, list[Row]]]


def some_rows() -> Pairs:
    return [*shop(), texts(EVIL_TEXTS)]


def look(path: Path, work: Path, **given: Any) -> Inspection:
    """An inspection with its own private folder."""
    room = work / "work"
    room.mkdir(exist_ok=True)
    found = inspect(path, work=room, workbench=lambda: open_workbench(room), **given)
    (room / "workbench.log").unlink(missing_ok=True)
    assert list(room.iterdir()) == []
    return found


def codes(found: Inspection) -> set[str]:
    return {problem.code for problem in found.problems}


def receipt_of(format: Format, pairs: Pairs, made: Export, files: dict[str, bytes], options: object) -> Receipt:
    return Receipt(
        tool="Entrepot test",
        format=format.name,
        format_options=asdict(options),  # type: ignore[call-overload]
        created_at="2024-05-06T07:08:09+00:00",
        seconds=0.1,
        engine="memory",
        database="shop",
        snapshot="one",
        selection={},
        entities=entity_receipts(tuple(query for query, _ in pairs), made.result),
        files=tuple(
            FileReceipt(name=name, bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), media_type="x")
            for name, data in files.items()
        ),
    )


def stored(
    format: Format, pairs: Pairs, home: Path, *, squeeze: bool = False, measure: bool = True, **options: Any
) -> Path:
    """The export in `home`: a file with a receipt beside it, or a folder of several with the receipt inside."""
    chosen = format.options(**options)
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    document = document_of([query for query, _ in pairs])
    made = run(format, document, source, chosen)
    if measure:
        made = replace(made, result=measured(made, document_of([query for query, _ in pairs]), source, home, format))
    files = {f"{name}.gz": gzip.compress(data, mtime=0) for name, data in made.files.items()} if squeeze else made.files
    folder = len(files) > 1
    for name, data in files.items():
        (home / name).write_bytes(data)
    target = home if folder else home / next(iter(files))
    receipt_path(target, folder).write_bytes(encode_receipt(receipt_of(format, pairs, made, files, chosen)))
    return target


def measured(made: Export, document: Any, source: MemorySource, home: Path, format: Format) -> Any:
    work = home.parent / f"{home.name}-measuring"
    work.mkdir()
    with open_workbench(work) as workbench:
        tools = Tools(reporter=Silent(), work=work, workbench=lambda: workbench, measure=True)
        return measure_missing(made.result, document, source, tools, format)


class Silent:
    def phase(self, words: str) -> None: ...

    def begin(self, entity: str, total: int | None) -> None: ...

    def advance(self, rows: int, size: int) -> None: ...

    def warn(self, problem: object) -> None: ...
