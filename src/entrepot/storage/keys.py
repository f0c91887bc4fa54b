"""What opens encrypted files: a secret key, or a passphrase with the locked key that lies beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.errors import AccessError, InputError
from entrepot.storage.age import identities_of, unlock_key, wrong_key
from entrepot.storage.faults import reading
from entrepot.storage.key_files import ENDING, FOLDER_STEM, key_files_for


@dataclass(frozen=True, kw_only=True)
class Keys:
    passphrase: str | None = None
    identity: str | None = None
    """The text of an identity file."""
    _unlocked: dict[bytes, str | None] = field(default_factory=dict, repr=False)
    """Unlocking takes a second on purpose; all files of a folder have one key."""

    def identities(self, path: Path) -> list[object]:
        """All that may open `path`."""
        texts = [self.identity] if self.identity is not None else []
        beside = key_files_for(path)
        if self.passphrase is not None and (beside or not texts):
            texts += self._unlock(path, beside, self.passphrase)
        if not texts:
            raise AccessError(
                "no_key",
                f"{path.name} is encrypted.",
                remedy="Give the passphrase or the age secret key it was made for.",
            )
        return [identity for text in texts for identity in identities_of(text)]

    def _unlock(self, path: Path, beside: Sequence[Path], passphrase: str) -> list[str]:
        """Every key that the passphrase opens; exports of different days may lie in one folder."""
        if not beside:
            raise InputError(
                "no_key_file",
                f"The locked key of {path.name} is missing.",
                remedy=f"Put {path.name}{ENDING}, or {FOLDER_STEM}{ENDING} of its folder, beside it.",
            )
        found = [key for place in beside if (key := self._unlocked_key(place, passphrase)) is not None]
        if not found:
            raise wrong_key(path.name)
        return found

    def _unlocked_key(self, place: Path, passphrase: str) -> str | None:
        with reading(place):
            locked = place.read_bytes()
        if locked not in self._unlocked:
            self._unlocked[locked] = _opened(locked, passphrase)
        return self._unlocked[locked]


def _opened(locked: bytes, passphrase: str) -> str | None:
    """None: this passphrase does not open it."""
    try:
        return unlock_key(locked, passphrase)
    except AccessError:
        return None
