"""What parent and child say to each other about ids of the files' own; `model.own_ids` says what each does."""

from __future__ import annotations

import msgspec

from entrepot.model.drafts import TargetField
from entrepot.model.matching import Matching
from entrepot.model.own_ids import Holder, OwnKey, OwnLink


class GatherOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    number: int
    own: TargetField
    within: int | None
    on_lines: bool
    """Whether parents or their children say it, who stand on the same lines; then the ids are keys as they stand."""


class AskOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey


class AssignOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey


class LinkOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    link: OwnLink


class CountNew(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey


class MintOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey
    holders: tuple[Holder, ...]


class CheckOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey


class GiveOwn(msgspec.Struct, tag=True, kw_only=True, frozen=True):
    key: OwnKey
    fields: tuple[TargetField, ...]
    matching: Matching
    path: str
