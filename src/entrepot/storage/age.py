"""age encryption through pyrage, which has no type declarations: the one place that touches it.

pyrage can use a passphrase only in memory. So a passphrase locks a fresh key, and the key encrypts the stream; the
locked key is a small age file beside the data (see key_files), one for all files of a folder, because locking one takes
a second on purpose. The standard tool reads them as they are:
`age --decrypt -i data.age.key data.age` asks for the passphrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from entrepot.model.errors import AccessError, DamagedError, EntrepotError, InputError, UnavailableError

SECRET_BEGINS = "AGE-SECRET-KEY-"
WRONG_KEY = frozenset({"No matching keys found", "Decryption failed"})
TOO_COSTLY = "Excessive work parameter"
TRIES = 5


def _pyrage() -> Any:
    return import_module("pyrage")


def recipients_of(texts: Sequence[str]) -> list[object]:
    """age public keys; a wrong one is told by its place, because it may be a secret."""
    return [_recipient(text, number) for number, text in enumerate(texts, start=1)]


def _recipient(text: str, number: int) -> object:
    pyrage = _pyrage()
    if text.strip().upper().startswith(SECRET_BEGINS):
        raise InputError(
            "secret_key_as_recipient",
            f"Recipient {number} is a secret key, which must not be given away.",
            remedy="Give its public key, which begins with age1; age-keygen -y prints it.",
        )
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        raise InputError(
            "bad_recipient",
            f"Recipient {number} is not an age public key.",
            remedy="It begins with age1 and comes from age-keygen.",
        ) from None  # the library repeats what it was given


def fresh_key() -> tuple[str, str]:
    """A new (secret key, public key)."""
    identity = _pyrage().x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def lock_key(secret: str, passphrase: str) -> bytes:
    return _pyrage().passphrase.encrypt(f"{secret}\n".encode(), passphrase)


def unlock_key(locked: bytes, passphrase: str) -> str:
    """The library first measures how fast the machine is and then refuses what would take it too long; a busy moment
    makes it misjudge, so that is asked again."""
    pyrage = _pyrage()
    for _ in range(TRIES):
        try:
            return pyrage.passphrase.decrypt(locked, passphrase).decode().strip()
        except pyrage.DecryptError as error:
            if not str(error).startswith(TOO_COSTLY):
                raise _refused(str(error)) from error
    raise UnavailableError(
        "passphrase_too_costly",
        "Trying the passphrase would take this machine too long, as busy as it is now.",
        remedy="Try again when it is less busy, or on a faster one. `age --decrypt` opens the file, too.",
    )


def encrypt_stream(source: object, sink: object, recipients: Sequence[object]) -> None:
    """Reads `source` to its end, writes the age file to `sink`."""
    _pyrage().encrypt_io(source, sink, recipients)


def identities_of(text: str) -> list[object]:
    """Every secret key of an identity file, as age-keygen writes it; comments are skipped."""
    lines = (line.strip() for line in text.splitlines())
    found = [_identity(line) for line in lines if line and not line.startswith("#")]
    return found or [_identity("")]


def _identity(line: str) -> object:
    pyrage = _pyrage()
    try:
        return pyrage.x25519.Identity.from_str(line)
    except pyrage.IdentityError as error:
        raise InputError(
            "bad_identity", "That is not an age secret key.", remedy="It begins with AGE-SECRET-KEY-."
        ) from error


def decrypt_stream(source: object, sink: object, identities: Sequence[object]) -> None:
    """Writes plain bytes to `sink` as they come; only its normal end says that all of them are genuine."""
    pyrage = _pyrage()
    try:
        pyrage.decrypt_io(source, sink, identities)
    except pyrage.DecryptError as error:
        raise _refused(str(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        fact = f"The encrypted file is damaged or cut short: {error}."
        raise DamagedError("damaged", fact, remedy="Get an undamaged copy.") from error


def _refused(words: str) -> EntrepotError:
    """The library tells a wrong key or passphrase from damage only in its words."""
    if words in WRONG_KEY:
        return wrong_key()
    fact = words.partition("\n")[0].rstrip(".")
    return DamagedError("damaged", f"The encrypted file is damaged: {fact}.", remedy="Get an undamaged copy.")


def wrong_key(name: str = "this file") -> AccessError:
    return AccessError(
        "wrong_key",
        f"The key or passphrase does not open {name}.",
        remedy="Use the one it was encrypted for. If this is the one, the file or its .key is damaged.",
    )
