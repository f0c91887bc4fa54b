"""What a worker tells those who watch it from outside: measures and traces, where it was asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from entrepot.config.settings import Loaded
from entrepot.config.trace_settings import are_traces_wanted
from entrepot.jobs.measuring import measured
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.jobs.worker.loop import Around, nothing_around
from entrepot.model.errors import missing_extra
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


@contextmanager
def sending_traces(environment: Mapping[str, str]) -> Iterator[Around]:
    """What goes around each attempt; without anybody to send them to, nothing."""
    if not are_traces_wanted(environment):
        yield nothing_around
        return
    try:
        from entrepot.jobs.worker.traces import sent_traces, traced
    except ImportError as error:
        raise missing_extra("otel", "Sending traces (OTEL_EXPORTER_OTLP_ENDPOINT)") from error
    with sent_traces() as tracer:
        yield partial(traced, tracer)
