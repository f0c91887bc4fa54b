"""Whether traces are wanted: where OpenTelemetry itself is told where they go, in its own variables."""

from __future__ import annotations

from collections.abc import Mapping

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
OFF = "OTEL_SDK_DISABLED"


def are_traces_wanted(environment: Mapping[str, str]) -> bool:
    """
    >>> are_traces_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}), are_traces_wanted({})
    (True, False)
    """
    return any(environment.get(name) for name in ENDPOINTS) and environment.get(OFF, "").lower() != "true"
