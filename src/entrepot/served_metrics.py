"""What a worker tells whoever collects measures, where it was asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from entrepot.config.settings import Loaded
from entrepot.jobs.measuring import measured
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.model.metrics import exposition
from entrepot.state import State


@contextmanager
def serving_metrics(address: str | None, state: State, read: Callable[[], Loaded]) -> Iterator[None]:
    """The settings are read at each look: their schedules may change."""
    if address is None:
        yield
        return

    from entrepot.jobs.worker.metrics_server import address_of, serving

    def measure() -> str:
        return exposition(measured(state, configured_schedules(read())))

    with serving(address_of(address), measure):
        yield
