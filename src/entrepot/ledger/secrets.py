"""The key of this installation: random bytes in the state folder, made when something is first signed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from entrepot.model.errors import DamagedError, StorageError

FILE = "installation.key"
BYTES = 32


def known_secret(folder: Path) -> bytes | None:
    """None: there is none yet."""
    path = folder / FILE
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageError("unreadable_file", f"{path}: {error.strerror}.", remedy="Check its rights.") from error
    if len(found) != BYTES:
        raise DamagedError(
            "damaged_key",
            f"{path} is no key of an installation: it has {len(found)} bytes, not {BYTES}.",
            remedy="Put it back from a backup. Without it, workbooks of before lose their baselines: then delete it.",
        )
    return found


def made_secret(folder: Path) -> bytes:
    """Of two processes that make one at once, both get that of the first; one that dies leaves none, or all of it."""
    if (known := known_secret(folder)) is not None:
        return known
    path, new = folder / FILE, folder / f".{FILE}.{secrets.token_hex(8)}"
    try:
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(new, path)
    except OSError as error:
        raise StorageError("unwritable_state", f"{path}: {error.strerror}.", remedy="Check the folder.") from error
    finally:
        new.unlink(missing_ok=True)
    return known_secret(folder) or b""
