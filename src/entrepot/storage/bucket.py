"""A bucket of S3, GCS or Azure. What is put there is there whole, was not there before, and has been read back,
whatever was answered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from entrepot.model.errors import DamagedError, EntrepotError, StorageError, UnavailableError, missing_extra
from entrepot.storage.bucket_contents import listed, signed
from entrepot.storage.bucket_failures import bad_address, damaged, exists, missing, translated

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")
SCHEMES = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_", "azure": "AZURE_"}
"""And what the variables of each begin with."""
KNOWN = (
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"),
    *("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_KEY"),
    *("GOOGLE_APPLICATION_CREDENTIALS", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_ACCOUNT_KEY"),
)
"""What is handed on of the environment that we were given; the library looks for others in that of the process."""
PART = 8 << 20
READ = 16 << 20
PASSING = frozenset({"bucket_unreachable", "not_kept"})
TRIES = 3
PAUSE = 0.3
CLAIMS = "claims"
"""A file that comes in parts cannot be created exclusively; its claim can."""
WAITS: dict[str, Any] = {"timeout": "60s", "connect_timeout": "10s"}
RETRIES: dict[str, Any] = {
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=5), "base": 2},
}


class Bucket:
    def __init__(self, url: str, environment: Mapping[str, str]) -> None:
        try:
            from obstore.store import from_url
        except ImportError as error:
            raise missing_extra("s3", "Keeping stored files in a bucket") from error
        self.place = url
        given = _given(url, environment)
        endpoint = given.get("aws_endpoint") or given.get("aws_endpoint_url") or ""
        make: Any = from_url  # its types know every variable of every cloud
        with self._said():
            self._store: ObjectStore = make(
                url,
                config=given,
                client_options={**WAITS, "allow_http": endpoint.startswith("http://")},
                retry_config=RETRIES,
            )

    def put(self, name: str, source: Path, size: int, sha256: str) -> None:
        """A file that is tried again comes to the same. Nothing of ours is left if it comes to nothing, as far as the
        server lets us; and nothing of anybody else is touched."""
        with self._claimed(name) if size > PART else nullcontext():
            again(lambda: self._sent(name, source, size, sha256))

    def _sent(self, name: str, source: Path, size: int, sha256: str) -> None:
        is_mine = self._send(name, source, size)
        try:
            found = self._found(name, size)
            if found != sha256:
                raise self._not_kept(name) if is_mine else exists(name, self.place)
        except EntrepotError:
            if is_mine:
                with suppress(EntrepotError):
                    self.delete(name)
            raise

    def _send(self, name: str, source: Path, size: int) -> bool:
        """False: there is one of that name. It may be our own, whose answer was lost; to read it back will tell."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        try:
            with self._said(), source.open("rb") as file:
                if size > PART:
                    obstore.put(self._store, name, file, use_multipart=True, chunk_size=PART, max_concurrency=4)
                else:
                    obstore.put(self._store, name, file, use_multipart=False, mode="create")
        except AlreadyExistsError:
            return False
        return True

    def _found(self, name: str, size: int) -> str | None:
        """The SHA-256 of what is there; None: it has another size, or is not there."""
        try:
            return self.read(name, size, lambda _: None)
        except DamagedError:
            return None

    def _not_kept(self, name: str) -> StorageError:
        return StorageError(
            "not_kept",
            f"{self.place} keeps something else as {name} than was written just now.",
            remedy="Have the storage checked, and what stands between it and this machine.",
        )

    @contextmanager
    def _claimed(self, name: str) -> Iterator[None]:
        """Of two who would write one name, one does."""
        import obstore
        from obstore.exceptions import AlreadyExistsError

        word, claim = token_hex(16).encode(), f"{CLAIMS}/{name}"
        with self._said(), suppress(AlreadyExistsError):
            obstore.put(self._store, claim, word, mode="create")
        with self._said():
            is_mine = bytes(obstore.get(self._store, claim).bytes()) == word
        if not is_mine or self._is_there(name):
            raise exists(name, self.place)
        try:
            yield
        finally:
            with suppress(EntrepotError):
                self.delete(claim)

    def _is_there(self, name: str) -> bool:
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """None: there is no such file."""
        import obstore

        try:
            with self._said():
                return obstore.head(self._store, name)["size"]
        except FileNotFoundError:
            return None

    def read(self, name: str, size: int, write: Callable[[bytes], object]) -> str:
        """All of it, a stretch at a time, each within the time limit of a request; its SHA-256. DamagedError if it is
        not there, or not of that size."""
        digest, found = hashlib.sha256(), self.size(name)
        if found is None:
            raise self._missing(name)
        if found != size:
            raise damaged(name, self.place, f"has {found} bytes instead of {size}")
        for at in range(0, size, READ):
            block = again(lambda at=at: self.stretch(name, at, min(size, at + READ)))
            digest.update(block)
            write(block)
        return digest.hexdigest()

    def _missing(self, name: str) -> DamagedError:
        """Who asked for its size is not told whether the file is gone or the whole bucket; who lists is."""
        next(iter(listed(self._store, self.place)), None)
        return missing(name, self.place)

    def stretch(self, name: str, start: int, end: int) -> bytes:
        import obstore

        try:
            with self._said():
                return bytes(obstore.get_range(self._store, name, start=start, end=end))
        except FileNotFoundError:
            raise missing(name, self.place) from None

    def release(self, name: str) -> None:
        """What a dead process has claimed, and did not come to write."""
        self.delete(f"{CLAIMS}/{name}")

    def delete(self, name: str) -> None:
        """Gone afterwards, whether it was there or not."""
        import obstore

        with suppress(FileNotFoundError), self._said():
            obstore.delete(self._store, name)

    def signed(self, name: str, lasting: timedelta) -> str:
        """A URL by which anybody may get it for so long."""
        return signed(self._store, self.place, name, lasting)

    def sizes(self) -> dict[str, int]:
        """Of all files."""
        return {one.name: one.bytes for one in listed(self._store, self.place) if "/" not in one.name}

    def old_claims(self) -> dict[str, int]:
        """Of dead processes."""
        return {one.name: one.bytes for one in listed(self._store, self.place, f"{CLAIMS}/") if one.is_old()}

    def probe(self) -> None:
        """Write, read, compare, delete."""
        import obstore

        name, word = f"{CLAIMS}/probe-{token_hex(8)}", token_hex(16).encode()
        with self._said():
            obstore.put(self._store, name, word, mode="create")
            found = bytes(obstore.get(self._store, name).bytes())
        self.delete(name)
        if found != word:
            raise StorageError(
                "not_kept", f"{self.place} gives back something else than was written.", remedy="Have it checked."
            )

    def _said(self) -> AbstractContextManager[None]:
        return translated(self.place)


def again(do: Callable[[], T]) -> T:
    """Once more, after a pause, what may go better then."""
    for tried in range(TRIES - 1):
        try:
            return do()
        except (UnavailableError, StorageError) as error:
            if error.code not in PASSING:
                raise
            time.sleep(PAUSE * 3**tried)
    return do()


def must_be_a_bucket(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in SCHEMES or not parts.netloc or "@" in parts.netloc:
        raise bad_address(url if "@" not in url else "What was given")


def _given(url: str, environment: Mapping[str, str]) -> dict[str, str]:
    must_be_a_bucket(url)
    mine = SCHEMES[urlsplit(url).scheme]
    return {name.lower(): environment[name] for name in KNOWN if name.startswith(mine) and environment.get(name)}
