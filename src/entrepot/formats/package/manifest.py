"""`manifest.json`: the package in the words that applications with their own packages look for."""

from __future__ import annotations

from entrepot.formats.package.descriptor import Contents, json_lines, member_words, problem_words
from entrepot.formats.package.names import camel
from entrepot.formats.package.schema import Words


def manifest(contents: Contents, *, camel_case: bool) -> bytes:
    return json_lines(manifest_words(contents, camel_case=camel_case))


def manifest_words(contents: Contents, *, camel_case: bool) -> Words:
    document, entities = contents.document, {item.member: item.query.title for item in contents.resources}
    words: Words = {
        "created_at": document.created_at,
        "tool": document.tool,
        "scope": document.scope,
        "filters": dict(document.filters),
        "entity_counts": {item.query.title: item.taken.rows for item in contents.resources},
        "members": [
            {**member_words(file), **({"entity": entities[file.name]} if file.name in entities else {})}
            for file in contents.files
        ],
        "attachments": [item.words() for item in contents.attached],
        "warnings": [problem_words(problem) for problem in contents.problems],
    }
    return {camel(key): value for key, value in words.items()} if camel_case else words
