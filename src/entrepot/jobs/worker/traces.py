"""Traces of what a worker does, for OpenTelemetry: a span for each attempt at a job, and in it one for each phase.

Nothing here is imported unless traces are wanted. How a library speaks of its own work comes below: the span of the
attempt is the current one in its thread, and in the threads that work for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.util.types import AttributeValue

from entrepot.jobs.worker.running import Running
from entrepot.model.records import JobRecord
from entrepot.model.records import Status as JobStatus
from entrepot.model.spoken import stage_of
from entrepot.version import VERSION

NAME = "entrepot"
AWAY = 5000
"""Milliseconds that a collector which does not answer may keep a worker that goes."""


@contextmanager
def sent_traces() -> Iterator[Tracer]:
    """To where the variables of OpenTelemetry say. What cannot be sent is dropped: no job waits for it."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    resource = Resource.create({"service.name": NAME, "service.version": VERSION})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield provider.get_tracer(NAME, VERSION)
    finally:
        provider.force_flush(AWAY)
        provider.shutdown()


@dataclass(kw_only=True)
class Phases:
    """Of one attempt, one after the other."""

    tracer: Tracer
    attempt: Span
    _now: Span | None = field(default=None)

    def begin(self, words: str) -> None:
        """Their names are few; the words say which."""
        self.end()
        inside = set_span_in_context(self.attempt)
        self._now = self.tracer.start_span(stage_of(words).name.lower(), inside, attributes={"entrepot.phase": words})

    def end(self) -> None:
        if self._now is not None:
            self._now.end()
            self._now = None


@contextmanager
def traced(tracer: Tracer, running: Running) -> Iterator[None]:
    facts: dict[str, AttributeValue] = {
        f"entrepot.{name}": fact for name, fact in running.facts.items() if isinstance(fact, str | int)
    }
    with tracer.start_as_current_span(running.job.kind, attributes=facts) as span:
        phases = Phases(tracer=tracer, attempt=span)
        running.telling.on_phase = phases.begin
        try:
            yield
        finally:
            phases.end()
            span.set_attribute("entrepot.rows", running.telling.all_rows)
            _tell_end(span, running.state.ledger.jobs.get(running.job.id))


def _tell_end(span: Span, job: JobRecord) -> None:
    """One that is tried again is told as it is then: pending."""
    span.set_attribute("entrepot.status", job.status.value)
    if job.status is JobStatus.FAILED:
        code = str((job.error or {}).get("code", ""))
        span.set_attribute("error.type", code)
        span.set_status(Status(StatusCode.ERROR, code))
