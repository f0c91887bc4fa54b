"""The table that says which transactions were committed. It stands beside the data, and is no part of them: catalog,
export and comparison leave it out."""

from __future__ import annotations

from entrepot.model.errors import AccessError

TABLE = "entrepot_applied"


def no_mark_table(sentence: str, statements: str) -> AccessError:
    return AccessError(
        "no_mark_table",
        f"The table '{TABLE}', which says what was imported, cannot be made or written: {sentence}.",
        remedy=f"Ask somebody who may to run: {statements}",
    )
