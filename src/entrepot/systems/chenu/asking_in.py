"""Options of an import, in the words of `service`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from entrepot.formats.registry import registry
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Errors, Reading
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportRequest
from entrepot.model.rules import Step
from entrepot.model.strategies import overwriting
from entrepot.systems.chenu.asking_out import lists, must_count
from entrepot.systems.chenu.options import ImportOptions
from entrepot.systems.chenu.words import PACKAGE

Said = TypeVar("Said", str, str | Sequence[str])


def asked_in(path: Path, options: ImportOptions) -> tuple[Path | list[Path], ImportRequest | BundleRequest]:
    """A file whose table goes where it was said, or one that says itself what it holds."""
    must_count(options.batch_size, "batch_size")
    request = ImportRequest(
        entity=options.entity or "",
        reading=Reading(format=_format(options.format)),
        mapping=MappingRequest(fields=_fields(_flat(options.mapping), _flat(options.transforms))),
        errors=Errors.SKIP if options.skip_errors else Errors.ALL_OR_NOTHING,
    )
    request = overwriting(options.overwrite).of(request)
    if options.entity:
        return path, request
    return [path], BundleRequest(each=request, tables=dict(_single(options, request)))


def _format(word: str | None) -> str | None:
    """Archives are known by their bytes."""
    found = None if word is None else registry().find(word)
    name = word if found is None else found.name
    return None if name == PACKAGE else name


def _single(options: ImportOptions, each: ImportRequest) -> Iterator[tuple[str, ImportRequest]]:
    """What was said below the name of a table."""
    mapping, transforms = _below(options.mapping), _below(options.transforms)
    for name in dict.fromkeys((*mapping, *transforms)):
        fields = _fields(mapping.get(name, {}), transforms.get(name, {}))
        yield name, replace(each, mapping=MappingRequest(fields={**each.mapping.fields, **fields}))


def _flat(given: Mapping[str, Said | Mapping[str, Said]]) -> dict[str, Said]:
    return {name: said for name, said in given.items() if not isinstance(said, Mapping)}


def _below(given: Mapping[str, Said | Mapping[str, Said]]) -> dict[str, Mapping[str, Said]]:
    return {name: said for name, said in given.items() if isinstance(said, Mapping)}


def _fields(mapping: Mapping[str, str], transforms: Mapping[str, str | Sequence[str]]) -> dict[str, FieldMapping]:
    """Several columns that go into one field are joined."""
    columns: dict[str, tuple[str, ...]] = {}
    for column, field in mapping.items():
        columns[field] = (*columns.get(field, ()), column)
    return {
        name: FieldMapping(
            columns=columns.get(name, ()), steps=tuple(Step(name=step) for step in lists(transforms.get(name, ())))
        )
        for name in dict.fromkeys((*columns, *transforms))
    }
