"""The ZIP data package: `datapackage.json` (Data Package v2), a member per entity, and the files that rows point to."""

from __future__ import annotations

from entrepot.formats.package.count import count_package
from entrepot.formats.package.options import PackageOptions
from entrepot.formats.package.write import write_package
from entrepot.formats.port import Format

__all__ = ["FORMAT", "PackageOptions"]

FORMAT = Format(
    name="package",
    title="ZIP data package",
    extension=".zip",
    media_type="application/zip",
    survives="Everything: every value, types, keys and relations between its entities, attached files; with checksums "
    "and fingerprints that prove it.",
    write=write_package,
    options=PackageOptions,
    aliases=("zip", "datapackage"),
    count=count_package,
    staged=True,
    metadata=True,
)
