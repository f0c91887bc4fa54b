"""What a script says before it does anything: comments for people, and one line for the counting reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from entrepot.formats.port import Document
from entrepot.model.script_dialects import ScriptDialect

LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
FIRST_WORDS = "-- SQL for "
LAYOUT = "-- layout: "
COMPLETE = "-- complete"


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """How the rows of one entity stand in the script, so that they can be counted without a database."""

    entity: str
    rows: int
    mark: str
    """The comment line before them."""
    begin: str
    end: str
    between: str
    """What stands between two rows of a statement, outside quotes."""
    one_block: bool


def comment(text: str) -> str:
    """One comment line, whatever the text: a line break in a name must not become SQL.

    >>> comment("users\\n; DROP TABLE users")
    '-- users ; DROP TABLE users'
    """
    return f"-- {LINE_BREAKS.sub(' ', text)}"


def header(
    document: Document, dialect: ScriptDialect, sections: Sequence[Section], notes: Mapping[str, Sequence[str]]
) -> str:
    lines = [
        comment(f"SQL for {dialect.name}, written by {document.tool} at {document.created_at}"),
        comment(f"from {document.database} ({document.engine}), snapshot {document.snapshot}"),
        comment(f"scope: {document.scope}"),
        *(comment(f"filter on {title}: {words}") for title, words in document.filters.items()),
        *(comment(f"{section.entity}: {section.rows:,} rows") for section in sections),
        *noted(notes),
        LAYOUT + json.dumps([msgspec.to_builtins(section) for section in sections]),
    ]
    return "\n".join(lines) + "\n\n"


def noted(notes: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The block «not carried or changed»."""
    if any(notes.values()):
        yield "--"
        yield "-- not carried or changed:"
        for about, words in notes.items():
            yield from (comment(f"  {about}: {word}") for word in words)
        yield "--"
