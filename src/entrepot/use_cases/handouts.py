"""What is handed out so that files fit: types of exported rows for programs, and templates for people to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import bound_tenant, is_bound
from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.protection import export_guard
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.templating.make import TemplateRequest


class HandsOut:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def template(
        self,
        *entities: str,
        to: str | Path | None = None,
        format: str | None = None,
        example: bool = True,
        only_required: bool = False,
        tenant: str | None = None,
        most_parents: int = 200,
        overwrite: bool = False,
    ) -> tuple[Path, ...]:
        """Files to fill in and import: Excel with drop-downs, CSV, or JSON with a schema beside it. A drop-down lists
        the rows that a reference may lead to if they are at most `most_parents`."""
        from entrepot.templating.make import TemplateRequest

        principal = self._adapters.principal
        with recorded(self._adapters, Action.TEMPLATE, to, ", ".join(entities), tenant=tenant) as told:
            request = TemplateRequest(
                entities=entities,
                to=to,
                format=format,
                example=example,
                only_required=only_required,
                tenant=bound_tenant(principal, tenant),
                tenant_by_key=is_bound(principal),
                most_parents=most_parents,
            )
            files = self._template(request)
            self._hand_out(files, overwrite=overwrite)
            return told(tuple(files))

    def _template(self, request: TemplateRequest) -> dict[Path, bytes]:
        from entrepot.storage.work import work_folder
        from entrepot.templating.make import Run, template_files

        adapters = self._adapters
        with work_folder() as work:
            catalog = adapters.catalog()
            run = Run(engine=adapters.engine, catalog=catalog, cancel=adapters.cancel, clock=adapters.clock, work=work)
            return template_files(request, run)

    def types(
        self, *entities: str, language: str = "typescript", to: str | Path | None = None, overwrite: bool = False
    ) -> str:
        """The rows of JSON exports as programs know them: TypeScript, or a JSON Schema (`json-schema`). No row is
        read for it."""
        from entrepot.exporting.select import select
        from entrepot.formats.rowtypes import types_text
        from entrepot.model.selection import Selection

        catalog = self._adapters.catalog()
        text = types_text(language, select(Selection(entities=entities or ("*",)), catalog).queries, catalog.engine)
        if to is not None:
            self._hand_out({Path(to): text.encode()}, overwrite=overwrite)
        return text

    def _hand_out(self, files: dict[Path, bytes], *, overwrite: bool) -> None:
        from entrepot.storage.handouts import hand_out

        adapters = self._adapters
        guard = export_guard(adapters.loaded, adapters.engine, adapters.environment)
        hand_out(files, overwrite=overwrite, guard=guard)
