"""What an application keeps the bytes of its files in: by key, wherever that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol


class IncomingFiles(Protocol):
    """Files on their way into a store. What `publish` did not reach was never there."""

    def take(self, key: str, blocks: Iterable[bytes]) -> None:
        """All bytes of a file, which nobody sees yet."""
        ...

    def folders(self, key: str) -> tuple[str, ...]:
        """Those that will be made for it, the innermost first; none where a store has no folders."""
        ...

    def publish(self) -> None:
        """All of them get their keys. InputError `file_exists`, if a key has a file by now: that one stays."""
        ...


class FileStore(Protocol):
    @property
    def place(self) -> str:
        """Where it is; two of one place have the same files."""
        ...

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]] | None:
        """The bytes in blocks; None if there is no such file. One that cannot be read is another matter: an error."""
        ...

    def size(self, key: str) -> int | None:
        """In bytes; None if there is no such file."""
        ...

    def is_usable(self, key: str) -> bool:
        """Whether it is a key under which a file can be, and nothing but a file is there."""
        ...

    def other_keys(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Others under which these files are found as well, because the application has made links; of those that have
        any."""
        ...

    def receiving(self) -> AbstractContextManager[IncomingFiles]: ...

    def sweep(self) -> None:
        """What dead processes left unfinished goes."""
        ...

    def let_go(self, key: str) -> None:
        """What an attempt that died has left besides, for nobody else to write under the key meanwhile."""
        ...

    def remove(self, key: str, folders: Iterable[str] = ()) -> None:
        """The file, if it is there, and those of these folders that are empty then."""
        ...
