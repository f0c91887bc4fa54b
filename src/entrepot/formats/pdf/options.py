"""What a person may choose about a report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from entrepot.model.errors import InputError

POINTS = {"A4": (841.89, 595.28), "Letter": (792.0, 612.0)}
"""Width and height, lying."""


@dataclass(frozen=True, kw_only=True)
class PdfOptions:
    title: str | None = None
    """What stands on the title page; the export's own title if not given."""
    page: Literal["A4", "Letter"] = "A4"
    """The paper, used lying: `A4` or `Letter`."""
    font: str | None = None
    """A TrueType file (.ttf, .ttc) for characters that DejaVu Sans lacks, Chinese for example."""
    max_rows: int | None = None
    """Print at most this many rows of each entity, and say how many are not shown."""

    def __post_init__(self) -> None:
        if self.max_rows is not None and self.max_rows < 1:
            message = f"The pdf option 'max_rows' cannot be {self.max_rows}."
            raise InputError("bad_option", message, remedy="Give 1 or more, or leave it out.")

    @property
    def size(self) -> tuple[float, float]:
        return POINTS[self.page]
