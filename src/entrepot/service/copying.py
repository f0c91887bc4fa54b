"""The part of the service that copies rows from another database."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.model.selection import Selection, chosen
from entrepot.service.bringing import path_of
from entrepot.use_cases.audited_names import named_database
from entrepot.use_cases.auditing import Told, recorded

if TYPE_CHECKING:
    from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
    from entrepot.model.import_receipts import ImportReceipt
    from entrepot.model.plans import ImportPlan
    from entrepot.use_cases.copies import CopyRequest


class Copying:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def preview_copy(
        self,
        *entities: str,
        source: str,
        selection: Selection | None = None,
        named: str | None = None,
        request: BundleRequest | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportPlan | BundlePlan:
        """What would become of the rows of another database here; nothing is written. They are kept as they are now,
        and `apply` brings in just these. `source` is its URL, or its name in the settings."""
        from entrepot.use_cases.copies import Copies, CopyRequest

        asked = CopyRequest(
            source=source,
            selection=chosen(entities, selection, named),
            named=named,
            asked=request_of(request),
            errors_to=path_of(errors_to),
        )
        with self._copying(Action.COPY_PREVIEW, asked) as told:
            return told(Copies(adapters=self._adapters).preview(asked))

    def copy(
        self,
        *entities: str,
        source: str,
        selection: Selection | None = None,
        named: str | None = None,
        request: BundleRequest | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportReceipt | BundleReceipt:
        """Bring rows of another database in, all of one moment, as one import: one transaction, and one undo."""
        from entrepot.use_cases.copies import Copies, CopyRequest

        asked = CopyRequest(
            source=source,
            selection=chosen(entities, selection, named),
            named=named,
            asked=request_of(request),
            errors_to=path_of(errors_to),
        )
        with self._copying(Action.COPY, asked) as told:
            return told(Copies(adapters=self._adapters).copy(asked))

    def _copying(self, action: Action, asked: CopyRequest) -> AbstractContextManager[Told]:
        selection, source = asked.selection, named_database(self._adapters.elsewhere(asked.source))
        what = ", ".join(selection.entities)
        return recorded(self._adapters, action, source, what, named=asked.named, tenant=selection.tenant)


def request_of(request: BundleRequest | None) -> BundleRequest:
    """Where nothing is said, rows that exist become what they are in the source, and others are added."""
    from entrepot.model.bundles import BundleRequest
    from entrepot.model.drafts import Mode
    from entrepot.model.plans import ImportRequest

    return request or BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT))
