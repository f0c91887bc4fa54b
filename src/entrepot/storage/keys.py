"""What opens encrypted files: a secret key, or a passphrase with the locked key that lies beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.errors import AccessError, EntrepotError, InputError
from entrepot.storage.age import identities_of, unlock_key, wrong_key
from entrepot.storage.faults import reading
from entrepot.storage.key_files import ENDING, FOLDER_STEM, key_files_for


@dataclass(frozen=True, kw_only=True)
class Keys:
    passphrase: str | None = None
    identity: str | None = None
    """The text of an identity file."""
    _unlocked: dict[bytes, str | EntrepotError] = field(default_factory=dict, repr=False)
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
                remedy="Give its passphrase (--passphrase-file) or the age secret key for it (--identity-file).",
            )
        return [identity for text in texts for identity in identities_of(text)]

    def _unlock(self, path: Path, beside: Sequence[Path], passphrase: str) -> list[str]:
        """Every key that the passphrase opens; exports of different days may lie in one folder."""
        if not beside:
            raise InputError(
                "no_key_file",
                f"The locked key of {path.name} is missing.",
                remedy=f"Put {path.name}{ENDING}, or {FOLDER_STEM}{ENDING}, into {path.parent.absolute()}.",
            )
        tried = [self._unlocked_key(place, passphrase) for place in beside]
        found = [key for key in tried if isinstance(key, str)]
        if not found:
            broken = (error for error in tried if isinstance(error, EntrepotError) and error.code != "wrong_key")
            raise next(broken, wrong_key(path.name))
        return found

    def _unlocked_key(self, place: Path, passphrase: str) -> str | EntrepotError:
        """The error, too: a key that is damaged must not stop another one that opens the file."""
        with reading(place):
            locked = place.read_bytes()
        if locked not in self._unlocked:
            try:
                self._unlocked[locked] = unlock_key(locked, passphrase)
            except EntrepotError as error:
                self._unlocked[locked] = error
        return self._unlocked[locked]
