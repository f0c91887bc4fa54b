"""Columns that lead to no import: nothing goes anywhere, or a new row lacks what it must have; and what was meant."""

from __future__ import annotations

from entrepot.model.brief import listed
from entrepot.model.catalog import Entity
from entrepot.model.drafts import Mode, Reading
from entrepot.model.errors import InputError
from entrepot.model.mappings import ColumnMapping

SHOWN = 3
UNNAMED = " The file was read without a header."
NAMELESS = 'If its first record holds names, say so: --header. Else map the columns: --map "column 1=id". '


def check_mapping(mapping: ColumnMapping, entity: Entity, mode: Mode, reading: Reading) -> None:
    nameless = reading.header is False
    if not mapping.mapped:
        columns = listed(mapping.unmapped) or "none"
        raise InputError(
            "nothing_mapped",
            f"No column of the file goes into a field of '{entity.title}': {columns}.{UNNAMED if nameless else ''}",
            remedy=f"{NAMELESS if nameless else meant(mapping)}"
            f"Its fields are: {', '.join(field.title for field in entity.fields)}.",
        )
    if mapping.unfilled and mode is Mode.CREATE:
        names = ", ".join(entity.field(name).title for name in mapping.unfilled)
        raise InputError(
            "field_not_filled",
            f"A new row of '{entity.title}' needs {names}, and no column goes there.{UNNAMED if nameless else ''}",
            remedy=f'{NAMELESS if nameless else meant(mapping)}{free(mapping)} --set "FIELD=VALUE" gives every row'
            " the same.",
        )


def meant(mapping: ColumnMapping) -> str:
    """As it would be typed.

    >>> from entrepot.model.mappings import Suggestion
    >>> meant(ColumnMapping(mapped=(), suggestions=(Suggestion(column="emial", field="email", confidence=80),)))
    'Did you mean --map "emial=email"? '
    """
    options = [f'--map "{found.column}={found.field}"' for found in mapping.suggestions[:SHOWN]]
    return f"Did you mean {' '.join(options)}? " if options else ""


def free(mapping: ColumnMapping) -> str:
    """
    >>> free(ColumnMapping(mapped=(), unmapped=("Name", "Joined")))
    'Say where a column goes (--map "COLUMN=FIELD"); Name, Joined are free.'
    """
    columns = f"; {listed(mapping.unmapped)} {'is' if len(mapping.unmapped) == 1 else 'are'} free"
    return f'Say where a column goes (--map "COLUMN=FIELD"){columns if mapping.unmapped else ""}.'
