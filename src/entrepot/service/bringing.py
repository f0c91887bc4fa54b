"""The part of the service that brings files in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, overload

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.storage.keys import Keys
from entrepot.use_cases.auditing import Told, recorded

if TYPE_CHECKING:
    from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
    from entrepot.model.import_receipts import ImportReceipt
    from entrepot.model.plans import ImportPlan, ImportRequest
    from entrepot.use_cases.imports import Imports

    Files = list[str] | list[Path] | tuple[str | Path, ...]
    FirstPage = Callable[[ImportPlan], object]


class BringsIn:
    _adapters: Adapters

    @property
    def _imports(self) -> Imports:
        raise NotImplementedError

    @overload
    def preview(
        self,
        file: str | Path,
        request: ImportRequest,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
        first: FirstPage | None = None,
    ) -> ImportPlan: ...

    @overload
    def preview(
        self,
        file: Files,
        request: BundleRequest | ImportRequest | None = None,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
        first: FirstPage | None = None,
    ) -> ImportPlan | BundlePlan: ...

    def preview(
        self,
        file: str | Path | Files,
        request: ImportRequest | BundleRequest | None = None,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
        first: FirstPage | None = None,
    ) -> ImportPlan | BundlePlan:
        """What would become of every record of a file; nothing is written. The plan is kept for a week. Records that
        would fail go to the file `errors_to`, with what is wrong with them. Of a large file `first` is told what would
        become of its first records, while the others are still to be read.

        A list of files (and folders) is all their tables as one import; `errors_to` is then a folder. If there is one
        table only, it is an import of that. A list of one file with an ImportRequest is that file, and a table of
        parents that are made of what it says (`Missing.CREATE`)."""
        keys, to = Keys(passphrase=passphrase, identity=identity), path_of(errors_to)
        with self._recorded(Action.PREVIEW, file, request) as told, self._bringing_in() as imports:
            if isinstance(file, (str, Path)):
                return told(imports.preview(Path(file), one(request), keys, to, first))
            if (alone := only(file, request)) is not None:
                return told(imports.preview(alone, one(request), keys, to, first, alone=False))
            return told(imports.preview_all([Path(name) for name in file], several(request), keys, to))

    def plan(self, plan_id: str) -> ImportPlan | BundlePlan:
        """One that was made before."""
        with recorded(self._adapters, Action.SHOW_PLAN, plan_id):
            return self._imports.plan(plan_id)

    def apply(
        self,
        plan_id: str,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
        confirm_deletes: int | None = None,
    ) -> ImportReceipt | BundleReceipt:
        """Exactly what was planned; if the rows have changed so that it would be something else, nothing. Of a mirror,
        say how many rows it deletes: `plan.deletes`."""
        keys = Keys(passphrase=passphrase, identity=identity)
        with recorded(self._adapters, Action.APPLY, plan_id, plan=plan_id) as told, self._bringing_in() as imports:
            return told(imports.apply(plan_id, keys, path_of(errors_to), confirm_deletes))

    @overload
    def bring_in(
        self,
        file: str | Path,
        request: ImportRequest,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportReceipt: ...

    @overload
    def bring_in(
        self,
        file: Files,
        request: BundleRequest | ImportRequest | None = None,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportReceipt | BundleReceipt: ...

    def bring_in(
        self,
        file: str | Path | Files,
        request: ImportRequest | BundleRequest | None = None,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportReceipt | BundleReceipt:
        """Import a file, or a list of them, without looking at a plan first."""
        keys, to = Keys(passphrase=passphrase, identity=identity), path_of(errors_to)
        with self._recorded(Action.IMPORT, file, request) as told, self._bringing_in() as imports:
            if isinstance(file, (str, Path)):
                return told(imports.bring_in(Path(file), one(request), keys, to))
            if (alone := only(file, request)) is not None:
                return told(imports.bring_in(alone, one(request), keys, to, alone=False))
            return told(imports.bring_in_all([Path(name) for name in file], several(request), keys, to))

    def resume(
        self,
        job: str,
        *,
        passphrase: str | None = None,
        identity: str | None = None,
        errors_to: str | Path | None = None,
    ) -> ImportReceipt | BundleReceipt:
        """Go on with an import in batches whose process died: nothing is lost, and nothing is brought in twice."""
        with recorded(self._adapters, Action.RESUME, job) as told:
            keys = Keys(passphrase=passphrase, identity=identity)
            return told(self._imports.resume(job, keys, path_of(errors_to)))

    @contextmanager
    def _bringing_in(self) -> Iterator[Imports]:
        """The workbench gets ready while all else is loaded that an import needs."""
        from entrepot.use_cases.workplaces import workplace

        with workplace(self._adapters) as ready:
            from entrepot.use_cases.imports import Imports

            yield Imports(adapters=self._adapters, ready=iter([ready]))

    def _recorded(
        self, action: Action, file: str | Path | Files, request: ImportRequest | BundleRequest | None
    ) -> AbstractContextManager[Told]:
        """Several files are told by their names, an entity where one was named."""
        about = file if isinstance(file, (str, Path)) else ", ".join(map(str, file))
        each = getattr(request, "each", request)
        entity, tenant = getattr(each, "entity", None), getattr(each, "tenant", None)
        return recorded(self._adapters, action, about, entity, tenant=tenant)


def one(request: ImportRequest | BundleRequest | None) -> ImportRequest:
    from entrepot.model.plans import ImportRequest

    if not isinstance(request, ImportRequest):
        raise TypeError("one file is imported by an ImportRequest; a list of files by a BundleRequest")
    return request


def only(files: Files, request: ImportRequest | BundleRequest | None) -> Path | None:
    """The one file that a request is about."""
    from entrepot.model.plans import ImportRequest

    return Path(files[0]) if isinstance(request, ImportRequest) and len(files) == 1 else None


def several(request: ImportRequest | BundleRequest | None) -> BundleRequest:
    from entrepot.model.bundles import BundleRequest

    if request is not None and not isinstance(request, BundleRequest):
        raise TypeError("a list of files is imported by a BundleRequest, whose `each` holds for every table")
    return request or BundleRequest()


def path_of(name: str | Path | None) -> Path | None:
    return None if name is None else Path(name)
