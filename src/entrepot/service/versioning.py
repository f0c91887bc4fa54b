"""The part of the service that looks into the versions of something, and brings old ones back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.jobs.histories import Histories
    from entrepot.model.plans import ImportPlan, ImportRequest
    from entrepot.model.versions import History


class Versioning:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def versions(self, entity: str, *key: str, tenant: str | None = None) -> History:
        """All versions of one thing, the newest first: what changed from one to the next, and which import added it,
        as far as that is known. `key` has the values of the fields that its versions have in common."""
        looking = recorded(self._adapters, Action.SHOW_VERSIONS, None, entity)
        with looking, self._histories(entity, tenant) as (histories, asked):
            return histories.versions(asked, key)

    def preview_version(self, entity: str, *key: str, number: int, tenant: str | None = None) -> ImportPlan:
        """What would become of an old version that is to be the newest again: a row more, by `apply`."""
        planning = recorded(self._adapters, Action.RESTORE_PREVIEW, None, entity, version=number, tenant=tenant)
        with planning as told, self._histories(entity, tenant) as (histories, asked):
            return told(histories.preview(asked, key, number))

    @contextmanager
    def _histories(self, entity: str, tenant: str | None) -> Iterator[tuple[Histories, ImportRequest]]:
        from entrepot.access.permissions import is_bound
        from entrepot.jobs.histories import Histories
        from entrepot.model.plans import ImportRequest
        from entrepot.use_cases.imports import Imports

        imports = Imports(adapters=self._adapters)
        with imports.way_in() as way:
            asked = imports.own(ImportRequest(entity=entity, tenant=tenant), way)
            yield Histories(way=way, told=not is_bound(self._adapters.principal)), asked
