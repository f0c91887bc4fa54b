"""Where in the file a finding is: at the value that is wrong; where several values are, or none, at the record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from entrepot.importing.request import Prepared
from entrepot.model.bench import Bench
from entrepot.model.drafts import Finding
from entrepot.model.problems import Cell, Place

BY_KEY = frozenset(
    {
        "duplicate_in_file",
        "row_exists",
        "no_such_row",
        "ambiguous_match",
        "no_key",
        "row_gone",
        "row_made_besides",
        "row_outside_scope",
    }
)
BY_REFERENCE = frozenset({"no_such_parent", "waits_for_itself"})
PARENT_FAILED = "parent_failed"


def cell_of(finding: Finding, prepared: Prepared) -> Cell:
    """Only one column of the file can be the place of a finding."""
    if finding.column is not None:
        return finding.record, prepared.staged.columns[finding.column].name
    sources = {at for number in fields_of(finding, prepared) for at in prepared.fields[number].sources}
    return finding.record, prepared.staged.columns[sources.pop()].name if len(sources) == 1 else None


def fields_of(finding: Finding, prepared: Prepared) -> Sequence[int]:
    """The numbers of all fields that it is about; a finding has the first."""
    if finding.field is None:
        return ()
    first = prepared.names.index(finding.field)
    return next((numbers for numbers in _together(finding, prepared) if numbers[:1] == (first,)), (first,))


def _together(finding: Finding, prepared: Prepared) -> Iterator[tuple[int, ...]]:
    """Fields that are looked at as one, where such a finding comes from that."""
    matching, code, words = prepared.matching, finding.code, finding.words
    if code == PARENT_FAILED:
        yield from (referring.fields for referring in matching.references)
    elif words is not None:
        yield from (rule.condition.fields for rule in prepared.rules if rule.words == words)
        yield from (unique.fields for unique in matching.others if ", ".join(unique.titles) == words)
    elif code in BY_KEY:
        yield matching.key
    elif code in BY_REFERENCE:
        yield from (referring.fields for referring in matching.references)
    elif code == "key_unusable":
        yield from matching.unique


def places_of(prepared: Prepared, bench: Bench, cells: Sequence[Cell]) -> Mapping[Cell, Place]:
    """In the file that the records were given in; if nobody gave one, there are no lines that anybody could look at."""
    draft, correction = prepared.draft, prepared.draft.correction
    if not cells:
        return {}
    if prepared.shares:
        return _of_shares(prepared, bench, cells)
    if correction is None:
        told = bench.cells(draft.path, prepared.staged.reading, cells)
        return (
            told
            if not draft.file.database
            else {at: replace(place, line=None, byte=None) for at, place in told.items()}
        )
    at = bench.patched_places(sorted({record for record, _ in cells}))
    given = {(record, column): (at[record], column) for record, column in cells if record in at}
    found = bench.cells(correction.path, correction.reading, list(given.values())) if given else {}
    old = [cell for cell in cells if cell not in given]
    others = bench.cells(draft.path, prepared.staged.reading, old) if old else {}
    return {
        **{cell: replace(place, file=correction.original) for cell, place in others.items()},
        **{cell: replace(found[there], file=correction.name) for cell, there in given.items() if there in found},
    }


def _of_shares(prepared: Prepared, bench: Bench, cells: Sequence[Cell]) -> Mapping[Cell, Place]:
    """In the file that has the record, by its number there."""
    found: dict[Cell, Place] = {}
    for share in prepared.shares:
        here = [(record, column) for record, column in cells if share.span.first <= record <= share.span.last]
        asked = [(record - share.before, column) for record, column in here]
        told = bench.cells(share.draft.path, share.staged.reading, asked) if asked else {}
        for cell, there in zip(here, asked, strict=True):
            place = told.get(there) or Place()
            found[cell] = replace(place, file=share.title, record=there[0])
    return found
