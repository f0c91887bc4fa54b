"""What a publication has ready, and what it makes untrue."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.receipts import FileReceipt
from entrepot.storage.key_files import LOCKED_KEY


@dataclass(frozen=True, kw_only=True)
class Part:
    """A finished temporary file and what it will be. It is closed: a folder may have more files than a process may."""

    path: Path
    final: Path
    found: os.stat_result
    receipt: FileReceipt

    @property
    def is_key(self) -> bool:
        return self.receipt.media_type == LOCKED_KEY

    def is_there(self) -> bool:
        """Under its final name; somebody else's file may have that name by now."""
        with suppress(OSError):
            return os.path.samestat(self.found, self.final.stat())
        return False


@dataclass(frozen=True, kw_only=True)
class Outdated:
    """A receipt that speaks of a file which is replaced."""

    receipt: Path
    without: bytes | None = None
    """What it says without that file; None: nothing more."""
