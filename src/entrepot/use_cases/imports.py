"""Imports for all faces: adapters from settings, for the use cases of `way_in`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, bound_tenant, is_bound, require
from entrepot.adapters import Adapters
from entrepot.importing.first_page import FirstPage
from entrepot.importing.making.asking import may_want
from entrepot.importing.meant import known_values
from entrepot.importing.request import Run
from entrepot.importing.tenancy import find_tenancy
from entrepot.jobs.declared import with_declared
from entrepot.jobs.errors_files import give_errors
from entrepot.jobs.mapping_memory import MappingMemory
from entrepot.jobs.way_back import WayBack
from entrepot.jobs.way_in import WayIn
from entrepot.ledger.records import unknown_id
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.changing import changing
from entrepot.model.errors import AccessError, ChangedError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.records import JobRecord
from entrepot.model.undo_plans import UndoPlan, UndoReceipt
from entrepot.storage.copies import must_be_free
from entrepot.storage.keys import Keys
from entrepot.use_cases.workplaces import benches, workplace
from entrepot.version import VERSION

if TYPE_CHECKING:
    from entrepot.jobs.bundled import Bundles
    from entrepot.use_cases.workplaces import Workplace


@dataclass(frozen=True, kw_only=True)
class Imports:
    adapters: Adapters
    ready: Iterator[Workplace] = field(default_factory=lambda: iter(()))
    """One that was made before; whoever made it ends it."""

    def preview(
        self,
        file: Path,
        request: ImportRequest,
        keys: Keys,
        errors_to: Path | None = None,
        first: FirstPage | None = None,
        *,
        alone: bool = True,
    ) -> ImportPlan | BundlePlan:
        """Unless `alone`, with a table of the parents that are made of what it says."""
        with self.way_in(errors_to) as way:
            request = with_declared(file, self.own(request, way))
            if request.corrects or may_want(request, self.adapters.loaded.overlay):
                return bundles(way).preview_one(file, request, self._keys(keys), alone=alone)
            return way.preview(file, request, self._keys(keys), first)

    def preview_all(
        self, files: Sequence[Path], asked: BundleRequest, keys: Keys, errors_to: Path | None = None
    ) -> ImportPlan | BundlePlan:
        with self.way_in(errors_to, into_folder=True) as way:
            return bundles(way).preview(files, self.own_all(asked, way), self._keys(keys))

    def plan(self, plan_id: str) -> ImportPlan | BundlePlan:
        with self.way_in() as way:
            self.check_own(way, plan_id)
            return bundles(way).plan(plan_id)

    def apply(
        self, plan_id: str, keys: Keys, errors_to: Path | None = None, confirm_deletes: int | None = None
    ) -> ImportReceipt | BundleReceipt:
        with self.way_in(errors_to, into_folder=True) as way:
            self.check_own(way, plan_id)
            return bundles(way).apply(plan_id, self._keys(keys), confirm_deletes)

    def bring_in(
        self, file: Path, request: ImportRequest, keys: Keys, errors_to: Path | None = None, *, alone: bool = True
    ) -> ImportReceipt | BundleReceipt:
        with self.way_in(errors_to) as way:
            request = with_declared(file, self.own(request, way))
            if request.corrects or may_want(request, self.adapters.loaded.overlay):
                return bundles(way).bring_in_one(file, request, self._keys(keys), alone=alone)
            return way.bring_in(file, request, self._keys(keys))

    def bring_in_all(
        self, files: Sequence[Path], asked: BundleRequest, keys: Keys, errors_to: Path | None = None
    ) -> ImportReceipt | BundleReceipt:
        with self.way_in(errors_to, into_folder=True) as way:
            return bundles(way).bring_in(files, self.own_all(asked, way), self._keys(keys))

    def resume(self, job: str, keys: Keys, errors_to: Path | None = None) -> ImportReceipt | BundleReceipt:
        with self.way_in(errors_to, into_folder=True) as way:
            self.check_own(way, job)
            return bundles(way).resume(job, self._keys(keys))

    def errors_file(self, plan_or_job: str, to: Path) -> Path:
        with self.way_in() as way:
            self.check_own(way, plan_or_job)
            return give_errors(way.state, plan_or_job, to)

    @contextmanager
    def mappings(self) -> Iterator[MappingMemory]:
        """Those of this database."""
        require(self.adapters.principal, Verb.IMPORT)
        self._check_unbound("look at saved mappings")
        catalog = self.adapters.catalog()
        with self.adapters.state() as state:
            yield MappingMemory(state=state, catalog=lambda: catalog)

    def undo_plan(self, job: str) -> UndoPlan:
        with self.way_back() as way:
            return way.preview(job)

    def undo(self, job: str, agreed: str | None) -> UndoReceipt:
        with self.way_back() as way:
            return way.undo(job, agreed)

    def changes(self, job: str, to: Path) -> None:
        must_be_free(to)
        with self.way_back() as way:
            way.changes(job, to)

    def undoable(self) -> tuple[JobRecord, ...]:
        with self.way_back() as way:
            return way.jobs()

    @contextmanager
    def way_back(self) -> Iterator[WayBack]:
        adapters = self.adapters
        require(adapters.principal, Verb.IMPORT)
        self._check_unbound("take imports back")
        with adapters.state() as state:
            kept = adapters.loaded.settings.retention.journals
            yield WayBack(run=self.run, state=state, journals_kept=kept)

    @contextmanager
    def way_in(self, errors_to: Path | None = None, *, into_folder: bool = False) -> Iterator[WayIn]:
        """Several tables have their errors files in one folder, which may be there already."""
        if errors_to is not None and not (into_folder and errors_to.is_dir()):
            must_be_free(errors_to)
        adapters = self.adapters
        require(adapters.principal, Verb.IMPORT)
        retention = adapters.loaded.settings.retention
        with adapters.state() as state:
            yield WayIn(
                run=self.run,
                state=state,
                drafts_kept=retention.drafts,
                journals_kept=retention.journals,
                now=adapters.clock.now,
                errors_to=errors_to,
            )

    def _check_unbound(self, what: str) -> None:
        if is_bound(self.adapters.principal):
            raise AccessError(
                "not_allowed",
                f"{self.adapters.principal.name} is bound to a tenant, and may not {what}.",
                remedy="Ask somebody who may import for all tenants.",
            )

    def own(self, request: ImportRequest, way: WayIn) -> ImportRequest:
        """Held to the principal's tenant; a correction is, as its import was."""
        principal = self.adapters.principal
        if request.corrects:
            self.check_own(way, request.corrects)
            return request
        if request.exclusive:
            self._check_unbound("keep others out of the tables")
        if request.use or request.save_as:
            self._check_unbound("use saved mappings, which are everybody's")
        tenant = bound_tenant(principal, request.tenant)
        return replace(request, tenant=tenant, tenant_by_key=request.tenant_by_key or is_bound(principal))

    def own_all(self, asked: BundleRequest, way: WayIn) -> BundleRequest:
        single = {name: self.own(request, way) for name, request in asked.tables.items()}
        return replace(asked, each=self.own(asked.each, way), tables=single)

    def check_own(self, way: WayIn, plan_or_job: str) -> None:
        """What was planned for others is as good as unknown to whoever is bound to a tenant."""
        principal = self.adapters.principal
        if is_bound(principal):
            own = bound_tenant(principal, None)
            unknown = unknown_id("plan" if plan_or_job.startswith("plan") else "job", plan_or_job)
            try:
                asked = bundles(way).requests_of(plan_or_job)
            except ChangedError:  # it was forgotten, and with it whose it was
                raise unknown from None
            if not all(request.tenant_by_key and request.tenant == own for request in asked):
                raise unknown

    @contextmanager
    def run(self) -> Iterator[Run]:
        """The workbench starts while the catalog is read, or before."""
        engine = self.adapters.engine
        known = next(self.ready, None)
        with nullcontext(known) if known else workplace(self.adapters) as place:
            catalog, (work, _) = self.adapters.catalog(), place
            yield Run(
                engine=changing(engine),
                catalog=catalog,
                known_values=partial(known_values, engine, catalog, work),
                find_tenancy=partial(find_tenancy, engine, catalog, work),
                reporter=self.adapters.reporter,
                cancel=self.adapters.cancel,
                clock=self.adapters.clock,
                work=work,
                bench=benches(self.adapters, place),
                tool=f"entrepot {VERSION}",
                secret=self.adapters.known_secret,
                file_stores=self.adapters.file_stores(),
            )

    def _keys(self, keys: Keys) -> Keys:
        configured = self.adapters.loaded.settings.encryption.identity
        return keys if keys.identity is not None else replace(keys, identity=configured)


def bundles(way: WayIn) -> Bundles:
    from entrepot.jobs.bundled import Bundles

    return Bundles(way=way)
