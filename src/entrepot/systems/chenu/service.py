"""Exports and imports as coroutines over the jobs of `service`: created, then run by a worker, whoever waits.

>>> service = ExportImportService(Entrepot("sqlite:///app.db"))                     # doctest: +SKIP
>>> job = service.create_export("anna", ExportOptions(ExportFormat.JSON))           # doctest: +SKIP
>>> await service.run_export(job.id)                                                # doctest: +SKIP
>>> data, filename = service.download_export(job.id)                                # doctest: +SKIP
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.access.permissions import Principal, Role
from entrepot.jobs.orders.asking import who_asked
from entrepot.ledger.records import unknown_id
from entrepot.model.errors import InputError
from entrepot.model.orders import HELD, JobView
from entrepot.service.entrepot import Entrepot
from entrepot.systems.chenu.asking_in import asked_in
from entrepot.systems.chenu.asking_out import asked_out
from entrepot.systems.chenu.jobs import (
    DONE,
    SYSTEM,
    ExportJob,
    ImportJob,
    Progress,
    Validation,
    export_job,
    import_job,
    progress_of,
)
from entrepot.systems.chenu.options import ExportOptions, ImportOptions
from entrepot.systems.chenu.validating import validation
from entrepot.systems.chenu.words import Word, entity_type
from entrepot.use_cases.submissions import Manner

Hears = Callable[[Progress], object]
EXPORTS, IMPORTS = ("export",), ("import", "preview")


def by_name(user: object) -> Principal:
    """Whoever the host has let in, by the name or number that it knows them by. They may do whatever can be done: hosts
    that tell more apart say so by a `Principal`."""
    if isinstance(user, Principal):
        return user
    if isinstance(user, (str, int)) and str(user).strip():
        return Principal(name=str(user), role=Role.SYSTEM_ADMIN)
    raise InputError(
        "unknown_user",
        f"{user!r} is no user.",
        remedy="Give a name, a number or a Principal, or make the service with who=, which makes one of yours.",
    )


class ExportImportService:
    """`shop`: whose data it is; None: the database of `ENTREPOT_DB` or of entrepot.toml, looked for when it is needed.
    `who` makes a `Principal` of what the host calls a user. Jobs outlive this process; others may go on."""

    def __init__(self, shop: Entrepot | None = None, *, who: Callable[[object], Principal] = by_name) -> None:
        self._given, self._who = shop, who

    @cached_property
    def EntityType(self) -> type[Word]:  # noqa: N802 - a class, as it is called elsewhere
        """The entities as they are when it is first asked for. Their names as texts will always do."""
        return entity_type(self._shop.catalog())

    def create_export(self, user: object, options: ExportOptions) -> ExportJob:
        """`pending` until it is run; what is wrong with the options is told now."""
        shop = self._shop.on_behalf_of(self._who(user))
        asked = asked_out(options, shop.catalog(), self._who(user).name)
        job = shop.submit_export(selection=asked.selection, options=asked.written, manner=Manner(held=True))
        return self.get_export(job.id)

    async def run_export(self, id: str, progress: Hears | None = None) -> ExportJob:
        """Its end. One that runs already is waited for; one that is over is told."""
        shop = await asyncio.to_thread(self._started, id, EXPORTS)
        await _done(shop, id, progress)
        return await asyncio.to_thread(self.get_export, id)

    def get_export(self, id: str) -> ExportJob:
        shop, view = self._seen(id, EXPORTS)
        (said,) = shop.job_words(SYSTEM, id)
        return export_job(view, said)

    def cancel_export(self, id: str) -> ExportJob:
        """It hears of it within a second."""
        shop, _ = self._seen(id, EXPORTS)
        shop.cancel_job(id)
        return self.get_export(id)

    def download_export(self, id: str) -> tuple[bytes, str]:
        """The file, proven to be what was written, and its name."""
        shop, view = self._seen(id, EXPORTS)
        name = export_job(view, *shop.job_words(SYSTEM, id)).filename or id
        with TemporaryDirectory() as folder:
            file, *_ = shop.download(id, to=Path(folder) / name)
            return file.read_bytes(), file.name

    def create_import(self, user: object, path: str | Path, options: ImportOptions | None = None) -> ImportJob:
        """`pending` until it is validated or run. The file is kept as it is now."""
        shop, asked = self._shop.on_behalf_of(self._who(user)), options or ImportOptions()
        file, request = asked_in(Path(path), asked)
        job = shop.submit_import(file, request, look=asked.validate_only, manner=Manner(held=True))
        return self.get_import(job.id)

    async def validate_import(self, id: str, progress: Hears | None = None) -> Validation:
        """What would become of every record; nothing is written. Anew, as often as it is asked for. One that
        is only to be validated is so once, because its file goes then; what was found is told again."""
        shop, _ = await asyncio.to_thread(self._seen, id, IMPORTS)
        look = await asyncio.to_thread(shop.look_at_job, id)
        await _done(shop, look.id, progress)
        return await asyncio.to_thread(validation, shop, look.id)

    async def run_import(self, id: str, progress: Hears | None = None) -> ImportJob:
        """Its end: what the last validation said, or nothing."""
        shop, view = await asyncio.to_thread(self._seen, id, IMPORTS)
        if view.look is not None and view.look.finished_at is None:
            await _done(shop, view.look.id, None)
        shop = await asyncio.to_thread(self._started, id, IMPORTS)
        await _done(shop, id, progress)
        return await asyncio.to_thread(self.get_import, id)

    def get_import(self, id: str) -> ImportJob:
        """One that is not run yet is as its last validation is."""
        shop, view = self._seen(id, IMPORTS)
        waits = view.order is not None and view.order.queue == HELD and not view.job.status.final
        (said,) = shop.job_words(SYSTEM, view.look.id if waits and view.look else id)
        return import_job(view, said)

    def cancel_import(self, id: str) -> ImportJob:
        shop, view = self._seen(id, IMPORTS)
        shop.cancel_job(id)
        if view.look is not None and view.look.finished_at is None:
            shop.cancel_job(view.look.id)
        return self.get_import(id)

    @cached_property
    def _shop(self) -> Entrepot:
        return self._given or Entrepot()

    def _seen(self, id: str, kinds: tuple[str, ...]) -> tuple[Entrepot, JobView]:
        """As whoever created it sees it."""
        view = self._shop.job(id)
        if view.order is None or view.job.kind not in kinds:
            raise unknown_id(kinds[0], id)
        return self._shop.on_behalf_of(who_asked(view.order)), view

    def _started(self, id: str, kinds: tuple[str, ...]) -> Entrepot:
        shop, _ = self._seen(id, kinds)
        shop.start_job(id)
        return shop


async def _done(shop: Entrepot, id: str, progress: Hears | None) -> None:
    """`progress` is called in the loop, and last of all when all is done."""
    if progress is None:
        await shop.awaited(id).done()
        return
    ended = await shop.awaited(id).done(lambda told: progress(progress_of(told)))
    if ended.job.error is None and ended.progress is not None:
        progress(replace(progress_of(ended.progress), percent=DONE))
