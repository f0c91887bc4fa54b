"""Entrepot: every use case once, for all faces; the only place that builds adapters from settings.

>>> from entrepot import Entrepot                                     # doctest: +SKIP
>>> shop = Entrepot("sqlite:///shop.db")                              # doctest: +SKIP
>>> shop.export("orders", "customers", to="sales.xlsx").receipt.totals  # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import LOCAL, Principal, Verb, bound_tenant, is_bound, require
from entrepot.bystanders import Quiet, SystemClock
from entrepot.config.load import load_settings, naming
from entrepot.config.named import named_format, named_selection
from entrepot.exporting.plan import ExportOptions, ExportPlan, plan_export
from entrepot.exporting.publish import ExportOutcome, publish_export
from entrepot.model.cancel import CancelSwitch
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.overlay import apply_overlay
from entrepot.model.ports import Cancel, Engine, Reporter
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Selection
from entrepot.protection import export_guard, named_engine
from entrepot.version import VERSION

if TYPE_CHECKING:
    from entrepot.diagnosis import Finding
    from entrepot.exporting.attachments import FileStore
    from entrepot.exporting.inspect import Inspection
    from entrepot.exporting.request import Run
    from entrepot.imports import Imports
    from entrepot.model.plans import ImportPlan, ImportReceipt, ImportRequest
    from entrepot.state import State
    from entrepot.workbench.client import ChildWorkbench

__all__ = ["Entrepot", "ExportOptions", "ExportOutcome"]


class Entrepot:
    """One database and its settings.

    `db` is a URL or a name of the settings; None takes `ENTREPOT_DB` or the only one configured. Nothing is
    opened before it is needed, and nothing stays open between calls.
    """

    def __init__(
        self,
        db: str | None = None,
        *,
        config: str | Path | None = None,
        reporter: Reporter | None = None,
        cancel: Cancel | None = None,
        principal: Principal = LOCAL,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._environment = dict(os.environ if environment is None else environment)
        self._loaded = load_settings(self._environment, Path.cwd(), Path(config) if config else None)
        self._db = db
        self._reporter: Reporter = reporter or Quiet()
        self._cancel = cancel or CancelSwitch()
        self._clock = SystemClock()
        self._principal = principal

    @cached_property
    def _engine(self) -> Engine:
        return named_engine(self._loaded, self._db, self._environment)

    def catalog(self) -> Catalog:
        """What the schema says, overlaid with the settings; read anew at each call."""
        require(self._principal, Verb.SEE_CATALOG)
        schema = self._engine.introspect()
        with naming(self._loaded.file):
            return apply_overlay(schema, self._loaded.overlay)

    def entity(self, name: str) -> Entity:
        """One entity by its name, public name or alias."""
        from entrepot.exporting.select import find_entity

        return find_entity(self.catalog(), name)

    def export(
        self,
        *entities: str,
        to: str | Path | None = None,
        selection: Selection | None = None,
        named: str | None = None,
        options: ExportOptions | None = None,
    ) -> ExportOutcome:
        """Write rows of one snapshot into files; all of them appear together with their receipt, or none."""
        require(self._principal, Verb.EXPORT)
        with self._run() as run:
            asked = self._selection(entities, selection, named)
            return publish_export(self._plan(run, to, asked, options or ExportOptions(), named), run)

    def fingerprint(
        self, *entities: str, selection: Selection | None = None, named: str | None = None
    ) -> dict[str, Fingerprint]:
        """Fingerprints of chosen entities, all of one snapshot, by the entities' titles."""
        from entrepot.exporting.flow import fingerprints

        require(self._principal, Verb.EXPORT)
        with self._run() as run:
            return fingerprints(self._selection(entities, selection, named), run)

    def inspect(
        self,
        path: str | Path,
        *,
        receipt: str | Path | None = None,
        passphrase: str | None = None,
        identity: str | None = None,
    ) -> Inspection:
        """Whether a file still is what its receipt or manifest says: counts, checksums, fingerprints."""
        from entrepot.exporting.inspect import inspect
        from entrepot.storage.work import work_folder

        require(self._principal, Verb.INSPECT)
        with work_folder() as work:
            return inspect(
                Path(path),
                receipt=Path(receipt) if receipt else None,
                passphrase=passphrase,
                identity=identity or self._loaded.settings.encryption.identity,
                work=work,
                workbench=lambda: self._workbench(work),
            )

    def fingerprint_file(
        self, path: str | Path, *, passphrase: str | None = None, identity: str | None = None
    ) -> dict[str, Fingerprint]:
        """Fingerprints recomputed from a file's own content, by the entities' titles."""
        found = self.inspect(path, passphrase=passphrase, identity=identity)
        if found.fingerprints:
            return found.fingerprints
        raise InputError(
            "no_fingerprint",
            f"No fingerprint can be taken of {Path(path).name}.",
            remedy="It takes a package, or a csv, ndjson, json or parquet export with its receipt beside it.",
            problems=found.problems,
        )

    def preview(
        self, file: str | Path, request: ImportRequest, *, passphrase: str | None = None, identity: str | None = None
    ) -> ImportPlan:
        """What would become of every record of a file; nothing is written. The plan is kept for a week."""
        from entrepot.storage.keys import Keys

        return self._imports.preview(Path(file), request, Keys(passphrase=passphrase, identity=identity))

    def plan(self, plan_id: str) -> ImportPlan:
        """One that was made before."""
        return self._imports.plan(plan_id)

    def apply(self, plan_id: str, *, passphrase: str | None = None, identity: str | None = None) -> ImportReceipt:
        """Exactly what was planned; if the rows have changed so that it would be something else, nothing."""
        from entrepot.storage.keys import Keys

        return self._imports.apply(plan_id, Keys(passphrase=passphrase, identity=identity))

    def bring_in(
        self, file: str | Path, request: ImportRequest, *, passphrase: str | None = None, identity: str | None = None
    ) -> ImportReceipt:
        """Import a file without looking at a plan first."""
        from entrepot.storage.keys import Keys

        return self._imports.bring_in(Path(file), request, Keys(passphrase=passphrase, identity=identity))

    @cached_property
    def _imports(self) -> Imports:
        from entrepot.imports import Imports

        return Imports(
            engine=self._engine,
            catalog=self.catalog,
            workbench=self._workbench,
            state=self._state,
            drafts_kept=self._loaded.settings.retention.drafts,
            journals_kept=self._loaded.settings.retention.journals,
            identity=self._loaded.settings.encryption.identity,
            principal=self._principal,
            reporter=self._reporter,
            cancel=self._cancel,
            clock=self._clock,
        )

    def doctor(self) -> tuple[Finding, ...]:
        """What is installed and reachable, and what to mend."""
        from entrepot.diagnosis import diagnose
        from entrepot.state import described
        from entrepot.storage.work import work_folder

        require(self._principal, Verb.DIAGNOSE)
        with work_folder() as work:
            state = partial(described, self._loaded.state, self._clock)
            return diagnose(self.catalog, lambda: self._engine, work, lambda: self._workbench(work), state)

    def _selection(self, entities: tuple[str, ...], selection: Selection | None, named: str | None) -> Selection:
        """The request as one selection: the named one narrowed by the rest, bound to the principal's tenant."""
        asked = selection or Selection(entities=() if named else ("*",))
        if entities:
            asked = replace(asked, entities=entities)
        if named is not None:
            with naming(self._loaded.file):
                asked = named_selection(self._loaded.settings, named, asked, self._loaded.file)
        tenant = bound_tenant(self._principal, asked.tenant)
        return replace(asked, tenant=tenant, tenant_by_key=asked.tenant_by_key or is_bound(self._principal))

    @contextmanager
    def _run(self) -> Iterator[Run]:
        """Everything a piece of work needs, with a private folder that is gone afterwards."""
        from entrepot.exporting.request import Run
        from entrepot.storage.work import work_folder

        with work_folder() as work:
            yield Run(
                engine=self._engine,
                catalog=self.catalog(),
                reporter=self._reporter,
                cancel=self._cancel,
                clock=self._clock,
                work=work,
                workbench=lambda: self._workbench(work),
                file_stores=self._file_stores(),
                tool=f"entrepot {VERSION}",
                guard=export_guard(self._loaded, self._engine, self._environment),
            )

    def _workbench(self, work: Path) -> AbstractContextManager[ChildWorkbench]:
        from entrepot.workbench import open_workbench

        return open_workbench(work, self._loaded.settings.workbench.memory_mb * 1_000_000)

    def _file_stores(self) -> dict[str, FileStore]:
        from entrepot.storage.files import FolderStore

        home = self._loaded.folder
        return {name: FolderStore(home / files.folder) for name, files in self._loaded.settings.files.items()}

    def _state(self) -> AbstractContextManager[State]:
        """Our own records and stored files, made at their first use: never by an export or a catalog."""
        from entrepot.state import open_state

        return open_state(self._loaded.state, self._clock)

    def _plan(
        self, run: Run, to: str | Path | None, selection: Selection, options: ExportOptions, named: str | None
    ) -> ExportPlan:
        """Every name found and every option read, before anything is opened or written."""
        from entrepot.databases.scripts import script_dialect

        return plan_export(
            run,
            to,
            selection,
            replace(options, recipients=self._recipients(options)),
            dialect=script_dialect(options.dialect) if options.dialect else None,
            named=named,
            saved_format=named_format(self._loaded.settings, named) if named else None,
        )

    def _recipients(self, options: ExportOptions) -> tuple[str, ...]:
        """Whom to encrypt to; refused before anything is read if encryption is asked for and nobody is named."""
        configured = self._loaded.settings.encryption.recipients if options.encrypt else ()
        recipients = (*options.recipients, *configured)
        if options.encrypt and not recipients and options.passphrase is None:
            raise InputError(
                "no_recipient",
                "Encryption is asked for, but there is no key to encrypt to.",
                remedy="Set [encryption] recipients in the settings, or give a recipient or a passphrase.",
            )
        return recipients
