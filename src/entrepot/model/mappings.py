"""Which column of a file goes into which field, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from entrepot.model.finding import Missing
from entrepot.model.references import said_by
from entrepot.model.rules import Rule, Step, joined_steps


class How(StrEnum):
    SAID = "said"
    EXACT = "exact"
    ALIAS = "alias"
    """Another name of the field, or the same but for case and separators."""
    REMEMBERED = "remembered"
    SIMILAR = "similar"
    REFERENCE = "reference"
    """It tells of a parent, by its name or by its values."""


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One field and where its values come from."""

    field: str
    columns: tuple[str, ...] = ()
    how: How
    confidence: int = 100
    """Per cent."""
    constant: str | None = None
    find_by: tuple[str, ...] = ()
    """By what of the parent it is looked up, one for each column; an empty one: by what the field itself holds."""
    ignore_case: bool = False
    """Whether case and blanks around the values mean nothing, then."""


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A column that goes nowhere, and the field that its name resembles."""

    column: str
    field: str
    confidence: int


@dataclass(frozen=True, kw_only=True)
class FieldMapping:
    """What can be said about one field of a request; saved under a name, it can be used again."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    default: str | None = None
    separator: str = " "
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    find_by: tuple[str, ...] = ()
    """Of a field that refers to rows of another entity: their fields by which they are looked up, one for each column;
    an empty one: by what the field itself holds. Without columns: of whatever column names them."""
    ignore_case: bool = False
    """Whether case and blanks around the values mean nothing, then."""
    missing: Missing | None = None
    """What becomes of records whose parent is not found, then; None: an error."""


@dataclass(frozen=True, kw_only=True)
class MappingRequest:
    fields: Mapping[str, FieldMapping] = field(default_factory=dict)
    """By field."""
    ignored: tuple[str, ...] = ()
    """Columns that go nowhere on purpose."""
    remembered: Mapping[str, str] = field(default_factory=dict)
    """Column → field (or `field by parent's field`), of an import that was done; an empty one: it goes nowhere."""
    guess: bool = True
    """Whether similar names are enough."""


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """The whole of it, for one file and one entity."""

    mapped: tuple[Mapped, ...]
    unmapped: tuple[str, ...] = ()
    """Columns that go nowhere."""
    suggestions: tuple[Suggestion, ...] = ()
    unfilled: tuple[str, ...] = ()
    """Fields that a new row needs and that nothing fills."""


@dataclass(frozen=True, kw_only=True)
class SavedMapping:
    """How a file went into an entity, to be used again: in receipts, in the ledger, in a file of its own."""

    entity: str
    columns: tuple[str, ...]
    """All that the file had."""
    mapping: MappingRequest


@dataclass(frozen=True, kw_only=True)
class KnownMapping:
    """One that the ledger keeps."""

    id: str
    name: str | None
    """None: it is of the last import of a file with these columns."""
    saved: SavedMapping
    created_at: str
    used_at: str | None = None


def combined(said: MappingRequest, saved: MappingRequest) -> MappingRequest:
    """What is said now goes before what was saved. Of the columns that were saved, a file may lack some."""
    claimed = {column for field in said.fields.values() for column in field.columns} | set(said.ignored)
    known = {column: field for column, field in columns_of(saved).items() if column not in claimed}
    fields = {name: _left(field, known, claimed) for name, field in saved.fields.items()}
    fields |= {name: _over(field, fields.get(name, FieldMapping())) for name, field in said.fields.items()}
    fields = {name: field for name, field in fields.items() if field != FieldMapping()}
    return replace(said, fields=fields, remembered={**known, **said.remembered})


def columns_of(saved: MappingRequest) -> dict[str, str]:
    """Column → field. Several columns in one field only where they are joined in the usual way: no other way can be
    told by columns."""
    nowhere = dict.fromkeys(saved.ignored, "")
    return nowhere | {
        column: said_by(name, by, ignore_case=field.ignore_case)
        for name, field in saved.fields.items()
        if is_paired(field) and (len(field.columns) < 2 or _joined_as_usual(field))
        for column, by in zip(field.columns, field.find_by or ("",) * len(field.columns), strict=True)
    }


def is_paired(field: FieldMapping) -> bool:
    """Whether every column has its field of the parent, or none has; refused otherwise where it is used."""
    return not field.columns or len(field.find_by) in (0, len(field.columns))


def _joined_as_usual(field: FieldMapping) -> bool:
    return field.separator == FieldMapping().separator and all(step.name != "join" for step in field.steps)


def _left(saved: FieldMapping, known: Mapping[str, str], claimed: set[str]) -> FieldMapping:
    """Columns that are known by themselves need not be said."""
    if not saved.columns or not is_paired(saved):
        return saved
    by = zip(saved.columns, saved.find_by or ("",) * len(saved.columns), strict=True)
    left = [(column, name) for column, name in by if column not in claimed and column not in known]
    return replace(
        saved,
        columns=tuple(column for column, _ in left),
        find_by=tuple(name for _, name in left) if saved.find_by else (),
        ignore_case=bool(left) and saved.ignore_case,
    )


def _over(said: FieldMapping, saved: FieldMapping) -> FieldMapping:
    sourced = said.columns or said.constant is not None
    return FieldMapping(
        columns=said.columns if sourced else saved.columns,
        constant=said.constant if sourced else saved.constant,
        default=saved.default if said.default is None else said.default,
        separator=said.separator if said.columns else saved.separator,
        steps=joined_steps(said.steps, saved.steps),
        rules=(*saved.rules, *said.rules),
        find_by=said.find_by if sourced or said.find_by else saved.find_by,
        ignore_case=said.ignore_case if sourced or said.find_by else saved.ignore_case,
        missing=said.missing or saved.missing,
    )
