"""Entrepot: carries the data behind any application out of its database, whole and proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.model.attachments import Files
    from entrepot.model.baselines import BaselineUse
    from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
    from entrepot.model.drafts import Blank, Errors, Mode, OnConflict, Reading, Step
    from entrepot.model.finding import Missing
    from entrepot.model.import_receipts import ImportReceipt
    from entrepot.model.mappings import FieldMapping, MappingRequest
    from entrepot.model.mirrors import Mirror
    from entrepot.model.plans import ImportPlan, ImportRequest
    from entrepot.model.selection import LeftOut, Order, Relatives, Scope, Selection
    from entrepot.service.entrepot import Entrepot, ExportOptions, ExportOutcome

__all__ = [
    "BaselineUse",
    "Blank",
    "BundlePlan",
    "BundleReceipt",
    "BundleRequest",
    "Entrepot",
    "Errors",
    "ExportOptions",
    "ExportOutcome",
    "FieldMapping",
    "Files",
    "ImportPlan",
    "ImportReceipt",
    "ImportRequest",
    "LeftOut",
    "MappingRequest",
    "Mirror",
    "Missing",
    "Mode",
    "OnConflict",
    "Order",
    "Reading",
    "Relatives",
    "Scope",
    "Selection",
    "Step",
]

HOMES = {
    "BaselineUse": "entrepot.model.baselines",
    "Files": "entrepot.model.attachments",
    **dict.fromkeys(("Entrepot", "ExportOptions", "ExportOutcome"), "entrepot.service.entrepot"),
    **dict.fromkeys(("LeftOut", "Order", "Relatives", "Scope", "Selection"), "entrepot.model.selection"),
    **dict.fromkeys(("Blank", "Errors", "Mode", "OnConflict", "Reading", "Step"), "entrepot.model.drafts"),
    "Missing": "entrepot.model.finding",
    **dict.fromkeys(("BundlePlan", "BundleReceipt", "BundleRequest"), "entrepot.model.bundles"),
    **dict.fromkeys(("FieldMapping", "MappingRequest"), "entrepot.model.mappings"),
    "Mirror": "entrepot.model.mirrors",
    "ImportReceipt": "entrepot.model.import_receipts",
    **dict.fromkeys(("ImportPlan", "ImportRequest"), "entrepot.model.plans"),
}


def __getattr__(name: str) -> object:
    """Imported at the first use: `entrepot --help` should not wait for what it does not need."""
    from importlib import import_module

    if name not in HOMES:
        raise AttributeError(f"module 'entrepot' has no attribute '{name}'")
    return getattr(import_module(HOMES[name]), name)
