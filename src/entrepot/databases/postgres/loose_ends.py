r"""A line that is `\.` ends a COPY on servers before 18, wherever it stands; quoted, it is a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

END = rb"\."
QUOTED_OR_END = re.compile(rb'"(?:[^"]|"")*"|^\\\.$', re.MULTILINE)


def with_quoted_ends(rows: Iterable[bytes]) -> Iterator[bytes]:
    r"""Only rows of one value can be such a line.

    >>> next(with_quoted_ends([b'a\n\\.\n"b\n\\.\n"\n']))
    b'a\n"\\."\n"b\n\\.\n"\n'
    """
    for block in rows:
        yield QUOTED_OR_END.sub(_quoted, block) if END in block else block


def _quoted(found: re.Match[bytes]) -> bytes:
    return found[0] if found[0].startswith(b'"') else b'"' + found[0] + b'"'
