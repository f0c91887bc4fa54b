"""Secrets come from files: what stands on a command line is seen by everybody who lists processes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from entrepot.model.errors import AccessError, InputError

Result = TypeVar("Result")


@dataclass
class Secrets:
    """What opens an encrypted file: from files, or typed by whoever sits at the terminal, once."""

    args: argparse.Namespace
    passphrase: str | None
    identity: str | None

    @classmethod
    def of(cls, args: argparse.Namespace) -> Secrets:
        return cls(args, read_secret(args.passphrase_file), read_secret(args.identity_file))

    def tried(self, work: Callable[[Secrets], Result]) -> Result:
        """Once more with a passphrase, if one is needed and somebody can be asked for it."""
        try:
            return work(self)
        except AccessError as error:
            if error.code != "no_key" or self.args.json or not sys.stdin.isatty():
                raise
            self.passphrase = self._asked(error)
        return work(self)

    def _asked(self, error: AccessError) -> str:
        from getpass import getpass

        try:
            with self.args.stop.at_once():
                typed = getpass(f"{error.message} Passphrase: ")
        except EOFError:
            typed = ""
        if not typed:
            raise error
        return typed


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
