"""What a person may choose about a package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class PackageOptions:
    member_format: Literal["csv", "ndjson", "json", "parquet"] = "csv"
    """How each entity's rows are written inside the package."""
    manifest: bool = False
    """Also write `manifest.json`: counts, checksums, attachments and warnings for programs that look for it."""
    attachments: bool = True
    """Also the files that rows point to."""
    camel_case: bool = False
    """Write field names as `customerId` instead of `customer_id`, in the data and in the manifest."""
