"""What the rows hold that are made: what files say of them, what the settings say besides, and a key."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from entrepot.importing.lookups import Sought
from entrepot.importing.mapping import map_columns
from entrepot.importing.own_ids.tables import why_not
from entrepot.importing.tenancy import Tenancy, check_entity, stamped_mapping
from entrepot.model.brief import listed
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import InputError
from entrepot.model.made import Filled, pieces_of
from entrepot.model.mappings import MappingRequest


@dataclass(frozen=True, kw_only=True)
class Form:
    entity: Entity
    key: str | None
    """The field whose values are drawn when the rows are written; None: it needs none, or has it otherwise."""
    by: tuple[str, ...]
    filled: tuple[Filled, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (*([self.key] if self.key else []), *self.by, *(one.field for one in self.filled))

    @property
    def given(self) -> tuple[str, ...]:
        """The same as they are called in the workbench."""
        values = [f"p{at}" for at in range(len(self.by))] + [f"m{at}" for at in range(len(self.filled))]
        return (*(["n"] if self.key else []), *values)

    @property
    def header(self) -> bytes:
        """Of the file that they become."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow(self.columns)
        return text.getvalue().encode()

    @property
    def mapping(self) -> MappingRequest:
        return MappingRequest(remembered={name: name for name in self.columns}, guess=False)


def form_of(sought: Sought, catalog: Catalog) -> Form:
    """What it is named by goes before what the settings say."""
    entity = sought.parent
    filled = tuple(_filled(entity, name, text, sought) for name, text in entity.made if name not in sought.by)
    given = {*sought.by, *(one.field for one in filled)}
    key = entity.primary_key[0] if entity.primary_key and why_not(entity, catalog) is None else None
    return Form(entity=entity, key=None if key in given else key, by=sought.by, filled=filled)


def check_form(form: Form, sought: Sought, tenancy: Tenancy | None, file: str) -> None:
    """Before anything is written, and for all rows at once."""
    entity = form.entity
    mapping = map_columns(form.columns, entity, form.mapping)
    if tenancy is not None:
        check_entity(entity, tenancy)
        mapping = stamped_mapping(mapping, entity, tenancy)
    lacking = [name for name in mapping.unfilled if name != sought.referred]
    if sought.referred not in form.columns:
        lacking.insert(0, sought.referred)
    if lacking:
        raise InputError(
            "made_without_values",
            f"Rows of {entity.title} would be made of what {file} says ({listed(sought.by)}), and a new row needs"
            f" {listed([entity.field(name).title for name in lacking])}, which nothing gives it.",
            remedy=f'Say in the settings what such rows hold: [entities.{entity.name}.made] {lacking[0]} = "…".',
        )


def _filled(entity: Entity, name: str, text: str, sought: Sought) -> Filled:
    pieces: list[str | int] = []
    for plain, field in pieces_of(text):
        if field and field not in sought.by:
            raise InputError(
                "made_of_nothing",
                f"[entities.{entity.name}.made] {name} is '{text}', and {sought.field.title} names rows of"
                f" {entity.title} by {listed(sought.by)}, not by {field}.",
                remedy="Put it together from fields that files name such rows by.",
            )
        pieces += [plain, *([sought.by.index(field)] if field else [])]
    return Filled(field=name, pieces=tuple(pieces))
