"""Exports and imports as the system `chenu` asks for them, in one module (docs/how-to/chenu.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.systems.chenu.jobs import ExportJob, ImportJob, Progress, Validation
from entrepot.systems.chenu.options import ExportOptions, ImportOptions
from entrepot.systems.chenu.service import ExportImportService
from entrepot.systems.chenu.words import ExportFormat, ImportFormat, Word

if TYPE_CHECKING:
    EntityType: type[Word]

__all__ = [
    "EntityType",
    "ExportFormat",
    "ExportImportService",
    "ExportJob",
    "ExportOptions",
    "ImportFormat",
    "ImportJob",
    "ImportOptions",
    "Progress",
    "Validation",
    "export_import_service",
]

export_import_service = ExportImportService()
"""Of the database that is configured."""


def __getattr__(name: str) -> type[Word]:
    """The entities are in the database, which nobody has opened before."""
    if name != "EntityType":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return export_import_service.EntityType
