"""Single values and the names of members, where a document is walked."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from entrepot.workbench.reading.json_refusals import too_many_columns
from entrepot.workbench.reading.json_scan import STRING, breaks_off, fault, value_end, without_lone_surrogates
from entrepot.workbench.reading.json_split import SPACES, ends_in
from entrepot.workbench.reading.json_window import Window
from entrepot.workbench.reading.tables import MOST_COLUMNS

NAME = msgspec.json.Decoder(str)


def names(window: Window) -> Iterator[str]:
    """The names of an object whose `{` was passed, up to its `}`, which is passed. Take the value before the next."""
    seen: set[str] = set()
    more = window.peek() != b"}"
    while more:
        seen.add(name := fresh_name(window, seen))
        yield name
        more = window.peek() == b","
        if not more and window.peek() != b"}":
            raise window.broken(window.at, "a comma or } is missing" if window.peek() else "the object is never closed")
        window.at += more
    window.at += 1


def fresh_name(window: Window, seen: set[str]) -> str:
    window.peek()
    while not (found := STRING.match(window.data, window.at)):
        if window.data[window.at : window.at + 1] not in (b'"', b"") or not window.more():
            raise window.broken(window.at, "a name in double quotes is missing")
    name = read_name(window, found[0])
    if name in seen:
        raise window.refusal("duplicate_key", f"the name {name[:100]!r} stands twice in one object", window.at)
    if len(seen) >= MOST_COLUMNS:
        raise too_many_columns(window.source.name, MOST_COLUMNS)
    window.at = found.end()
    if window.peek() != b":":
        raise window.broken(window.at, "a colon is missing behind a name")
    window.at += 1
    return name


def read_name(window: Window, text: bytes) -> str:
    if found := fault(text):
        raise window.broken(window.at + found[0], found[1])
    return NAME.decode(without_lone_surrogates(text) or text)


def value(window: Window) -> bytes:
    """The value that comes next, which is passed."""
    window.peek()
    while (end := value_end(window.data, window.at)) is None:
        if not (breaks_off(window.data, window.at) and window.more()):
            return looked_at(window)
    text = window.data[window.at : end].rstrip(SPACES)
    window.at += len(text)
    return text


def looked_at(window: Window) -> bytes:
    """One that is not good, or ends with the file, or that msgspec alone does not like."""
    while not (found := ends_in(window)) and window.more():
        pass
    end = found[0] if found else len(window.data)
    text = window.data[window.at : end].rstrip(SPACES)
    if not text:
        raise window.broken(window.at, "a value is missing" if found else "it breaks off here")
    if wrong := fault(text):
        raise window.broken(window.at + wrong[0], wrong[1])
    window.at += len(text)
    return text
