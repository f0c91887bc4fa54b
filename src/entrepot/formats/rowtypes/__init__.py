"""What rows look like as our JSON writes them, told to programs: as TypeScript, or as a JSON Schema.

shapes        what a value of a type looks like, whatever the language     typescript    interfaces
names         names for programs                                           json_schema   one schema, a definition each
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.formats.rowtypes.json_schema import json_schema
from entrepot.formats.rowtypes.typescript import typescript
from entrepot.model.selection import Query
from entrepot.model.suggest import unknown

LANGUAGES = {"typescript": typescript, "json-schema": json_schema}


def types_text(language: str, queries: Sequence[Query], engine: str) -> str:
    """
    >>> types_text("typescript", (), "sqlite").splitlines()[0][:26]
    "// Rows as Entrepot's JSON"
    """
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    return LANGUAGES[language](queries, engine)
