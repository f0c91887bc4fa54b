"""Fingerprints of what was read, where the format did not take them beside its own stream."""

from __future__ import annotations

from dataclasses import replace

from entrepot.formats.fingerprints import fingerprint_query
from entrepot.formats.port import Document, Format, Result, Tools, Written
from entrepot.model.ports import RowSource


def measure_missing(result: Result, document: Document, source: RowSource, tools: Tools, format: Format) -> Result:
    """The result with a fingerprint for every entity, if they are wanted; a second read of the same snapshot."""
    if not tools.measure:
        return result
    tools.reporter.phase("Taking fingerprints")
    queries = {query.entity.name: query for query in document.queries}

    def measured(written: Written) -> Written:
        if written.fingerprint is not None:
            return written
        query, into_json = queries[written.entity], not format.json_null
        taken = fingerprint_query(query, source, tools.workbench(), into_json=into_json)
        return replace(written, fingerprint=taken)

    return replace(result, written=tuple(measured(written) for written in result.written))
