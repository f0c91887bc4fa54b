"""`datapackage.json`: what the package holds, for any reader of Data Package v2; our own words under `entrepot`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from entrepot.formats.package.attachments import Attached, references
from entrepot.formats.package.members import MemberFormat, Taken
from entrepot.formats.package.names import slug
from entrepot.formats.package.schema import Words, table_schema
from entrepot.formats.port import Document
from entrepot.model.catalog import Relation
from entrepot.model.problems import Problem
from entrepot.model.receipts import FileReceipt
from entrepot.model.selection import Query

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
VERSION = 1
"""Of the words under `entrepot`. A reader refuses a higher one."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """An entity as it lies in the package."""

    query: Query
    name: str
    member: str
    taken: Taken


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Everything in the archive so far."""

    document: Document
    format: MemberFormat
    resources: tuple[Resource, ...]
    files: tuple[FileReceipt, ...]
    attached: tuple[Attached, ...]
    problems: tuple[Problem, ...]


def descriptor(contents: Contents) -> bytes:
    return json_lines(package_words(contents))


def json_lines(words: Words) -> bytes:
    return (json.dumps(words, ensure_ascii=False, indent=2) + "\n").encode(errors="backslashreplace")


def package_words(contents: Contents) -> Words:
    document = contents.document
    return {
        "$schema": PROFILE,
        "name": slug(document.stem),
        "title": document.title,
        "created": document.created_at,
        "resources": list(resource_words(contents)),
        "entrepot": entrepot_words(contents),
    }


def resource_words(contents: Contents) -> Iterator[Words]:
    made, resources = contents.format, contents.resources
    queries = {item.query.entity.name: item.query for item in resources}
    names = {item.query.entity.name: item.name for item in resources}
    files = {file.name: file for file in contents.files}
    for item in resources:
        file, entity, dialect = files[item.member], item.query.entity, made.dialect(item.query.title)
        schema = table_schema(item.query, queries, names, text=made.text) if item.query.columns else None
        yield {
            "name": item.name,
            "type": "table",
            "title": entity.label or item.query.title,
            **({"description": entity.comment} if entity.comment else {}),
            "path": item.member,
            "format": made.name,
            "mediatype": made.media_type,
            **({"encoding": "utf-8"} if made.name != "parquet" else {}),
            "bytes": file.bytes,
            "hash": f"sha256:{file.sha256}",
            **({"dialect": dialect} if dialect else {}),
            **({"schema": schema} if schema else {}),
            "entrepot": resource_extras(item, contents.document),
        }


def resource_extras(item: Resource, document: Document) -> Words:
    title = item.query.title
    return {
        "entity": item.query.entity.name,
        "title": title,
        "rows": item.taken.rows,
        "fingerprint": {"rows": item.taken.fingerprint.rows, "digest": item.taken.fingerprint.digest},
        **({"filter": document.filters[title]} if title in document.filters else {}),
    }


def entrepot_words(contents: Contents) -> Words:
    document = contents.document
    return {
        "version": VERSION,
        "tool": document.tool,
        "engine": document.engine,
        "database": document.database,
        "snapshot": document.snapshot,
        "scope": document.scope,
        "filters": dict(document.filters),
        "metadata": dict(document.metadata),
        "members": [member_words(file) for file in contents.files],
        "attachments": [item.words() for item in contents.attached],
        "references": references(contents.attached),
        "relations": [
            relation_words(relation) for item in contents.resources for relation in item.query.entity.relations
        ],
        "lossy": list(losses(contents)),
        "notCarried": list(document.catalog.not_carried),
        "warnings": [problem_words(problem) for problem in contents.problems],
    }


def member_words(file: FileReceipt) -> Words:
    return {"path": file.name, "bytes": file.bytes, "sha256": file.sha256, "mediatype": file.media_type}


def relation_words(relation: Relation) -> Words:
    import msgspec

    words: Words = msgspec.to_builtins(relation)
    return {key: value for key, value in words.items() if value is not None}


def losses(contents: Contents) -> Iterator[str]:
    """Fields that may not compare equal after a journey, as the catalog says."""
    for item in contents.resources:
        for column in item.query.columns:
            if not column.field.lossless:
                yield f"{item.query.title}.{column.name} ({column.field.native})"


def problem_words(problem: Problem) -> dict[str, Any]:
    import msgspec

    words: Words = msgspec.to_builtins(problem)
    place = {key: value for key, value in words.pop("place").items() if value is not None}
    kept = {key: value for key, value in words.items() if value not in (None, "")}
    return {**kept, **({"place": place} if place else {})}
