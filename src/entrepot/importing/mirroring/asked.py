"""What people ask of a mirror: which rows the file is to be equal to, and what cannot be asked at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from entrepot.importing.request import Prepared
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Errors, Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.filter_tree import Tree
from entrepot.model.filters import read_filter, typed
from entrepot.model.mirrors import MOST, Mirror
from entrepot.model.plans import ImportRequest
from entrepot.model.predicates import Predicate, both
from entrepot.model.row_rules import condition_of, named_fields
from entrepot.model.rules import RowRule
from entrepot.model.thresholds import threshold_of

OUTSIDE = "outside_scope"


def check_mirror(request: ImportRequest) -> None:
    """Before the file is read."""
    if request.mode is not Mode.MIRROR:
        _only_for_mirrors(request)
        return
    threshold_of(request.mirror.most or MOST)
    check_beside(request)
    _check_lines(request)
    reasons = {
        "it is cut into batches: none of them names all rows": request.batch_size is not None,
        "ids are the file's own and not remembered: every record is a new row": request.own_ids and not request.source,
        f"rows that exist are to {request.conflicts}, and a mirror overwrites": _does_otherwise(request),
    }
    _refuse(reasons)


def _check_lines(request: ImportRequest) -> None:
    if request.within:
        raise InputError(
            "no_mirror",
            f"A mirror is not made of {request.entity}, whose records stand on the lines of {request.within}: these"
            " need not name all of its rows.",
            remedy="Bring both in first, with --mode upsert; and then the lines without --also, their"
            f" {request.entity} by name: --mode mirror --map 'COLUMN=FIELD by NAME'.",
        )


def check_beside(request: ImportRequest) -> None:
    """Of any table of an import that deletes."""
    reasons = {
        "records that fail are skipped: the rows that they name would be deleted": request.errors is Errors.SKIP,
        "single records are decided about: the rows of those left out would be deleted": bool(request.decisions),
        "the tables are kept for one transaction": request.exclusive,
    }
    _refuse(reasons)


def _refuse(reasons: Mapping[str, object]) -> None:
    for reason in (reason for reason, applies in reasons.items() if applies):
        raise InputError("no_mirror", f"A mirror is not made where {reason}.", remedy="Leave one of the two out.")


def mirrored(entity: Entity, request: ImportRequest) -> Entity:
    """Refused where a file never names all rows."""
    if request.mode is Mode.MIRROR and entity.versions is not None:
        raise InputError(
            "no_mirror",
            f"A mirror is not made of '{entity.title}', whose rows are versions: all earlier ones would be deleted.",
            remedy="Bring new versions in: --mode upsert --on-conflict version.",
        )
    return entity


def _does_otherwise(request: ImportRequest) -> bool:
    return request.conflicts is not OnConflict.OVERWRITE


def _only_for_mirrors(request: ImportRequest) -> None:
    if request.mirror != Mirror():
        raise InputError(
            "only_for_mirrors",
            f"A filter, a limit or a number of rows to delete is for mirrors, and this import is to {request.mode}.",
            remedy="Use it with --mode mirror, which deletes what the file does not name; or leave it out.",
        )


def scope_of(prepared: Prepared) -> Predicate | None:
    """What the rows satisfy that the file is to be equal to; None: all."""
    return both(prepared.inside(prepared.entity), filtered(prepared))


def filtered(prepared: Prepared) -> Predicate | None:
    tree = read_filter(prepared.request.mirror.where or None)
    return None if tree is None else typed(tree, prepared.entity)


def scope_rules(entity: Entity, filled: Sequence[str], request: ImportRequest) -> tuple[RowRule, ...]:
    """Records outside of the scope would be other rows' equals."""
    tree = read_filter(request.mirror.where or None)
    if tree is None:
        return ()
    typed(tree, entity)  # says what is wrong with it in the words of filters
    _must_be_filled(tree, entity, filled, request.mirror.where)
    numbers = {name: at for at, name in enumerate(filled)}
    condition = condition_of(tree, entity, numbers)
    return (RowRule(condition=condition, words=f"'{request.mirror.where}' does not hold", code=OUTSIDE, strict=True),)


def _must_be_filled(tree: Tree, entity: Entity, filled: Sequence[str], where: str) -> None:
    if missing := [name for name in named_fields(tree, entity) if name not in filled]:
        raise InputError(
            "nothing_fills",
            f"The filter '{where}' is about {', '.join(missing)}, which nothing in the file fills.",
            remedy='Map a column to it, or give every record the same value: --set "FIELD=VALUE".',
        )
