"""What parent and child say to each other about the files that records point to."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.rowfiles import Filed


class NameFiles(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After staging: the files of `packed_N` that have a new key give it to their records."""

    filed: Filed


class ListFiles(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    """After deciding: write every record that comes in, or is there, and points to a file, into the pipe `path`."""

    fields: tuple[TargetField, ...]
    matching: Matching
    filed: Filed
    path: str
