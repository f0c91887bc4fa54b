"""How a member is read, as its resource says: in our words, and what of it cannot be followed."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.formats.package.contents import DialectWords, MissingWords, ResourceWords, SchemaWords
from entrepot.formats.package.kinds import ending
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem, Severity

FORMATS = {
    "csv": ("csv", None),
    "tsv": ("csv", "\t"),
    "ndjson": ("ndjson", None),
    "jsonl": ("ndjson", None),
    "json": ("json", None),
    "parquet": ("parquet", None),
}
TEXTS = frozenset({"csv", "tsv", "ndjson", "jsonl", "json"})
SPREAD = "Data Package lets such things be said elsewhere; write them into datapackage.json."


def reading_of(resource: ResourceWords) -> Reading:
    """Whatever is not said is looked at."""
    said = (resource.format or ending(resource.paths[0])).lower()
    kind, tabs = FORMATS.get(said, (None, None))
    encoding = resource.encoding if said in TEXTS else None
    dialect = dialect_of(resource)
    if kind != "csv":
        return Reading(format=kind, encoding=encoding, entity=dialect.property or dialect.sheet_name)
    header, skipped = header_of(resource, dialect)
    return Reading(
        format=kind,
        encoding=encoding,
        delimiter=dialect.delimiter or tabs,
        quote=dialect.quote_char,
        header=header,
        null=dialect.null_sequence or next(iter(marks(resource)), ""),
        skip_lines=skipped,
    )


def dialect_of(resource: ResourceWords) -> DialectWords:
    found = resource.dialect
    if isinstance(found, str):
        raise unsupported(resource, f"its dialect stands in {found}", SPREAD)
    dialect = found or DialectWords()
    if dialect.escape_char and dialect.escape_char != (dialect.quote_char or '"'):
        raise unsupported(
            resource, f"quotes are escaped by {dialect.escape_char!r}", "Write it with doubled quotes instead."
        )
    return dialect


def header_of(resource: ResourceWords, dialect: DialectWords) -> tuple[bool, int | None]:
    """Whether there are names (unless said otherwise, there are), and how many lines stand in front of them."""
    rows = dialect.header_rows
    if dialect.header is False or rows == ():
        return False, None
    if rows and len(rows) > 1:
        raise unsupported(resource, "its names stand in several rows", "Write them into one.")
    if rows and rows[0] < 1:
        raise unsupported(resource, f"its names stand in row {rows[0]}, and the first row is 1", "Correct headerRows.")
    return True, rows[0] - 1 if rows else None


def marks(resource: ResourceWords) -> list[str]:
    """Texts that mean that there is no value, besides the empty one."""
    if not isinstance(resource.schema, SchemaWords):
        return []
    said = [each.value if isinstance(each, MissingWords) else each for each in resource.schema.missing]
    return [each for each in said if each]


def not_followed(resource: ResourceWords) -> Iterator[Problem]:
    dialect = resource.dialect if isinstance(resource.dialect, DialectWords) else DialectWords()
    reading = reading_of(resource)
    left = [mark for mark in marks(resource) if mark != reading.null]
    if left and reading.format == "csv":
        shown = ", ".join(f"'{mark}'" for mark in left)
        remedy = f"If they stand in it, say so where they do: --clean FIELD=null_if:{left[0]}."
        yield told(resource, f"{shown} would mean that there is no value, and is taken as it is", remedy)
    if dialect.skip_initial_space:
        yield told(resource, "spaces behind delimiters stay", "Where they stand, take them off: --clean FIELD=trim.")
    if dialect.comment_char:
        yield told(resource, "lines that are comments are read as records", "Take them out.")


def told(resource: ResourceWords, fact: str, remedy: str, code: str = "dialect_not_followed") -> Problem:
    return Problem(
        code=code,
        message=f"{resource.title}: {fact}.",
        remedy=remedy,
        severity=Severity.WARNING,
        place=Place(file=DESCRIPTOR, entity=resource.title),
    )


def unsupported(resource: ResourceWords, fact: str, remedy: str) -> InputError:
    return InputError("unsupported_resource", f"{resource.title} cannot be read: {fact}.", remedy=remedy)
