"""Copies for all faces: the way out of one database, and the way into another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, is_bound, require
from entrepot.adapters import Adapters
from entrepot.jobs.copied import Copy
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan
from entrepot.model.selection import Selection
from entrepot.use_cases.exports import Exports
from entrepot.use_cases.imports import Imports, bundles

if TYPE_CHECKING:
    from entrepot.jobs.bundled import Bundles


@dataclass(frozen=True, kw_only=True)
class CopyRequest:
    """What people can say about a copy but where it goes."""

    source: str
    selection: Selection
    named: str | None
    asked: BundleRequest
    errors_to: Path | None


@dataclass(frozen=True, kw_only=True)
class Copies:
    adapters: Adapters
    """Of the database that the rows go into."""

    def preview(self, request: CopyRequest) -> ImportPlan | BundlePlan:
        with self._begun(request) as (into, copy):
            return into.looked_at(copy.tables)

    def copy(self, request: CopyRequest) -> ImportReceipt | BundleReceipt:
        with self._begun(request) as (into, copy):
            return into.carried_out(copy.tables)

    @contextmanager
    def _begun(self, request: CopyRequest) -> Iterator[tuple[Bundles, Copy]]:
        require(self.adapters.principal, Verb.EXPORT)
        imports, exports = Imports(adapters=self.adapters), Exports(adapters=self.adapters.elsewhere(request.source))
        with imports.way_in(request.errors_to, into_folder=True) as way:
            copy = Copy(
                called=request.source if "://" not in request.source else "",
                giving=lambda: exports.running(measuring=False),
                into=self.adapters.engine,
                selection=exports.selection(request.selection, request.named),
                asked=imports.own_all(request.asked, way),
                way=way,
                bound=is_bound(self.adapters.principal),
            )
            yield bundles(way), copy
