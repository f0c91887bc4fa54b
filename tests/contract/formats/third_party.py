"""A format as another package would bring it."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.formats.port import Document, Format, Result, Tools
from entrepot.model.ports import Outlet, RowSource


@dataclass(frozen=True, kw_only=True)
class YamlOptions:
    """Nothing to choose."""


def write(document: Document, _source: RowSource, outlet: Outlet, _options: YamlOptions, _tools: Tools) -> Result:
    with outlet.open(document.stem + ".yaml", "application/yaml") as sink:
        sink.write(b"--- {}\n")
    return Result(written=())


FORMAT = Format(
    name="yaml",
    title="YAML",
    extension=".yaml",
    media_type="application/yaml",
    survives="Nothing.",
    write=write,
    options=YamlOptions,
)
