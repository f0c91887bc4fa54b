"""What a person may choose about a workbook."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.errors import InputError
from entrepot.model.spreadsheets import MOST_ROWS


@dataclass(frozen=True, kw_only=True)
class XlsxOptions:
    about: bool = True
    """End with a sheet that says what the workbook holds: scope, filters, counts, database, date."""
    row_limit: int = MOST_ROWS
    """Rows of a sheet, its header included; what is beyond goes on in further sheets: `users (2)`."""
    baseline: bool = False
    """Hide a signed baseline in it: given back, it only changes what somebody edited, and keeps what others did."""

    def __post_init__(self) -> None:
        if not 2 <= self.row_limit <= MOST_ROWS:
            raise InputError(
                "bad_option",
                f"A sheet cannot have {self.row_limit:,} rows.",
                remedy=f"Give a row_limit from 2 to {MOST_ROWS}.",
            )
