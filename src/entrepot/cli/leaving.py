"""The end of the program. When all is closed, written and said, Python would still take itself apart, object by object:
as long as a tenth of its start, for nothing that anybody could see."""

from __future__ import annotations

import atexit
import os
import sys
from contextlib import suppress


class Leaving:
    """Registered before anybody else, it is called after all others that want to hear of the end."""

    def __init__(self) -> None:
        self.code: int | None = None
        """None: what is on its way up is told by Python, which then ends in its own way."""
        atexit.register(self._leave)

    def _leave(self) -> None:
        if self.code is None:
            return
        with suppress(OSError, ValueError):  # what cannot be said any more is told by Python, with a code of its own
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(self.code)
