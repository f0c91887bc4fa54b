"""Copies that delete: what the source does not have goes from the other database."""

from __future__ import annotations

from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Relatives, Scope, Selection


def check_mirror(asked: BundleRequest, selection: Selection) -> None:
    """Rows that were not selected would be taken for rows that are gone."""
    if not any(request.mode is Mode.MIRROR for request in (asked.each, *asked.tables.values())):
        return
    for some in filter(None, (selection, selection.within)):
        reasons = {
            "--where": some.where,
            "--since": some.since,
            "--until": some.until,
            "--limit": some.limit is not None,
            "--global": some.scope is Scope.GLOBAL,
            "--related": some.relatives is not Relatives.NONE,
            "--left-out drop": some.left_behind is LeftOut.DROP,
        }
        for option in (option for option, narrows in reasons.items() if narrows):
            raise InputError(
                "copy_cannot_mirror",
                f"The rows that {option} leaves behind would be deleted in the other database.",
                remedy="Mirror whole entities, or those of one tenant (--tenant); or leave --mode mirror out.",
            )
