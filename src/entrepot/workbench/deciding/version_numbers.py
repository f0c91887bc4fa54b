"""The numbers of versions, in SQL: that of the row that a record `met`, which is the newest, and that of its next."""

from __future__ import annotations

from entrepot.model.versions import Versioning

NEWEST = "coalesce(met.v::HUGEINT, 0)"


def given(versions: Versioning) -> str:
    return f"judged.f{versions.number}::HUGEINT"


def has_lower(versions: Versioning) -> str:
    return f"{given(versions)} < {NEWEST}"


def has_same(versions: Versioning) -> str:
    return f"{given(versions)} = {NEWEST}"


def next_number(versions: Versioning) -> str:
    """That of the file, where it is higher: two systems that count the same versions go on agreeing."""
    following = f"{NEWEST} + 1"
    if versions.number is None:
        return f"({following})::VARCHAR"
    return f"(CASE WHEN {given(versions)} > {NEWEST} THEN {given(versions)} ELSE {following} END)::VARCHAR"
