"""Ids that files have of their own: they mean nothing to the database, which gives new rows keys of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.model.drafts import TargetField
from entrepot.model.finding import Missing
from entrepot.model.matching import Matching
from entrepot.model.references import FoundParents, Lookup
from entrepot.model.types import LogicalType

ALL = "all"
"""Instead of the names of entities: whatever the import brings in."""
BY_OWN_IDS = "ids of its own"
"""How a parent is looked up, then."""
NO_OWN_ID, SAME_ROW, SEVERAL_ROWS, TWICE, NO_SUCH_ID = (
    "no_own_id",
    "same_row",
    "several_rows",
    "own_id_twice",
    "no_such_own_id",
)
"""Codes of findings."""


@dataclass(frozen=True, kw_only=True)
class OwnKey:
    """The key of a table whose file has ids of its own. The tables in the workbench are numbered by `column`."""

    column: int
    """Behind those of the file: gets the keys."""
    field: int
    own: TargetField
    """What the file says."""
    type: LogicalType
    natural: Lookup | None = None
    """What else identifies a row: whoever meets one by that has its key."""


@dataclass(frozen=True, kw_only=True)
class OwnLink:
    """A reference that goes by such ids."""

    column: int
    field: int
    own: TargetField
    type: LogicalType
    part: int | None = None
    """The table of this import that has them; None: only what is remembered of the source."""
    parent: int = 0
    """The number of its tables in the workbench."""
    file: str = ""
    """What people call that table's file."""
    missing: Missing = Missing.ERROR
    words: str
    """What people call the parents."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """Where else the keys of a table stand in the workbench."""

    part: int
    column: int
    field: int


class KnownIds(Protocol):
    """What became of the ids of one source, in one database. `tenant`: whose import it is; empty: of all."""

    def entities(self, tenant: str) -> frozenset[str]:
        """Of which any id is known."""
        ...

    def known(self, entity: str, tenant: str) -> Iterator[tuple[str, str]]:
        """Each id and the key that it has here."""
        ...

    def remember(self, entity: str, tenant: str, pairs: Iterable[tuple[str, str]]) -> None:
        """Before the commit that makes it true."""
        ...


class OwnIdsBench(Protocol):
    """The part of the workbench that knows which id is which key."""

    def gather_own(self, number: int, own: TargetField, *, on_lines: bool, within: int | None = None) -> None:
        """`owned_N`: what every record says; `within`: the part with these parents, if they stand on the lines of their
        children, and may be spelled in several ways; `on_lines`: such a part says it itself, or its children do."""
        ...

    def ask_own(self, key: OwnKey) -> None:
        """After what is known was taken as `known_N(own, key)`: `asked_N(n, key)`, what is to be looked for."""
        ...

    def assign_own(self, key: OwnKey) -> FoundParents:
        """After the rows that are there were taken as `alive_N(number)`, and those with a natural key like parents that
        are looked up: every record has a key. Those of new rows stand for keys that are not known yet."""
        ...

    def link_own(self, link: OwnLink) -> FoundParents:
        """After what is known of parents that are no part of the import was taken as `known_N`."""
        ...

    def count_new(self, key: OwnKey) -> int:
        """So many keys are wanted."""
        ...

    def mint_own(self, key: OwnKey, holders: Sequence[Holder]) -> None:
        """After new keys were taken as `minted_N(key)`; UUIDs are not asked for. From then on they stand everywhere."""
        ...

    def check_own(self, key: OwnKey) -> int:
        """After matching: how many records do not meet what they met, or meet what should be new."""
        ...

    def own_pairs(self, key: OwnKey, fields: Sequence[TargetField], matching: Matching) -> Iterator[bytes]:
        """After deciding: ids and keys that nobody knew before."""
        ...
