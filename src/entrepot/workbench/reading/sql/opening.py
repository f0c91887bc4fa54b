"""A dump about to be read: its dialect, its encoding, and what is to be told of both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Place, Problem, Severity
from entrepot.workbench.reading.encoding import text_file
from entrepot.workbench.reading.marks import mark_of
from entrepot.workbench.reading.sql.charsets import UTF8
from entrepot.workbench.reading.sql.dialect import PLAIN, TITLES, Dialect, dialect_of, sample_of
from entrepot.workbench.reading.sql.found import Found
from entrepot.workbench.reading.sql.script import Script
from entrepot.workbench.reading.sql.settings import Settings
from entrepot.workbench.reading.sql.window import BLOCK_BYTES, window
from entrepot.workbench.reading.text import TextFile

SAYS = re.compile(rb"(?i)\bSET\s+(?:NAMES|client_encoding)\b")
WIDE = ("utf-16", "utf-32")


@dataclass(frozen=True, kw_only=True)
class Dump:
    path: Path
    text: TextFile
    dialect: Dialect
    is_said: bool
    """Somebody named the encoding."""
    problems: tuple[Problem, ...]
    longest_bytes: int
    block_bytes: int = BLOCK_BYTES

    @property
    def wide(self) -> str | None:
        """Two or four bytes a character."""
        return self.text.encoding if self.text.encoding.startswith(WIDE) else None

    def encoding(self, settings: Settings) -> str:
        """That of the file."""
        return self.wide or settings.encoding

    @contextmanager
    def script(self, *, careful: bool = False) -> Iterator[Script]:
        wide = self.wide
        encoding = UTF8 if wide else self.text.encoding
        settings = Settings(
            dialect=self.dialect, encoding=encoding, names_encoding=encoding, is_said=self.is_said or wide is not None
        )
        with window(self.path, wide, self.text.mark, self.longest_bytes, self.block_bytes) as view:
            yield Script(window=view, found=Found(settings=settings), careful=careful)


def dump_of(path: Path, reading: Reading, longest_bytes: int, block_bytes: int = BLOCK_BYTES) -> Dump:
    """A script says its encoding itself; where it does not, it is looked at like any text."""
    sample = sample_of(path)
    marked = mark_of(sample)
    if reading.encoding is None and marked is None and SAYS.search(sample):
        text, told = TextFile(path=path, encoding=UTF8), ()
    else:
        text, told = text_file(path, reading.encoding)
    is_wide = text.encoding.startswith(WIDE)
    dialect = dialect_of(
        sample[text.mark :].decode(text.encoding, "replace").encode() if is_wide else sample[text.mark :]
    )
    problems = (*told, *about(path, dialect))
    return Dump(
        path=path,
        text=text,
        dialect=dialect,
        is_said=reading.encoding is not None,
        problems=problems,
        longest_bytes=longest_bytes,
        block_bytes=block_bytes,
    )


def about(path: Path, dialect: Dialect) -> Iterator[Problem]:
    by = f", written by {dialect.tool}" if dialect.tool else ""
    sure = dialect.name != PLAIN
    yield Problem(
        code="sql_dialect",
        message=f"The script was read as {TITLES[dialect.name]}{by}."
        + ("" if sure else " Nothing in it says whose SQL it is; a backslash in a text is a backslash."),
        remedy="" if sure else "If a text looks wrong, dump again with the comments of the tool.",
        severity=Severity.INFO if sure else Severity.WARNING,
        place=Place(file=path.name, line=1, byte=0),
    )
