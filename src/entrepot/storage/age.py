"""age encryption through pyrage, which has no type declarations: the one place that touches it.

pyrage can use a passphrase only in memory. So a passphrase locks a fresh key, and the key encrypts the stream; the
locked key is a small age file beside the data (`<name>.age.key`). The standard tool reads the pair as it is:
`age --decrypt -i data.age.key data.age` asks for the passphrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from entrepot.model.errors import AccessError, DamagedError, EntrepotError, InputError

KEY_ENDING = ".key"


def _pyrage() -> Any:
    return import_module("pyrage")


def recipients_of(texts: Sequence[str]) -> list[object]:
    """age public keys; a wrong one is named."""
    return [_recipient(text) for text in texts]


def _recipient(text: str) -> object:
    pyrage = _pyrage()
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise InputError(
            "bad_recipient",
            f"'{text}' is not an age public key.",
            remedy="It begins with age1 and comes from age-keygen.",
        ) from error


def fresh_key() -> tuple[str, str]:
    """A new (secret key, public key)."""
    identity = _pyrage().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def lock_key(secret: str, passphrase: str) -> bytes:
    return _pyrage().passphrase.encrypt(f"{secret}\n".encode(), passphrase)


def unlock_key(locked: bytes, passphrase: str) -> str:
    pyrage = _pyrage()
    try:
        return pyrage.passphrase.decrypt(locked, passphrase).decode().strip()
    except pyrage.DecryptError as error:
        raise wrong_key() from error


def encrypt_stream(source: object, sink: object, recipients: Sequence[object]) -> None:
    """Reads `source` to its end, writes the age file to `sink`."""
    _pyrage().encrypt_io(source, sink, recipients)


def decrypt_stream(source: object, sink: object, secret: str) -> None:
    """Writes plain bytes to `sink` as they come; only its normal end says that all of them are genuine."""
    pyrage = _pyrage()
    try:
        identity = pyrage.x25519.Identity.from_str(secret)
    except pyrage.IdentityError as error:
        raise InputError(
            "bad_identity", "That is not an age secret key.", remedy="It begins with AGE-SECRET-KEY-."
        ) from error
    try:
        pyrage.decrypt_io(source, sink, [identity])
    except pyrage.DecryptError as error:
        raise _refused(str(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise DamagedError("damaged", f"The encrypted file is damaged or cut short: {error}.") from error


def _refused(words: str) -> EntrepotError:
    """The library tells a wrong key from damage only in its words."""
    if "no matching keys" in words.lower() or "key" in words.lower():
        return wrong_key()
    return DamagedError("damaged", f"The encrypted file is damaged: {words}.", remedy="Get an undamaged copy.")


def wrong_key() -> AccessError:
    return AccessError(
        "wrong_key", "The key or passphrase does not open this file.", remedy="Use the one it was encrypted for."
    )
