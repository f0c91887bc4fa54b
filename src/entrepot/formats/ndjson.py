"""NDJSON as a format of its own; it shares its records with JSON."""

from __future__ import annotations

from entrepot.formats.json import NDJSON as FORMAT

__all__ = ["FORMAT"]
