"""Columns to fields: what was said, then equal names, other names, what was remembered, and names that look alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from entrepot.importing.columns import located, whole, whole_or_none
from entrepot.model.catalog import COMPUTED, Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.mappings import ColumnMapping, How, Mapped, MappingRequest, Suggestion
from entrepot.model.references import read_by
from entrepot.model.suggest import unknown
from entrepot.model.unique_keys import GIVEN_BY_DATABASE

SURE = 90
"""Per cent of likeness from which on a similar name is enough."""
WORTH_SAYING = 70
LEAST_PART = 4
"""Letters that a name has which is found at the beginning or the end of another: many end with `id`."""
SEPARATORS = re.compile(r"[\W_]+")
Point = Callable[[Sequence[str], Mapping[str, Mapped]], Iterable[Mapped]]
"""Of the columns that are left and what is mapped already: those that tell of parents."""


def map_columns(
    columns: Sequence[str], entity: Entity, request: MappingRequest, point: Point | None = None
) -> ColumnMapping:
    """Every column goes into one field at most and every field comes from one way only; the surest way goes first.
    `point` says which columns tell of parents."""
    taken = dict(_said(columns, entity, request))
    nowhere = {*request.ignored, *(column for column, field in request.remembered.items() if not field)}
    used = {whole(name, columns) for mapped in taken.values() for name in mapped.columns}
    left = [c for c in columns if c not in nowhere and c not in used]
    taken |= _remembered(left, entity, request, taken)
    used = {whole(name, columns) for mapped in taken.values() for name in mapped.columns}
    left = [c for c in left if c not in used]
    for how, find in _ways(entity, request):
        for column in list(left):
            name = find(column)
            if name is not None and name not in taken:
                taken[name] = Mapped(field=name, columns=(column,), how=how)
                left.remove(column)
    for mapped in point(left, taken) if point else ():
        taken[mapped.field] = mapped
        left = [column for column in left if column not in mapped.columns]
    similar = list(_similar(left, [f for f in _fillable(entity) if f.name not in taken]))
    if request.guess:
        for found in (s for s in similar if s.confidence >= SURE):
            taken[found.field] = Mapped(
                field=found.field, columns=(found.column,), how=How.SIMILAR, confidence=found.confidence
            )
            left.remove(found.column)
    taken |= _without_column(entity, request, taken)
    mapped = tuple(taken[f.name] for f in entity.fields if f.name in taken)
    suggestions = tuple(s for s in similar if s.column in left)
    return ColumnMapping(
        mapped=mapped, unmapped=tuple(left), suggestions=suggestions, unfilled=tuple(_unfilled(entity, taken))
    )


def _said(columns: Sequence[str], entity: Entity, request: MappingRequest) -> Iterator[tuple[str, Mapped]]:
    for name in request.ignored:
        if name not in columns:
            raise unknown("column", name, columns, "the file")
    for name, said in request.fields.items():
        field = _field(entity, name)
        for column in said.columns:
            located(column, columns)
        if said.columns or said.constant is not None:
            yield (
                field.name,
                Mapped(
                    field=field.name,
                    columns=said.columns,
                    how=How.SAID,
                    constant=said.constant,
                    find_by=said.find_by if said.columns else (),
                    ignore_case=said.ignore_case,
                ),
            )


def _remembered(
    columns: Sequence[str], entity: Entity, request: MappingRequest, taken: Mapping[str, Mapped]
) -> dict[str, Mapped]:
    """Somebody imported such a file before, and every column of it was where it should be."""
    sources: dict[str, list[tuple[str, str, bool]]] = {}
    for column, name in request.remembered.items():
        if whole_or_none(column, columns) is not None:
            field, by, ignore_case = (name, "", False) if name in entity.by_field else read_by(name)
            sources.setdefault(field, []).append((column, by, ignore_case))
    found: dict[str, Mapped] = {}
    for field in _fillable(entity):
        if field.name in sources and field.name not in taken:
            names, by, ignoring = zip(*sources[field.name], strict=True)
            found[field.name] = Mapped(
                field=field.name,
                columns=names,
                how=_how(field, names),
                find_by=by if any(by) else (),
                ignore_case=any(ignoring),
            )
    return found


def _how(field: Field, columns: Sequence[str]) -> How:
    return How.EXACT if columns in ((field.name,), (field.public,)) else How.REMEMBERED


def _without_column(entity: Entity, request: MappingRequest, taken: Mapping[str, Mapped]) -> dict[str, Mapped]:
    """Fields with a default, which then holds for every record. What else was said of such a field means nothing."""
    found: dict[str, Mapped] = {}
    for name, said in request.fields.items():
        field = _field(entity, name)
        if field.name in taken:
            continue
        if said.default is not None:
            found[field.name] = Mapped(field=field.name, how=How.SAID)
        elif said.steps or said.rules:
            raise InputError(
                "nothing_fills",
                f"Nothing in the file goes into '{field.title}', so it can be neither cleaned nor checked.",
                remedy="Map a column to it, or give it a constant or a default.",
            )
    return found


def _field(entity: Entity, name: str) -> Field:
    field = next((f for f in entity.fields if name in (f.name, f.public)), None)
    if field is None:
        raise unknown("field", name, [f.title for f in entity.fields], entity.title)
    if field.origin in COMPUTED:
        raise InputError(
            "computed_field",
            f"The database computes {entity.title}.{field.title} itself, so nothing can be written to it.",
            remedy="Leave it out; its value follows from the other fields.",
        )
    return field


def _ways(entity: Entity, request: MappingRequest) -> Iterator[tuple[How, Callable[[str], str | None]]]:
    fields = list(_fillable(entity))
    exact = {name: f.name for f in fields for name in (f.public, f.name) if name}
    loose: dict[str, set[str]] = {}
    for f in fields:
        for word in (f.name, f.public, f.label, *f.aliases):
            if word:
                loose.setdefault(plain(word), set()).add(f.name)
    only = {word: next(iter(names)) for word, names in loose.items() if len(names) == 1 and word}
    yield How.EXACT, exact.get
    yield How.ALIAS, lambda column: only.get(plain(column))


def plain(name: str) -> str:
    """
    >>> plain("E-Mail Address") == plain("e_mail.address")
    True
    """
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", name).casefold())


def _similar(columns: Sequence[str], fields: Sequence[Field]) -> Iterator[Suggestion]:
    """The field that a column resembles most, if no other column resembles that field more.

    Words in another order and slips of the pen count as alike; a part of a name is only worth a question."""
    best: dict[str, Suggestion] = {}
    for column in columns:
        found = max((_likeness(column, f) for f in fields), key=lambda s: s.confidence, default=None)
        if found is not None and found.confidence >= WORTH_SAYING:
            rival = best.get(found.field)
            if rival is None or rival.confidence < found.confidence:
                best[found.field] = found
    yield from best.values()


def _likeness(column: str, field: Field) -> Suggestion:
    from rapidfuzz.fuzz import token_sort_ratio

    words = [spaced(word) for word in (field.name, field.public, field.label, *field.aliases) if word]
    said = spaced(column)
    sure = max((int(token_sort_ratio(said, word)) for word in words), default=0)
    confidence = sure if sure >= SURE else max((sure, *(_hint(said, word) for word in words)))
    return Suggestion(column=column, field=field.name, confidence=confidence)


def _hint(one: str, other: str) -> int:
    """What is alike only without the blanks, or a part of the other: worth saying, and never sure.

    >>> _hint("e mails", "email"), _hint("email address", "email"), _hint("fullname", "name"), _hint("paid", "id")
    (89, 78, 80, 66)
    """
    from rapidfuzz.fuzz import ratio

    short, long = sorted((one, other), key=len)
    joined = long.replace(" ", ""), short.replace(" ", "")
    alike = int(ratio(*joined))
    if len(joined[1]) >= LEAST_PART and (joined[0].startswith(joined[1]) or joined[0].endswith(joined[1])):
        alike = max(alike, WORTH_SAYING + (SURE - WORTH_SAYING) * len(joined[1]) // len(joined[0]))
    return min(alike, SURE - 1)


def spaced(name: str) -> str:
    """
    >>> spaced("unitPrice_EUR")
    'unit price eur'
    """
    return SEPARATORS.sub(" ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", name))).casefold()


def _fillable(entity: Entity) -> Iterator[Field]:
    return (f for f in entity.fields if f.origin not in COMPUTED)


def needs_value(field: Field) -> bool:
    """Whether a new row must be given one."""
    given = field.default is not None or field.origin in GIVEN_BY_DATABASE or field.origin in COMPUTED
    return not field.nullable and not given


def _unfilled(entity: Entity, taken: Mapping[str, Mapped]) -> Iterator[str]:
    return (f.name for f in entity.fields if f.name not in taken and needs_value(f))
