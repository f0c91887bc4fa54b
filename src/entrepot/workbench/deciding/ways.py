"""The ways a record can go, in the order in which they are tried: a condition, a decision, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.model.drafts import Decision, Mode, OnConflict, TargetField
from entrepot.model.matching import Matching
from entrepot.workbench.deciding.forms import differ
from entrepot.workbench.deciding.gaps import CODE, Gaps, without_needed
from entrepot.workbench.deciding.scope import after, does, strategies
from entrepot.workbench.deciding.version_numbers import has_lower, has_same
from entrepot.workbench.source import literal

LOST = "no_such_parent"
OLDER, CONFLICT = "older version", "version_conflict"
CHANGED = "differing.record IS NOT NULL"
PARENT_FAILED = "parent_failed"
"""It is in another table of the same import, and does not come in."""


CLASHED = "judged.record IN (SELECT record FROM clash)"


@dataclass(frozen=True)
class Way:
    when: str
    """SQL about `judged`, the row that it `met` (the one that has its key), its `doubles` in the file, those that only
    the database takes for equal (`doubled`), whether it is `differing`, and `parentsN`."""
    decision: Decision
    field: int | None = None
    code: str | None = None
    told: str | None = None
    """SQL of what is wrong, where that is more than a value."""
    words: str | None = None
    """What people call the fields in question, then."""

    @property
    def value(self) -> str:
        """SQL of what is wrong, about a record of `judged`."""
        if self.told is not None:
            return self.told
        return REFUSAL if self.field is None else f"f{self.field}"


REFUSAL = "(SELECT any_value(words) FROM refused WHERE refused.record::BIGINT = judged.record)"
REFUSED = Way("judged.record IN (SELECT record::BIGINT FROM refused)", Decision.FAILED, None, "database_refused")
UNASKED = Way("judged.record IN (SELECT record FROM unasked)", Decision.SKIPPED)


def ways(
    fields: Sequence[TargetField], matching: Matching, gaps: Gaps = frozenset(), lost: Sequence[Way] = ()
) -> list[Way]:
    """The last one always applies. `lost`: where records go whose parents fail."""
    wrong = " OR ".join(f"judged.e{at} IS NOT NULL" for at in range(len(fields)))
    apart = [*([REFUSED] if matching.refused else []), *([UNASKED] if matching.unasked else [])]
    good = [*_of_others(fields, matching, gaps), *lost, *_references(matching), *_by_key(fields, matching, gaps)]
    return [*apart, Way(wrong or "false", Decision.FAILED), *good]


def _of_others(fields: Sequence[TargetField], matching: Matching, gaps: Gaps) -> Iterator[Way]:
    """One tenant's import: what names another tenant, what would be nobody's, what somebody else has."""
    for at, field in enumerate(fields):
        if field.stamp is not None:
            other = differ(f"judged.f{at}", literal(field.stamp), field.type)
            yield Way(other, Decision.FAILED, at, "other_tenant")
    for at in matching.leading:
        value = f"judged.f{at}"
        if at in matching.compared:
            kept = after(matching.compared.index(at), matching, gaps)
            value = f"CASE WHEN met.times IS NULL THEN {value} ELSE {kept} END"
        yield Way(f"({value}) IS NULL", Decision.FAILED, at, "no_tenant")
    for number, key in enumerate(matching.unique):
        yield Way(f"taken{number}.record IS NOT NULL", Decision.FAILED, key[0], "key_unusable")


def _references(matching: Matching) -> Iterator[Way]:
    """A reference with a NULL in it refers to nothing, so nothing can be missing."""
    for number, referring in enumerate(matching.references):
        there = " AND ".join(f"judged.f{at} IS NOT NULL" for at in referring.fields)
        yield Way(f"{there} AND parents{number}.here IS NULL", Decision.FAILED, referring.fields[0], LOST)


def _by_key(fields: Sequence[TargetField], matching: Matching, gaps: Gaps) -> Iterator[Way]:
    lacking = without_needed(fields, gaps)
    if not matching.key:
        yield from _created("true", lacking, matching)
        return
    first = matching.key[0]
    incomplete = no_whole_key(matching)
    updating = matching.mode is Mode.UPDATE
    yield from _unmet(matching, incomplete, first)
    keyless = Way(incomplete, Decision.FAILED, first, "no_key")
    yield from [keyless] if updating or matching.must_have_key else _created(incomplete, lacking, matching)
    again = "doubles.first <> judged.record OR doubled.first IS NOT NULL"
    yield Way(again, Decision.FAILED, first, "duplicate_in_file")
    yield Way("met.times > 1", Decision.FAILED, first, "ambiguous_match")
    if matching.mode is Mode.MIRROR:
        outside = "judged.record IN (SELECT record::BIGINT FROM outside_rows)"
        yield Way(outside, Decision.FAILED, first, "row_outside_scope")
    missing = "met.times IS NULL"
    yield from _gone(matching, first)
    yield from (
        [Way(missing, Decision.FAILED, first, "no_such_row")] if updating else _created(missing, lacking, matching)
    )
    yield from _met(matching, first)


def no_whole_key(matching: Matching) -> str:
    return " OR ".join(f"judged.f{at} IS NULL" for at in matching.key)


def _created(when: str, lacking: str | None, matching: Matching) -> Iterator[Way]:
    """`tell` says what a record lacks, of each field; what nothing fills is the same for all."""
    if matching.unfilled:
        yield Way(when, Decision.FAILED, None, CODE, told="NULL::VARCHAR", words=", ".join(matching.unfilled))
        return
    if lacking:
        yield Way(f"({when}) AND ({lacking})", Decision.FAILED)
    yield Way(when, Decision.CREATED)


def compares(matching: Matching) -> bool:
    """Whether the row of any record could be written."""
    writing = {matching.on_conflict, *strategies(matching)}.difference((OnConflict.FAIL, OnConflict.SKIP))
    return bool(matching.key and matching.compared and writing)


def _unmet(matching: Matching, incomplete: str, first: int) -> Iterator[Way]:
    """Rows of which a workbook was made, and that nothing can find, as there is a NULL in their key: they exist."""
    if matching.baseline is not None:
        exported = f"({incomplete}) AND based.record IS NOT NULL"
        yield Way(f"{exported} AND NOT based.edited", Decision.SKIPPED)
        yield Way(exported, Decision.FAILED, first, "row_not_found_again")


def _gone(matching: Matching, first: int) -> Iterator[Way]:
    """Rows of which a workbook was made, and which are no more: whoever did not change them leaves them alone."""
    if matching.baseline is not None:
        exported = "met.times IS NULL AND based.record IS NOT NULL"
        yield Way(f"{exported} AND NOT based.edited", Decision.SKIPPED)
        yield Way(exported, Decision.FAILED, first, "row_gone")


def _clashing(matching: Matching, first: int, own: str) -> Iterator[Way]:
    """Changed in the workbook and in the database, or made in both. `own`: where somebody decided about the record."""
    if matching.baseline is not None and not matching.baseline.ours:
        undecided = f"({own}) IS NOT TRUE"
        yield Way(f"{CLASHED} AND {undecided}", Decision.FAILED)
        made = "based.record IS NULL AND differing.record IS NOT NULL"
        yield Way(f"{made} AND {undecided}", Decision.FAILED, first, "row_made_besides")


def _met(matching: Matching, first: int) -> Iterator[Way]:
    """The row exists. What was decided about single records goes before the rule for all."""
    own = strategies(matching)
    if OnConflict.FAIL in own:
        yield Way(does(OnConflict.FAIL), Decision.FAILED, first, "row_exists")
    writing = [strategy for strategy in own if strategy is not OnConflict.FAIL]
    own_way = " OR ".join(map(does, writing)) or "false"
    if matching.on_conflict in (OnConflict.FAIL, OnConflict.SKIP):
        failing = matching.on_conflict is OnConflict.FAIL
        when = f"({own_way}) IS NOT TRUE"
        yield Way(when, Decision.FAILED, first, "row_exists") if failing else Way(when, Decision.SKIPPED)
        if not writing:
            return
    yield from _clashing(matching, first, own_way)
    yield from _version(matching, first) if matching.versions else [Way(CHANGED, Decision.UPDATED)]
    yield Way("true", Decision.UNCHANGED)


def _version(matching: Matching, first: int) -> Iterator[Way]:
    """Whoever decided that this record is to be the next version is not held to the number that it brings."""
    if matching.versions is not None and matching.versions.number is not None:
        said = f"({does(OnConflict.VERSION)}) IS TRUE" if OnConflict.VERSION in strategies(matching) else "false"
        numbered = f"{CHANGED} AND NOT {said}"
        yield Way(f"{numbered} AND {has_lower(matching.versions)}", Decision.SKIPPED, words=OLDER)
        yield Way(f"{numbered} AND {has_same(matching.versions)}", Decision.FAILED, first, CONFLICT)
    yield Way(CHANGED, Decision.VERSIONED)
