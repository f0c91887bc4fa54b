"""Settings become adapters: the engine, our own records, the workbench, the stores of attached files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Principal, Verb, require
from entrepot.config.file_places import file_places
from entrepot.config.load import load_settings, naming
from entrepot.config.own_records import bucket_url, ledger_url
from entrepot.config.settings import Loaded
from entrepot.model.catalog import Catalog
from entrepot.model.overlay import apply_overlay
from entrepot.model.ports import Cancel, Clock, Engine, Heedful, Reporter
from entrepot.model.sessions import Signature, Signing
from entrepot.protection import must_be_apart, named_engine, not_attached

if TYPE_CHECKING:
    from entrepot.model.file_stores import FileStore
    from entrepot.model.orders import Finishing
    from entrepot.model.records import JobRecord
    from entrepot.state import Elsewhere, State
    from entrepot.workbench.client import ChildWorkbench


class Adapters:
    """Nothing is opened before it is needed; whoever is handed something to open closes it. `home` is where relative
    names start, instead of the folder that this process stands in; `order` the job that a worker carries out, `end`
    writes down its end with what it has reported, and `opened` are our own records, which the worker has open."""

    def __init__(
        self,
        db: str | None,
        config: Path | None,
        environment: Mapping[str, str] | None,
        *,
        principal: Principal,
        reporter: Reporter,
        cancel: Cancel,
        clock: Clock,
        home: Path | None = None,
        origin: str = "python",
        order: JobRecord | None = None,
        end: Finishing | None = None,
        opened: State | None = None,
    ) -> None:
        self.environment = dict(os.environ if environment is None else environment)
        self.loaded = load_settings(self.environment, home or Path.cwd(), config)
        self.db = db
        self.principal = principal
        self.reporter = reporter
        self.cancel = cancel
        self.clock = clock
        self.origin = origin
        """Where requests come from: `cli`, `python`, the address of somebody."""
        self._order, self._end, self._opened = order, end, opened
        self._until: ExitStack | None = None
        """Until then our own records stay open, once they are."""

    def asked_by(self, principal: Principal) -> Adapters:
        """The same for somebody else."""
        other = copy(self)
        other.principal = principal
        return other

    def elsewhere(self, db: str) -> Adapters:
        """The same with another database."""
        other = copy(self)
        other.__dict__.pop("engine", None)
        other.db = db
        return other

    @cached_property
    def engine(self) -> Engine:
        """For a worker it says whose its sessions are."""
        engine = self.heeded(named_engine(self.loaded, self.db, self.environment))
        if self._order is not None and isinstance(engine, Signing):
            engine.sign(Signature(job=self._order.id, epoch=self._order.epoch))
        return engine

    def heeded(self, engine: Engine) -> Engine:
        """It hears whoever asks to stop, if it can."""
        if isinstance(engine, Heedful):
            engine.heed(self.cancel)
        return engine

    def catalog(self) -> Catalog:
        """What the schema says, overlaid with the settings; read anew at each call."""
        require(self.principal, Verb.SEE_CATALOG)
        schema = self.engine.introspect()
        with naming(self.loaded.file):
            return apply_overlay(schema, self.loaded.overlay)

    def workbench(self, work: Path) -> AbstractContextManager[ChildWorkbench]:
        from entrepot.workbench import open_workbench

        return open_workbench(work, self.loaded.settings.workbench.memory_mb * 1_000_000)

    def file_stores(self) -> dict[str, FileStore]:
        if not self.loaded.settings.files:
            return {}
        with naming(self.loaded.file):
            places = file_places(self.loaded, self.db)
            must_be_apart(self.loaded)
        home, others = self.loaded.folder, not_attached(self.loaded, self.engine, self.environment)
        return {name: file_store(place.where, home, others, self.environment) for name, place in places.items()}

    @contextmanager
    def state(self) -> Iterator[State]:
        """Our own records and stored files, made at their first use: never by a catalog."""
        from entrepot.quota import limited, quota_of

        with self._own_records() as state:
            known = replace(state, order=self._order, end=self._end)
            yield limited(known, quota_of(self.loaded.settings, self.principal))

    @contextmanager
    def opening_once(self) -> Iterator[Adapters]:
        """The same, with which our own records are opened once at most, however often the block needs them."""
        with ExitStack() as stack:
            other = copy(self)
            other._until = stack
            yield other

    def _own_records(self) -> AbstractContextManager[State]:
        from entrepot.state import open_state

        if self._opened is not None:
            return nullcontext(self._opened)
        opening = open_state(self.loaded.state, self.clock, elsewhere=self.elsewhere_kept())
        if self._until is None:
            return opening
        self._opened = self._until.enter_context(opening)
        return nullcontext(self._opened)

    def elsewhere_kept(self) -> Elsewhere:
        """What of our own does not lie in the folder."""
        return elsewhere_kept(self.loaded, self.environment)

    def has_state(self) -> bool:
        """Whether there is one, as far as that can be known without opening it."""
        return ledger_url(self.loaded, self.environment) is not None or self.loaded.state.exists()

    def described_state(self) -> str:
        """For people; makes nothing."""
        from entrepot.state import described

        return described(self.loaded.state, self.clock, self.elsewhere_kept())

    def secret(self) -> bytes:
        """The key of this installation, made if there is none yet."""
        with self.state() as state:
            return state.secret()

    def known_secret(self) -> bytes | None:
        """None: none was ever needed."""
        with self.state() as state:
            return state.known_secret()


def file_store(where: str, home: Path, others: frozenset[Path], environment: Mapping[str, str]) -> FileStore:
    from entrepot.storage.bucket import must_be_a_bucket
    from entrepot.storage.bucket_files import BucketStore, is_bucket
    from entrepot.storage.files import FolderStore

    if not is_bucket(where):
        return FolderStore(home / where, others=others)
    must_be_a_bucket(where)
    return BucketStore(where, environment)


def elsewhere_kept(loaded: Loaded, environment: Mapping[str, str]) -> Elsewhere:
    from entrepot.state import Elsewhere

    url, bucket = ledger_url(loaded, environment), bucket_url(loaded, environment)
    return Elsewhere(url=url, bucket=bucket, environment=environment)
