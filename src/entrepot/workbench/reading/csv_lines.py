"""Text in lines, whatever ends them, in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from entrepot.model.errors import InputError

ENDS = re.compile(r"(\r\n|\n|\r)")


def lines(blocks: Iterable[str], longest: int) -> Iterator[tuple[str, str]]:
    """Each line and its end."""
    rest = ""
    for block in blocks:
        text, held = without_half_an_end(rest + block)
        if "\r" in text:
            parts = ENDS.split(text)
            rest = parts.pop() + held
            yield from zip(parts[::2], parts[1::2], strict=True)
        else:
            parts = text.split("\n")
            rest = parts.pop() + held
            for part in parts:
                yield part, "\n"
        if len(rest) > longest:
            raise too_long(longest)
    if rest:
        yield rest.removesuffix("\r"), rest[-1] if rest.endswith("\r") else ""


def without_half_an_end(text: str) -> tuple[str, str]:
    """A carriage return at the end may have its line feed in the next block."""
    return (text[:-1], "\r") if text.endswith("\r") else (text, "")


def too_long(longest: int) -> InputError:
    return InputError(
        "row_too_long",
        f"A record is longer than {longest:,} characters, the most that the workbench can hold.",
        remedy="Make sure that --delimiter and --quote are right, or allow the workbench more memory.",
    )
