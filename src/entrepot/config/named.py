"""Named selections of `entrepot.toml`, and what a request adds to one."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from entrepot.config.settings import ExportSettings, Settings
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Relatives, Scope, Selection
from entrepot.model.suggest import nearest, unknown

Word = TypeVar("Word", bound=StrEnum)


def named_selection(settings: Settings, name: str, request: Selection) -> Selection:
    """The selection `[exports.<name>]`, narrowed by what the request itself says; the request wins."""
    if name not in settings.exports:
        raise unknown("selection", name, settings.exports)
    base = _selection(name, settings.exports[name])
    return replace(
        base,
        entities=request.entities or base.entities,
        exclude=(*base.exclude, *request.exclude),
        fields={**base.fields, **request.fields},
        rename={**base.rename, **request.rename},
        transforms={**base.transforms, **request.transforms},
        where={**base.where, **request.where},
        since=request.since or base.since,
        until=request.until or base.until,
        limit=base.limit if request.limit is None else request.limit,
        scope=base.scope if request.scope is Scope.ALL else request.scope,
        tenant=request.tenant or base.tenant,
        related=base.related if request.related is Relatives.NONE else request.related,
        left_out=base.left_out if request.left_out is LeftOut.KEEP else request.left_out,
        order=request.order,
    )


def _selection(name: str, settings: ExportSettings) -> Selection:
    where = f"exports.{name}"
    scope = Scope.TENANT if settings.tenant and not settings.scope else _word(Scope, settings.scope, f"{where}.scope")
    return Selection(
        entities=(*settings.entities, *(entity for entity, wanted in settings.flags.items() if wanted)),
        exclude=(*settings.exclude, *(entity for entity, wanted in settings.flags.items() if not wanted)),
        fields=settings.fields,
        rename=settings.rename,
        transforms=settings.transforms,
        where=settings.where,
        since=settings.since,
        until=settings.until,
        limit=settings.limit,
        scope=scope,
        tenant=settings.tenant,
        related=_word(Relatives, settings.related, f"{where}.related"),
        left_out=_word(LeftOut, settings.left_out, f"{where}.left_out"),
    )


def _word(kind: type[Word], text: str | None, where: str) -> Word:
    """The member that a word of the settings names; the first member where nothing is said."""
    words = [member.value for member in kind]
    if text is None:
        return next(iter(kind))
    if text in words:
        return kind(text)
    guess = nearest(text, words)
    raise InputError(
        "unknown_value",
        f"{where} is '{text}', which means nothing there.",
        remedy=(f"Did you mean '{guess}'? " if guess else "") + f"It can be: {', '.join(words)}.",
    )
