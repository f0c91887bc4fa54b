"""A workbook that was exported with a baseline, and comes back: only what somebody changed in it counts.

The baseline is used only if it is whole, ours, of this database and of this entity, and if rows are found by the key
that it has. Otherwise the workbook is like any other, which is told; or it is refused, if that was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from entrepot.importing.counts import known_otherwise
from entrepot.importing.request import Prepared, Run
from entrepot.model.baselines import (
    MOMENTS,
    VERSION,
    BaselineColumn,
    BaselineHead,
    BaselinePart,
    BaselineUse,
    Compared,
    Comparing,
    Covered,
    FoundBaseline,
    is_signed,
    part_of,
    salt,
)
from entrepot.model.bench import Bench
from entrepot.model.drafts import Mode, OnConflict, TargetField
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.problems import Category, Place, Problem, Severity

FORMAT = "xlsx"
WRITING = frozenset({OnConflict.OVERWRITE, OnConflict.MERGE})


class UnusableError(Exception):
    """Why, as the end of a sentence."""


def with_baseline(prepared: Prepared, run: Run, bench: Bench) -> Prepared:
    """Compared with it, before anything is judged."""
    request = prepared.request
    if request.baseline is BaselineUse.IGNORE or prepared.staged.reading.format != FORMAT:
        return without(prepared, "is no xlsx workbook") if request.baseline is BaselineUse.REQUIRE else prepared
    found = bench.read_baseline(prepared.draft.path, prepared.entity.name)
    if found is None:
        return without(prepared, "has no baseline") if request.baseline is BaselineUse.REQUIRE else prepared
    try:
        comparing, head, part = comparing_of(prepared, run, found)
    except UnusableError as error:
        return without(prepared, f"has a baseline that cannot be used: {error}")
    if request.mode is Mode.MIRROR:
        return told(prepared, (problem(prepared, UNUSED, MIRRORED, MERGES),))
    if not WRITING.intersection((request.conflicts, *request.decisions.values())):
        return told(prepared, (problem(prepared, UNUSED, ONLY_NEW, MERGES),))
    compared = bench.compare_baseline(comparing)
    matching = replace(prepared.matching, baseline=comparing)
    staged = known_otherwise(prepared.staged, request)
    return told(replace(prepared, matching=matching, staged=staged), tuple(about(prepared, head, part, compared)))


def without(prepared: Prepared, words: str) -> Prepared:
    """Like any other file, unless somebody wants it otherwise."""
    name = prepared.draft.given
    if prepared.request.baseline is BaselineUse.REQUIRE:
        raise InputError(
            "baseline_required",
            f"{name} {words}. Nothing was written.",
            remedy="Export it anew with the option baseline, or leave --baseline require out.",
        )
    return told(prepared, (problem(prepared, "baseline_unusable", f"{name} {words}.", IMPORTED, Severity.WARNING),))


UNUSED = "baseline_not_needed"
ONLY_NEW = "The workbook is an export with a baseline, and this import changes no row that exists."
MIRRORED = "The workbook is an export with a baseline, which does not count: a mirror makes rows what the file has."
MERGES = "To bring in what was edited in it, and nothing else: --mode upsert, or --mode update."
AMBIGUOUS = "what a cell keeps of its key is the same for several of the rows that went out"
IMPORTED = "It is imported like any other file: all of its cells count, whatever others changed since."


def comparing_of(prepared: Prepared, run: Run, found: FoundBaseline) -> tuple[Comparing, BaselineHead, BaselinePart]:
    if found.broken:
        raise UnusableError(f"{found.broken}")
    secret = run.secret() if run.secret is not None else None
    if secret is None or not is_signed(secret, found):
        raise UnusableError("it was changed, or signed by another installation")
    if prepared.versions is not None:
        raise UnusableError("it knows rows that change, and no versions of them")
    head = msgspec.json.decode(found.head, type=BaselineHead)
    if head.version != VERSION:
        raise UnusableError("another version of entrepot wrote it")
    if (head.engine, head.database) != (run.catalog.engine, run.catalog.database):
        raise UnusableError(f"it is one of the {head.engine} database {head.database}")
    known = part_of(head, prepared.entity.name)
    if known is None:
        raise UnusableError(f"it knows nothing of {prepared.entity.title}")
    _, part = known
    comparing = Comparing(
        salt=salt(secret, head.nonce),
        width=part.width,
        key=tuple(key_of(prepared, part)),
        cells=tuple(cells_of(prepared, part)),
        ours=prepared.request.on_conflict is OnConflict.OVERWRITE,
    )
    return comparing, head, part


def key_of(prepared: Prepared, part: BaselinePart) -> Iterator[Covered]:
    """Rows must be found by what was exported as their key."""
    names = [column.field for column in part.key]
    if set(prepared.named(prepared.matching.key)) != set(names):
        raise UnusableError(f"it knows its rows by {', '.join(names)}, and they are looked for otherwise")
    for place, column in enumerate(part.key):
        if column.kind in MOMENTS:
            raise UnusableError(f"it knows its rows by {column.field}, a moment of which a cell may not hold all")
        covered = covered_by(prepared, column, place)
        if covered is None:
            raise UnusableError(f"{column.field} is not taken as it stands in its column")
        yield covered


def cells_of(prepared: Prepared, part: BaselinePart) -> Iterator[Covered]:
    for place, column in enumerate(part.columns):
        covered = covered_by(prepared, column, place)
        if covered is not None and covered.field not in prepared.matching.key:
            yield covered


def covered_by(prepared: Prepared, column: BaselineColumn, place: int) -> Covered | None:
    """A cell says what becomes of a field only if nothing else does."""
    fields = prepared.fields
    field = next((at for at, field in enumerate(fields) if field.name == column.field), None)
    if field is None or not is_one_cell(fields[field], fields):
        return None
    return Covered(column=fields[field].sources[0], field=field, place=place, kind=column.kind)


def is_one_cell(field: TargetField, fields: Sequence[TargetField]) -> bool:
    filled_otherwise = (field.pointers, field.constant is not None, field.default is not None, field.found is not None)
    if len(field.sources) != 1 or any(filled_otherwise):
        return False
    return sum(field.sources[0] in other.sources for other in fields) == 1


def not_compared(prepared: Prepared, part: BaselinePart) -> Iterator[str]:
    """What people call the fields that the baseline knows, and that are filled otherwise than by a cell."""
    for place, column in enumerate(part.columns):
        if column.field in prepared.names and covered_by(prepared, column, place) is None:
            yield prepared.entity.field(column.field).title


def about(prepared: Prepared, head: BaselineHead, part: BaselinePart, compared: Compared) -> Iterator[Problem]:
    cells = "1 cell was" if compared.edited == 1 else f"{compared.edited:,} cells were"
    words = (
        f"The workbook was exported at {head.created_at}, with {how_many(compared.rows, 'row')} of"
        f" {prepared.entity.title}; {cells} changed since, and all others stay what they are in the database."
    )
    yield problem(prepared, "baseline_used", words, "To take all cells as they are: --baseline ignore.")
    if compared.missing:
        are = "1 of these rows is" if compared.missing == 1 else f"{compared.missing:,} of these rows are"
        yield problem(prepared, "rows_not_returned", f"{are} not in the workbook; an import deletes nothing.", "")
    if compared.unknown:
        words = f"The baseline does not count for {how_many(compared.unknown, 'record')}: {AMBIGUOUS}."
        yield problem(prepared, "baseline_in_part", words, IMPORTED, Severity.WARNING)
    if uncovered := list(not_compared(prepared, part)):
        words = f"The baseline does not count for {', '.join(uncovered)}: all of these values are taken as they come."
        why = "It does where a column goes to one field, and this one has no default."
        yield problem(prepared, "baseline_in_part", words, why, Severity.WARNING)


def problem(prepared: Prepared, code: str, message: str, remedy: str, severity: Severity = Severity.INFO) -> Problem:
    return Problem(
        code=code,
        message=message,
        remedy=remedy,
        severity=severity,
        category=Category.INTEGRITY,
        place=Place(file=prepared.draft.given),
    )


def told(prepared: Prepared, problems: tuple[Problem, ...]) -> Prepared:
    staged = replace(prepared.staged, problems=(*prepared.staged.problems, *problems))
    return replace(prepared, staged=staged)
