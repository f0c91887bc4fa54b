"""The options that say what goes out, shared by `export` and `fingerprint`."""

from __future__ import annotations

import argparse
from collections.abc import ItemsView, Sequence
from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    from entrepot.model.selection import Selection


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("entities", nargs="*", metavar="ENTITY", help="names, @groups or * (default: all)")
    what = parser.add_argument_group("what goes out")
    what.add_argument("--selection", metavar="NAME", help="a named selection of entrepot.toml: [exports.NAME]")
    what.add_argument("--exclude", action="append", default=[], metavar="ENTITY", help="all but this one or @group")
    what.add_argument("--fields", action="append", default=[], metavar="[ENTITY:]A,B", help="only these fields")
    what.add_argument(
        "--rename", action="append", default=[], metavar="[ENTITY:]FIELD=NAME", help="the name a field goes out under"
    )
    what.add_argument(
        "--transform",
        action="append",
        default=[],
        metavar="[ENTITY:]FIELD=NAME,…",
        help="change values: lowercase, uppercase, trim, timestamp",
    )
    _add_rows(what)
    _add_reach(what)


def _add_rows(what: argparse._ArgumentGroup) -> None:
    what.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="[ENTITY:]CONDITION",
        help="only these rows, such as: amount > 100 and region = 'eu' (repeated: all must hold)",
    )
    what.add_argument("--since", metavar="MOMENT", help="rows dated at or after it")
    what.add_argument("--until", metavar="MOMENT", help="rows dated before it")
    what.add_argument("--limit", type=int, metavar="N", help="at most N rows of each entity")
    what.add_argument("--order", choices=("storage", "key"), help="storage is the cheapest stable order (default)")


def _add_reach(what: argparse._ArgumentGroup) -> None:
    whose = what.add_mutually_exclusive_group()
    whose.add_argument("--tenant", metavar="KEY", help="only the rows of one tenant, by its key or a name")
    whose.add_argument("--global", dest="only_global", action="store_true", help="only what belongs to no tenant")
    what.add_argument(
        "--related", choices=("none", "parents", "closure"), help="which related rows come along (default: none)"
    )
    what.add_argument(
        "--left-out",
        choices=("keep", "null", "drop", "refuse"),
        help="what becomes of references to rows that stay behind (default: keep)",
    )


def typed(args: argparse.Namespace) -> tuple[str, ...]:
    """The options about what goes out that were typed, as they were typed."""
    names = ("selection", "exclude", "fields", "rename", "transform", "where", "since", "until", "limit", "tenant")
    given = [name for name in (*names, "related", "left_out", "order") if getattr(args, name) not in (None, [])]
    options = [f"--{name.replace('_', '-')}" for name in (*given, *(["global"] if args.only_global else []))]
    return (*args.entities, *options)


def selection(args: argparse.Namespace) -> Selection:
    from entrepot.model.selection import LeftOut, Order, Relatives, Scope, Selection

    scope = Scope.TENANT if args.tenant is not None else Scope.GLOBAL if args.only_global else Scope.ALL
    return Selection(
        entities=tuple(args.entities) or (() if args.selection else ("*",)),
        exclude=tuple(args.exclude),
        fields={entity: tuple(_words(",".join(texts))) for entity, texts in _said(args.fields)},
        rename=_nested(args.rename, "--rename"),
        transforms={
            e: {f: tuple(_words(v)) for f, v in m.items()} for e, m in _nested(args.transform, "--transform").items()
        },
        where=dict(_said(args.where)),
        since=args.since,
        until=args.until,
        limit=args.limit,
        scope=scope,
        tenant=args.tenant,
        related=Relatives(args.related) if args.related else None,
        left_out=LeftOut(args.left_out) if args.left_out else None,
        order=Order(args.order) if args.order else None,
    )


def pairs(items: Sequence[str], option: str) -> dict[str, str]:
    """`NAME=VALUE`, repeated; one name with two values is a mistake."""
    found: dict[str, str] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise InputError("usage", f"{option} {item!r} is not NAME=VALUE.", remedy=f"Write {option} name=value.")
        _put(found, name, value, option)
    return found


def _put(found: dict[str, str], name: str, value: str, option: str) -> None:
    if found.setdefault(name, value) != value:
        raise InputError(
            "given_twice",
            f"{option} says two things about {name}: '{found[name]}' and '{value}'.",
            remedy="Leave one of them out.",
        )


def _said(items: Sequence[str]) -> ItemsView[str, tuple[str, ...]]:
    """`ENTITY:TEXT`, repeated → entity and all its texts; without an entity they go for all (`*`)."""
    found: dict[str, tuple[str, ...]] = {}
    for item in items:
        entity, text = split_entity(item)
        found[entity] = (*found.get(entity, ()), text)
    return found.items()


def split_entity(item: str) -> tuple[str, str]:
    """A colon splits only behind a plain name, so that times and texts in conditions stay whole."""
    entity, colon, rest = item.partition(":")
    plain = bool(colon) and entity.replace("_", "").replace(".", "").replace("-", "").isalnum()
    return (entity, rest) if plain else ("*", item)


def _nested(items: Sequence[str], option: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for entity, texts in _said(items):
        found[entity] = pairs(texts, option)
    return found


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]
