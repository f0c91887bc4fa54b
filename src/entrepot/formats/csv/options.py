"""What a person may choose about a CSV file."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.errors import InputError
from entrepot.model.templates import CsvDialect

SPOKEN = {"tab": "\t", "\\t": "\t", "lf": "\n", "\\n": "\n", "crlf": "\r\n", "\\r\\n": "\r\n"}
"""What people type on a command line for characters that are hard to type there."""


@dataclass(frozen=True, kw_only=True)
class CsvOptions:
    delimiter: str = ","
    """What stands between two values: one character, or `tab`."""
    quote: str = '"'
    """What encloses a value that needs it, and is doubled inside."""
    encoding: str = "utf-8"
    """Any of Python's codecs; a character it lacks is an error, never a question mark."""
    bom: bool = False
    """Begin with a byte order mark (Excel then recognises UTF-8)."""
    null: str = ""
    """How a NULL is written, unquoted; a text that looks the same is quoted."""
    newline: str = "lf"
    """What ends a row: `lf` or `crlf`."""
    header: bool = True
    """Begin with a row of names."""
    spreadsheet_safe: bool = False
    """Put `'` before texts that a spreadsheet would run as a formula; importing takes it off again."""

    def __post_init__(self) -> None:
        dialect = self.dialect
        check_mark("delimiter", dialect.delimiter)
        check_mark("quote", dialect.quote)
        check_apart(dialect)
        if dialect.newline not in {"\n", "\r\n"}:
            raise InputError("bad_option", f"The newline {self.newline!r} is not known.", remedy="Use lf or crlf.")
        check_encoding(self.encoding)

    @property
    def dialect(self) -> CsvDialect:
        return CsvDialect(
            delimiter=SPOKEN.get(self.delimiter, self.delimiter),
            quote=self.quote,
            null=self.null,
            newline=SPOKEN.get(self.newline, self.newline),
        )


def check_mark(option: str, mark: str) -> None:
    if len(mark) != 1 or mark in "\r\n":
        raise InputError(
            "bad_option", f"The {option} {mark!r} is not one character.", remedy="Give one, such as ; or |."
        )
    if option == "quote" and not mark.isascii():
        raise InputError("bad_option", f"The quote {mark!r} is not ASCII.", remedy="Choose \" or '.")


def check_apart(dialect: CsvDialect) -> None:
    """A reader could not tell a row's parts if these overlapped."""
    if dialect.delimiter == dialect.quote:
        raise InputError("bad_option", "Delimiter and quote are the same.", remedy="Choose two different characters.")
    if set(dialect.null) & {dialect.delimiter, dialect.quote, "\n", "\r"}:
        message = f"The null marker {dialect.null!r} holds a delimiter, a quote or a line break."
        raise InputError("bad_option", message, remedy="Choose another, such as \\N.")


def check_encoding(name: str) -> None:
    try:
        "a".encode(name)
    except (LookupError, UnicodeError) as error:
        raise InputError("bad_option", f"There is no text encoding {name!r}.", remedy="Try utf-8 or cp1252.") from error
