"""The schedules of the settings (`[[schedules]]`), which can be changed there alone."""

from __future__ import annotations

from entrepot.access.permissions import Role
from entrepot.config.load import naming
from entrepot.config.queues import queue_for
from entrepot.config.settings import Loaded, ScheduleSettings
from entrepot.exporting.plan import ExportOptions
from entrepot.jobs.orders.places import place_of
from entrepot.jobs.orders.requests import CLEANUP, EXPORT, OWN_RECORDS, CleanupOrder, ExportOrder, written
from entrepot.jobs.schedules.checking import checked, folder_of, policy
from entrepot.model.cleanup import CleanupRequest
from entrepot.model.errors import InputError
from entrepot.model.schedules import Missed, Overlap, Schedule
from entrepot.model.selection import Scope, Selection
from entrepot.model.suggest import unknown

PRINCIPAL = {"name": "settings", "role": Role.SYSTEM_ADMIN.value, "tenant": None}
"""Whoever may write the settings holds the credentials that stand there."""
BY_DEFAULT = "default"
OF_EXPORTS = ("database", "export", "selection", "tenant", "to", "format", "compress", "encrypt", "keep")


def configured_schedules(loaded: Loaded) -> tuple[Schedule, ...]:
    """In the order of the file. InputError for the first that cannot be understood; no database is asked."""
    found: dict[str, Schedule] = {}
    with naming(loaded.file):
        for settings in loaded.settings.schedules:
            place = f"[[schedules]] {settings.name}: "
            if settings.name in found:
                raise InputError(
                    "given_twice", f"{place}There are two of that name.", remedy="Give each a name of its own."
                )
            found[settings.name] = _schedule(settings, loaded, place)
    return tuple(found.values())


def _schedule(settings: ScheduleSettings, loaded: Loaded, place: str) -> Schedule:
    _check_cleanup(settings, place)
    kind = CLEANUP if settings.cleanup else EXPORT
    return checked(
        Schedule(
            name=settings.name,
            kind=kind,
            cron=settings.cron,
            zone=settings.zone,
            database=OWN_RECORDS if settings.cleanup else _database(settings, loaded, place),
            request=_tidying(loaded) if settings.cleanup else written(_order(settings, loaded, place)),
            to=None if settings.to is None else str(loaded.folder.absolute() / folder_of(settings.to, place)),
            keep=settings.keep,
            missed=policy(Missed, settings.missed, f"{place}missed"),
            overlap=policy(Overlap, settings.overlap, f"{place}overlap"),
            most=settings.most,
            paused=settings.paused,
            queue=queue_for(kind, settings.tenant, settings.queue, loaded, f"{place}queue"),
            principal=PRINCIPAL,
            tenant=settings.tenant,
        ),
        place,
    )


def _check_cleanup(settings: ScheduleSettings, place: str) -> None:
    usual = ScheduleSettings(name="", cron="")
    strange = [name for name in OF_EXPORTS if getattr(settings, name) != getattr(usual, name)]
    if settings.cleanup and strange:
        raise InputError(
            "not_with_cleanup",
            f"{place}{strange[0]} is nothing that a clean-up has.",
            remedy="Leave it out; [retention] says how long what is kept. Exports are schedules of their own.",
        )


def _tidying(loaded: Loaded) -> dict[str, object]:
    """Nobody sees whether the clock is right when it runs."""
    return written(CleanupOrder(place=place_of(None, loaded, loaded.folder), asked=CleanupRequest(sure=True)))


def _database(settings: ScheduleSettings, loaded: Loaded, place: str) -> str:
    """By its name: the database itself is not there to be asked what it is called. Never a URL, which may be secret."""
    name = settings.database
    if name is not None and "://" not in name and name not in loaded.settings.databases:
        raise unknown("database", name, loaded.settings.databases, f"{place}database")
    if name is None and len(loaded.settings.databases) == 1 and loaded.default_database is None:
        return next(iter(loaded.settings.databases))
    return BY_DEFAULT if name is None or "://" in name else name


def _order(settings: ScheduleSettings, loaded: Loaded, place: str) -> ExportOrder:
    """Where it goes is said for each run."""
    return ExportOrder(
        place=place_of(settings.database, loaded, loaded.folder),
        to=None,
        selection=Selection(
            entities=settings.export or (() if settings.selection else ("*",)),
            scope=Scope.TENANT if settings.tenant is not None else Scope.ALL,
            tenant=settings.tenant,
        ),
        named=settings.selection,
        options=ExportOptions(
            format=_format(settings, loaded, place), compress=settings.compress, encrypt=settings.encrypt
        ),
    )


def _format(settings: ScheduleSettings, loaded: Loaded, place: str) -> str | None:
    """None: the one of its selection."""
    exports = loaded.settings.exports
    if settings.selection is not None and settings.selection not in exports:
        raise unknown("selection", settings.selection, exports, f"{place}selection")
    saved = exports[settings.selection].format if settings.selection else None
    if settings.format is None and saved is None:
        raise InputError("no_format", f"{place}No format is given.", remedy='Say one, such as format = "csv".')
    return settings.format
