"""Secrets come from files: what stands on a command line is seen by everybody who lists processes."""

from __future__ import annotations

from pathlib import Path

from entrepot.model.errors import InputError


def read_secret(file: str | None) -> str | None:
    """The text of the file without the line end that editors put behind it; None if no file is named."""
    if file is None:
        return None
    try:
        secret = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is no UTF-8 text"
        remedy = "Name a text file that holds the secret and nothing else."
        raise InputError("secret_file", f"The secret cannot be read from {file}: {words}.", remedy=remedy) from error
    if not secret.strip():
        raise InputError("secret_file", f"{file} holds no secret: it is empty.", remedy="Put the secret into it.")
    return secret
