"""Rules of the application in Python. They run here, where the application is, on batches of the records that nothing
was wrong with; what they find goes back to the workbench and counts like everything else.

A rule gets an Arrow record batch: `record`, the numbers of the records in the file, and every field that the file
fills, as texts (docs/reference/values.md). It gives back `RowFinding`s.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import IO

import msgspec

from entrepot.importing.request import Prepared, Run
from entrepot.model.bench import Bench
from entrepot.model.drafts import Judged
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.ports import Batch
from entrepot.model.rules import RowFinding
from entrepot.model.suggest import unknown

GROUP = "entrepot.python_rules"
Rule = Callable[[Batch], Iterable[RowFinding]]
CODE = re.compile("[a-z][a-z0-9_]{0,60}")
COLUMNS = ("record", "place", "code", "warning", "words")
LINES_BYTES = 1 << 20


def check_with_python(prepared: Prepared, judged: Judged, bench: Bench, run: Run) -> Judged:
    """What was judged, and what the entity's rules in Python find besides."""
    rules = [(name, loaded(name)) for name in prepared.entity.python_rules]
    if not rules:
        return judged
    path = run.work / "said.csv"
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        for batch in batches(bench.judged_records(prepared.fields, prepared.matching.baseline), prepared.names):
            run.cancel.check()
            for name, rule in rules:
                write(found(name, rule, batch, prepared.names), file)
    with bench.take("said", COLUMNS) as taken:
        for lines in pieces(path):
            taken.write(lines)
        taken.finish()
    return bench.add_findings(prepared.fields)


def loaded(name: str) -> Rule:
    """`package.module:function`, or the name of an entry point."""
    points = [EntryPoint(name=name, value=name, group=GROUP)] if ":" in name else list(entry_points(group=GROUP))
    point = next((point for point in points if point.name == name), None)
    if point is None:
        raise unknown("python rule", name, [point.name for point in points], "the installed packages")
    try:
        rule: object = point.load()
    except Exception as error:
        raise _broken(name, f"cannot be loaded: {error!r:.300}") from error
    if not callable(rule):
        raise _broken(name, f"is a {type(rule).__name__}, not a function")
    return rule


def batches(blocks: Iterable[bytes], names: Sequence[str]) -> Iterator[Batch]:
    from arro3.core import Array, DataType, RecordBatch

    rows = msgspec.json.Decoder(tuple[str | None, ...])
    for block in blocks:
        numbers, *values = zip(*rows.decode_lines(block), strict=True)
        arrays = [Array([int(number) for number in numbers if number], DataType.int64())]
        arrays += [Array(list(texts), DataType.utf8()) for texts in values]
        yield RecordBatch.from_arrays(arrays, names=["record", *names])


def found(name: str, rule: Rule, batch: Batch, names: Sequence[str]) -> Iterator[tuple[object, ...]]:
    records: list[int] = batch.column("record").to_pylist()
    try:
        for finding in rule(batch):
            yield _row(name, finding, records, names)
    except EntrepotError:
        raise
    except Exception as error:
        span = f"records {records[0]:,} to {records[-1]:,}"
        raise _broken(name, f"failed on {span}: {type(error).__name__}: {error!s:.300}") from error


def _row(name: str, finding: RowFinding, records: Sequence[int], names: Sequence[str]) -> tuple[object, ...]:
    """As `said` has it; a finding that nobody could show is refused."""
    if not isinstance(finding, RowFinding):
        raise _broken(name, f"gave back a {type(finding).__name__}, not a RowFinding")
    if not 0 <= finding.row < len(records):
        raise _broken(name, f"found something in row {finding.row}, and the batch has {len(records):,}")
    if not finding.message.strip() or not CODE.fullmatch(finding.code):
        raise _broken(name, f"gave no message, or the code '{finding.code:.80}' (small letters, digits and _)")
    if finding.field is not None and finding.field not in names:
        raise unknown("field", finding.field, names, f"a finding of {name}")
    place = "" if finding.field is None else names.index(finding.field)
    words = " ".join(finding.message.replace("\0", " ").split()).rstrip(".")
    return records[finding.row], place, finding.code, str(finding.warning).lower(), words


def write(rows: Iterable[tuple[object, ...]], file: IO[str]) -> None:
    csv.writer(file, lineterminator="\n").writerows(rows)


def pieces(path: Path) -> Iterator[bytes]:
    """Whole lines: no value has a line break in it."""
    with path.open("rb") as file:
        while lines := file.readlines(LINES_BYTES):
            yield b"".join(lines)


def _broken(name: str, fact: str) -> InputError:
    return InputError(
        "python_rule_failed",
        f"The rule {name} {fact}. Nothing was written.",
        remedy="Correct the rule, or take it out of python_rules in the settings.",
    )
