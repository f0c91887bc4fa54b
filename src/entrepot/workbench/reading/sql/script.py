"""A dump from its beginning to its end: the rows of its tables, in order; what else is in it is listed or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from entrepot.workbench.reading.sql.copying import HEAD as COPY_HEAD
from entrepot.workbench.reading.sql.copying import copied as copy_rows
from entrepot.workbench.reading.sql.found import Found
from entrepot.workbench.reading.sql.inserting import INSERT_HEAD, inserted
from entrepot.workbench.reading.sql.refusals import TAKE_OUT, cut_off, refusal
from entrepot.workbench.reading.sql.shape import Piece
from entrepot.workbench.reading.sql.statements import blank, check_comment, statement
from entrepot.workbench.reading.sql.window import Window

FIRST_WORD = re.compile(rb"[A-Za-z]+")
COMMAND = re.compile(rb"\\(\S*)[^\n]*(?:\n|\Z)")
HARMLESS = frozenset((b"connect", b"c", b"restrict", b"unrestrict", b"echo", b"set", b"unset", b"pset"))
"""Commands of psql that bring no rows and run nothing."""
DELIMITER = re.compile(rb"DELIMITER[ \t]+(\S+)[^\n]*(?:\n|\Z)", re.IGNORECASE)
DOT_COMMAND = re.compile(rb"\.[a-z]+", re.IGNORECASE)
OWN = re.compile(rb"[\"`]?sqlite_\w+[\"`]?", re.IGNORECASE)


@dataclass(kw_only=True)
class Script:
    window: Window
    found: Found
    careful: bool = False
    """Look at each row, also at those that look plain."""
    delimiter: bytes = b";"

    def pieces(self) -> Iterator[Piece]:
        """Afterwards the file is known to be whole."""
        while self.at_statement():
            yield from self.next()
        self.found.check_end(self.window.place(len(self.window.data)))

    def at_statement(self) -> bool:
        """Go to the next one, if there is one."""
        window = self.window
        while True:
            window.fill()
            match = blank(self.found.settings.dialect.name).match(window.data, window.at)
            if match is None and not self.in_comment():
                return window.at < len(window.data)
            if match is None or (match.end() == len(window.data) and window.more()):
                continue
            check_comment(window, match, self.found.settings.dialect)
            self.found.comment(match[0])
            window.at = match.end()

    def in_comment(self) -> bool:
        """Whether one begins there that is longer than what was read; then there is more of it now."""
        window = self.window
        if not window.data.startswith(b"/*", window.at) or window.data.find(b"*/", window.at) >= 0:
            return False
        if not window.more():
            raise cut_off(window.place(window.at), "the comment that begins here does not end")
        return True

    def next(self) -> Iterator[Piece]:
        window = self.window
        word = FIRST_WORD.match(window.data, window.at)
        kind = word[0].upper() if word else b""
        if self.delimiter != b";" or kind == b"DELIMITER":
            self.delimited()
        elif window.data.startswith(b"\\", window.at):
            self.command()
        elif kind == b"COPY" and (head := COPY_HEAD.match(window.data, window.at)):
            yield from self.rows(head, copied=True)
        elif kind in (b"INSERT", b"REPLACE") and (head := INSERT_HEAD.match(window.data, window.at)):
            yield from self.rows(head, copied=False)
        else:
            self.other()

    def rows(self, head: re.Match[bytes], *, copied: bool) -> Iterator[Piece]:
        if OWN.fullmatch(head["table"]):
            self.other()
            return
        place = self.window.place(self.window.at)
        shape = self.found.shape(head, place, copied=copied, careful=self.careful)
        self.window.at = head.end()
        yield from copy_rows(self.window, shape) if copied else inserted(self.window, shape)

    def command(self) -> None:
        """Of psql: a line."""
        window = self.window
        match = COMMAND.match(window.data, window.at)
        name = match[1] if match else b""
        if match is None or name not in HARMLESS:
            self.refuse(f"\\{name.decode(errors='replace')[:20]} is a command for the program psql")
            return
        self.found.note(f"\\{name.decode()}", window.place(window.at))
        if name in (b"connect", b"c"):
            self.found.settings = replace(self.found.settings, schema=None)
        window.at = match.end()

    def delimited(self) -> None:
        """Routines of MySQL, up to the delimiter that was set for them."""
        window = self.window
        begun = window.place(window.at)
        if match := DELIMITER.match(window.data, window.at):
            self.found.note("DELIMITER", begun)
            self.delimiter, window.at = match[1], match.end()
        else:
            self.found.under_delimiter(statement(window, self.found.settings.dialect, self.delimiter), begun)

    def other(self) -> None:
        window = self.window
        if DOT_COMMAND.match(window.data, window.at):
            self.refuse("this is a command for the program sqlite3")
        begun = window.place(window.at)
        self.found.statement(statement(window, self.found.settings.dialect), begun)

    def refuse(self, fact: str) -> None:
        raise refusal("refused_statement", self.window.place(self.window.at), fact, TAKE_OUT)
