"""Named selections of `entrepot.toml`, and what a request may change about one: how it is written, never how much."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from entrepot.config.settings import ExportSettings, Settings
from entrepot.model.errors import InputError
from entrepot.model.selection import LeftOut, Order, Relatives, Scope, Selection
from entrepot.model.suggest import nearest, unknown

Word = TypeVar("Word", bound=StrEnum)


def named_selection(settings: Settings, name: str, request: Selection, file: Path | None = None) -> Selection:
    """`request` within the selection `[exports.<name>]`.

    People rely on a saved selection as on a boundary, so entities, fields, filters, dates, the limit, the tenant,
    the related rows and the references left out of a request only narrow it. How rows go out is replaced.
    `file` is where the settings were read from.
    """
    base = _selection(name, _export(settings, name))
    return replace(
        request,
        entities=request.entities or base.entities,
        exclude=(*base.exclude, *request.exclude),
        limit=min((limit for limit in (base.limit, request.limit) if limit is not None), default=None),
        scope=_scope(base, request),
        tenant=_tenant(base, request),
        related=_related(base, request),
        left_out=_left_out(base, request),
        order=request.order or base.order,
        within=replace(base, place=f"{file}: [exports.{name}]" if file else f"[exports.{name}]"),
    )


def named_format(settings: Settings, name: str) -> str | None:
    """The format that `[exports.<name>]` is written in where neither an option nor a file name says another."""
    return _export(settings, name).format


def _export(settings: Settings, name: str) -> ExportSettings:
    if name not in settings.exports:
        raise unknown("selection", name, settings.exports)
    return settings.exports[name]


def _scope(base: Selection, request: Selection) -> Scope:
    if Scope.ALL in (base.scope, request.scope) or base.scope is request.scope:
        return base.scope if request.scope is Scope.ALL else request.scope
    raise _outside(base, f"is about the scope '{base.scope}', not '{request.scope}'")


def _tenant(base: Selection, request: Selection) -> str | None:
    if None in (base.tenant, request.tenant) or base.tenant == request.tenant:
        return request.tenant or base.tenant
    raise _outside(base, f"is about the tenant '{base.tenant}', not '{request.tenant}'")


def _related(base: Selection, request: Selection) -> Relatives | None:
    wider = list(Relatives)
    if request.related is not None and wider.index(request.related) > wider.index(base.relatives):
        raise _outside(base, f"brings related rows '{base.relatives}', and '{request.related}' would go beyond it")
    return request.related or base.related


def _left_out(base: Selection, request: Selection) -> LeftOut | None:
    """From refusing everything, over fewer rows and fewer values, to the references themselves. Where nothing is
    saved, they go out as they are."""
    wider = [LeftOut.REFUSE, LeftOut.DROP, LeftOut.NULL, LeftOut.KEEP]
    if request.left_out is not None and wider.index(request.left_out) > wider.index(base.left_behind):
        raise _outside(base, f"has left_out = '{base.left_behind}', and '{request.left_out}' would go beyond it")
    return request.left_out or base.left_out


def _outside(base: Selection, fact: str) -> InputError:
    return InputError(
        "outside_selection",
        f"The selection '{base.name}' {fact}.",
        remedy=f"Leave that out, or change [exports.{base.name}].",
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
        scope=scope or Scope.ALL,
        tenant=settings.tenant,
        related=_word(Relatives, settings.related, f"{where}.related"),
        left_out=_word(LeftOut, settings.left_out, f"{where}.left_out"),
        order=_word(Order, settings.order, f"{where}.order"),
        name=name,
    )


def _word(kind: type[Word], text: str | None, where: str) -> Word | None:
    """The member that a word of the settings names; None where nothing is said."""
    words = [member.value for member in kind]
    if text is None:
        return None
    if text in words:
        return kind(text)
    guess = nearest(text, words)
    raise InputError(
        "unknown_value",
        f"{where} is '{text}', which means nothing there.",
        remedy=(f"Did you mean '{guess}'? " if guess else "") + f"It can be: {', '.join(words)}.",
    )
