"""One JSON message per frame, its length in front."""

from __future__ import annotations

import struct
from typing import IO

import msgspec

from entrepot.workbench.protocol import Reply, Request

LENGTH = struct.Struct(">I")


def frame(message: Request | Reply) -> bytes:
    data = msgspec.json.encode(message)
    return LENGTH.pack(len(data)) + data


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other side has gone."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return data if len(data) == length else None
