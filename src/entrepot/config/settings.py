"""What can be set. Everything is optional; without a file the schema alone is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from entrepot.config.notification_settings import NotificationSettings
from entrepot.config.sizes import Size
from entrepot.model.limits import Limits
from entrepot.model.overlay import CatalogOverlay, EntityOverlay


@dataclass(frozen=True, kw_only=True)
class DatabaseSettings:
    """`[databases.<name>]`"""

    url: str
    """`sqlite:///app.db`, `postgresql://…`, `mysql://…`, or `env:NAME` to take it from the environment."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Where the files of a collection are for this database, if not where `[files.<name>]` says."""


@dataclass(frozen=True, kw_only=True)
class TenancySettings:
    """`[tenancy]`"""

    root: str | None = None
    """The entity whose rows are the tenants; others reach it by their foreign keys."""
    quota: Size | None = None
    """How much may be stored by those who are bound to one tenant."""


@dataclass(frozen=True, kw_only=True)
class FilesSettings:
    """`[files.<name>]`: where the bytes of file fields live."""

    folder: str
    """A folder; a relative one starts at the settings file. Or a bucket: `s3://bucket/prefix`, `gs://…` or `az://…`."""


@dataclass(frozen=True, kw_only=True)
class EncryptionSettings:
    """`[encryption]`"""

    recipients: tuple[str, ...] = ()
    """age public keys (`age1…`) that every `--encrypt` uses."""
    identity: str | None = None
    """age secret key for reading back; best given as `env:NAME`."""


@dataclass(frozen=True, kw_only=True)
class WorkbenchSettings:
    """`[workbench]`"""

    memory_mb: int = 200
    """What the process that parses and compares rows may keep in memory before it uses the disk; very wide tables and
    very large values need more."""


@dataclass(frozen=True, kw_only=True)
class StateSettings:
    """`[state]`: where Entrepot keeps its own records and stored files."""

    folder: str = ".entrepot"
    """A relative one starts at the settings file; `ENTREPOT_STATE` goes before it."""
    url: str | None = None
    """`postgresql://…`, or `env:NAME`: the records are kept there, and the folder has only the stored files."""
    artifacts: str | None = None
    """`s3://bucket/prefix`, `gs://…` or `az://…`: stored files are kept there, and the folder has copies."""
    quota: Size | None = None
    """How much may be stored in all."""


@dataclass(frozen=True, kw_only=True)
class RetentionSettings:
    """`[retention]`: how long stored files are kept, and what is known of jobs."""

    drafts: timedelta = timedelta(days=30)
    """Files that were given, and their plans."""
    journals: timedelta = timedelta(days=90)
    """What undoes an import, and the file that was imported."""
    exports: timedelta = timedelta(days=7)
    """Files that jobs have exported, to be downloaded."""
    jobs: timedelta = timedelta(days=365)
    """What is known of jobs that are over, once nothing is left of them that could be wanted."""


@dataclass(frozen=True, kw_only=True)
class ExportSettings:
    """`[exports.<name>]`: a named selection, usable by its name on every face."""

    entities: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    format: str | None = None
    """Where neither an option nor the file's name says another."""
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    transforms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    where: Mapping[str, object] = field(default_factory=dict)
    """Entity (or `*`) → filter, as text or as a table, or a list of filters that must all hold."""
    flags: Mapping[str, bool] = field(default_factory=dict)
    """`users = false` leaves an entity or `@group` out; `users = true` adds it."""
    since: str | None = None
    until: str | None = None
    limit: int | None = None
    scope: str | None = None
    tenant: str | None = None
    related: str | None = None
    left_out: str | None = None
    order: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduleSettings:
    """`[[schedules]]`: an export, or a clean-up, that is done again and again."""

    name: str
    cron: str
    """Five fields, or `daily at 02:00`."""
    zone: str = "UTC"
    database: str | None = None
    export: tuple[str, ...] = ()
    """Entities; all, or those of the selection, if none is named."""
    selection: str | None = None
    """`[exports.<name>]`"""
    cleanup: bool = False
    """Clean up instead."""
    tenant: str | None = None
    to: str | None = None
    """A folder, in which each run makes its own; a relative one starts at the settings file."""
    format: str | None = None
    compress: str | None = None
    encrypt: bool = False
    keep: Mapping[str, object] = field(default_factory=dict)
    """`{ daily = 7, weekly = 4, within = "90d", size = "10 GB" }`"""
    missed: str = "once"
    overlap: str = "skip"
    most: int = 10
    queue: str | None = None
    """None: what the rules say."""
    paused: bool = False


@dataclass(frozen=True, kw_only=True)
class QueueRule:
    """`[[work.rules]]`: the queue of what nobody names one for; the first rule that fits counts."""

    queue: str
    kind: str | None = None
    """None: all kinds."""
    tenant: str | None = None
    """As requests have it; None: whatever is said of tenants."""

    def fits(self, kind: str, tenant: str | None) -> bool:
        return self.kind in (None, kind) and self.tenant in (None, tenant)


@dataclass(frozen=True, kw_only=True)
class WorkSettings(Limits):
    """`[work]`"""

    queues: tuple[str, ...] = ()
    """Besides `default`; workers say which of them they listen to."""
    rules: tuple[QueueRule, ...] = ()
    part_rows: int = 500_000
    """Rows of a table in a part of an export that several workers make; 0: each export is made by one."""
    lease: int = 5
    """Seconds without a sign of life, after which a worker is taken for paused, and others go on with its jobs."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    databases: Mapping[str, DatabaseSettings] = field(default_factory=dict)
    tenancy: TenancySettings = TenancySettings()
    entities: Mapping[str, EntityOverlay] = field(default_factory=dict)
    exports: Mapping[str, ExportSettings] = field(default_factory=dict)
    files: Mapping[str, FilesSettings] = field(default_factory=dict)
    encryption: EncryptionSettings = EncryptionSettings()
    workbench: WorkbenchSettings = WorkbenchSettings()
    state: StateSettings = StateSettings()
    retention: RetentionSettings = RetentionSettings()
    work: WorkSettings = WorkSettings()
    schedules: tuple[ScheduleSettings, ...] = ()
    notifications: tuple[NotificationSettings, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """The settings, and where relative paths in them start."""

    settings: Settings
    folder: Path
    file: Path | None = None
    default_database: str | None = None
    """What `ENTREPOT_DB` says: a name or a URL."""
    state_instead: Path | None = None
    """The folder that `ENTREPOT_STATE` or `ENTREPOT_STATE_FOLDER` says."""

    @property
    def state(self) -> Path:
        """The folder of our own records and stored files; it may not exist yet."""
        return self.state_instead or self.folder / self.settings.state.folder

    @property
    def overlay(self) -> CatalogOverlay:
        return CatalogOverlay(tenant_root=self.settings.tenancy.root, entities=self.settings.entities)
