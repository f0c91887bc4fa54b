"""What opens encrypted files: a secret key, or a passphrase with the locked key that lies beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.errors import AccessError, InputError
from entrepot.storage.age import FOLDER_KEY, KEY_ENDING, identities_of, unlock_key
from entrepot.storage.faults import reading


@dataclass(frozen=True, kw_only=True)
class Keys:
    passphrase: str | None = None
    identity: str | None = None
    """The text of an identity file."""
    _unlocked: dict[bytes, str] = field(default_factory=dict, repr=False)
    """Unlocking takes a second on purpose; all files of a folder have one key."""

    def identities(self, path: Path) -> list[object]:
        """All that may open `path`."""
        texts = [self.identity] if self.identity is not None else []
        beside = locked_key_of(path)
        if self.passphrase is not None and (beside is not None or not texts):
            texts.append(self._unlock(path, beside, self.passphrase))
        if not texts:
            raise AccessError(
                "no_key",
                f"{path.name} is encrypted.",
                remedy="Give the passphrase or the age secret key it was made for.",
            )
        return [identity for text in texts for identity in identities_of(text)]

    def _unlock(self, path: Path, beside: Path | None, passphrase: str) -> str:
        if beside is None:
            raise InputError(
                "no_key_file",
                f"The locked key of {path.name} is missing.",
                remedy=f"Put {path.name}{KEY_ENDING}, or {FOLDER_KEY} of its folder, beside it.",
            )
        with reading(beside):
            locked = beside.read_bytes()
        if locked not in self._unlocked:
            self._unlocked[locked] = unlock_key(locked, passphrase)
        return self._unlocked[locked]


def locked_key_of(path: Path) -> Path | None:
    """Its own, else that of its folder."""
    places = (path.with_name(path.name + KEY_ENDING), path.with_name(FOLDER_KEY))
    return next((place for place in places if place.is_file()), None)
