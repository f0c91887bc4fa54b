"""Exports for all faces: adapters from settings, for the use cases of `exporting`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, bound_tenant, is_bound, require
from entrepot.adapters import Adapters
from entrepot.config.load import naming
from entrepot.config.named import named_format, named_selection
from entrepot.exporting.plan import ExportOptions, ExportPlan, plan_export
from entrepot.exporting.publish import ExportOutcome, publish_export
from entrepot.exporting.target import announced_format
from entrepot.model.errors import InputError
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Selection
from entrepot.protection import export_guard
from entrepot.storage.disk import Disk
from entrepot.storage.keys import Keys
from entrepot.version import VERSION

if TYPE_CHECKING:
    from entrepot.exporting.inspect import Inspection
    from entrepot.exporting.request import Promise, Run
    from entrepot.model.fabric import Fan
    from entrepot.model.ports import Workbench
    from entrepot.storage.guard import Guard


@dataclass(frozen=True, kw_only=True)
class Exports:
    adapters: Adapters
    kept: bool = False
    """Written among our own files, to be kept there."""
    promise: Promise | None = None
    """Hears what will be there just before it is."""
    fan: Fan | None = None
    """Other workers, which may read shares of large tables."""
    disk: Disk = field(default_factory=Disk)
    meant: Callable[[str], object] | None = None
    """Hears the identity of the database before anything is written; it may be the wrong one."""

    def export(
        self, to: str | Path | None, asked: Selection, named: str | None, options: ExportOptions
    ) -> ExportOutcome:
        require(self.adapters.principal, Verb.EXPORT)
        announced = announced_format(to, options.format)
        with self.running(measuring=options.fingerprint or (announced is not None and announced.staged)) as run:
            if self.meant is not None:
                self.meant(_identity(run))
            return publish_export(self._plan(run, to, self.selection(asked, named), options, named), run)

    def check(self, to: str | Path | None, asked: Selection, named: str | None, options: ExportOptions) -> str:
        """What is wrong with such a request is told now; nothing is read but the schema. The database's identity."""
        require(self.adapters.principal, Verb.EXPORT)
        with self.running(measuring=False) as run:
            self._plan(run, to, self.selection(asked, named), options, named)
            return _identity(run)

    def fingerprint(self, asked: Selection, named: str | None) -> dict[str, Fingerprint]:
        from entrepot.exporting.flow import fingerprints

        require(self.adapters.principal, Verb.EXPORT)
        with self.running(measuring=True) as run:
            return fingerprints(self.selection(asked, named), run)

    def inspect(self, path: Path, receipt: Path | None, keys: Keys) -> Inspection:
        from entrepot.exporting.inspect import inspect
        from entrepot.storage.work import work_folder

        require(self.adapters.principal, Verb.INSPECT)
        with work_folder() as work:
            return inspect(
                path,
                receipt=receipt,
                passphrase=keys.passphrase,
                identity=keys.identity or self.adapters.loaded.settings.encryption.identity,
                work=work,
                workbench=lambda: self.adapters.workbench(work),
            )

    def fingerprint_file(self, path: Path, keys: Keys) -> dict[str, Fingerprint]:
        found = self.inspect(path, None, keys)
        if found.fingerprints:
            return found.fingerprints
        raise InputError(
            "no_fingerprint",
            f"No fingerprint can be taken of {path.name}.",
            remedy="It takes a package, or a csv, ndjson, json or parquet export with its receipt beside it.",
            problems=found.problems,
        )

    def selection(self, asked: Selection, named: str | None) -> Selection:
        """The request as one selection: the named one narrowed by the rest, bound to the principal's tenant."""
        loaded, principal = self.adapters.loaded, self.adapters.principal
        if named is not None:
            with naming(loaded.file):
                asked = named_selection(loaded.settings, named, asked, loaded.file)
        tenant = bound_tenant(principal, asked.tenant)
        return replace(asked, tenant=tenant, tenant_by_key=asked.tenant_by_key or is_bound(principal))

    @contextmanager
    def running(self, *, measuring: bool) -> Iterator[Run]:
        """Everything a piece of work needs, with a private folder that is gone afterwards. A workbench that will be
        needed gets ready while the driver is loaded and the schema is read."""
        from entrepot.exporting.request import Run
        from entrepot.storage.work import work_folder

        with work_folder() as work, self._workbenches(work, at_once=measuring) as workbench:
            yield Run(
                engine=self.adapters.engine,
                catalog=self.adapters.catalog(),
                reporter=self.adapters.reporter,
                cancel=self.adapters.cancel,
                clock=self.adapters.clock,
                work=work,
                workbench=workbench,
                file_stores=self.adapters.file_stores(),
                tool=f"entrepot {VERSION}",
                disk=self.disk,
                guard=self._guard(),
                fan=self.fan,
                promise=self.promise,
                secret=self.adapters.secret,
            )

    def _guard(self) -> Guard:
        guard = export_guard(self.adapters.loaded, self.adapters.engine, self.adapters.environment)
        if not self.kept:
            return guard
        own = self.adapters.loaded.state
        return replace(guard, folders={folder: words for folder, words in guard.folders.items() if folder != own})

    @contextmanager
    def _workbenches(self, work: Path, *, at_once: bool) -> Iterator[Callable[[], AbstractContextManager[Workbench]]]:
        """What opens the workbench of a run."""
        if not at_once:
            yield lambda: self.adapters.workbench(work)
            return
        with self.adapters.workbench(work) as ready:
            yield lambda: nullcontext(ready)

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
            saved_format=named_format(self.adapters.loaded.settings, named) if named else None,
        )

    def _recipients(self, options: ExportOptions) -> tuple[str, ...]:
        """Whom to encrypt to; refused before anything is read if encryption is asked for and nobody is named."""
        configured = self.adapters.loaded.settings.encryption.recipients if options.encrypt else ()
        recipients = (*options.recipients, *configured)
        if options.encrypt and not recipients and options.passphrase is None:
            raise InputError(
                "no_recipient",
                "Encryption is asked for, but there is no key to encrypt to.",
                remedy="Set [encryption] recipients in the settings, or give a recipient or a passphrase.",
            )
        return recipients


def _identity(run: Run) -> str:
    """Of the database, as jobs have it."""
    return f"{run.catalog.engine}:{run.catalog.database}"
