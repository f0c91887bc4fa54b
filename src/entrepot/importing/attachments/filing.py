"""Which files of a package the rows of an import may point to, by the file fields of their entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entrepot.formats.package.kinds import stem
from entrepot.importing.attachments.keys import new_key
from entrepot.importing.attachments.packed import PackedFiles
from entrepot.model.attachments import Files
from entrepot.model.catalog import Catalog, Field
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.packed import PackedFile
from entrepot.model.problems import Category, Place, Problem, Severity
from entrepot.model.rowfiles import PACKED, Filed
from entrepot.model.suggest import unknown

if TYPE_CHECKING:
    from entrepot.importing.request import Prepared, Run
    from entrepot.model.bench import Bench


@dataclass(frozen=True, kw_only=True)
class Filing:
    """One file field of an import."""

    filed: Filed
    field: Field
    collection: str
    """Where its files are kept."""
    packed: PackedFiles
    files: tuple[PackedFile, ...]
    """Those that its rows may point to; the workbench knows them by their places."""


def with_filings(prepared: Prepared, run: Run, bench: Bench) -> Prepared:
    """After the columns found their fields, and before any value is judged."""
    packed, request = prepared.draft.files, prepared.request
    if packed is None or not packed.files or request.files is Files.IGNORE:
        return prepared
    if request.batch_size:
        raise in_batches()
    filings = tuple(_filings(prepared, packed))
    if not filings:
        return told(prepared, packed, run.catalog)
    for filing in filings:
        if filing.collection not in run.file_stores:
            raise unknown("file collection", filing.collection, run.file_stores)
        _give(filing, prepared, bench)
    return replace(prepared, filings=filings)


def concerns(prepared: Prepared, packed: PackedFiles, catalog: Catalog) -> bool:
    """Whether there is something to be done about them, or to be said."""
    if prepared.request.files is Files.IGNORE:
        return False
    return any(field.file for field in prepared.entity.fields) or bool(_left(prepared, packed, catalog))


def _left(prepared: Prepared, packed: PackedFiles, catalog: Catalog) -> list[PackedFile]:
    """What stays out if no field of the entity points to files."""
    anywhere = any(field.file for entity in catalog.entities for field in entity.fields)
    mine = (file for file in packed.files if is_of(file, prepared) and packed.has(file))
    return [file for file in mine if file.entity or not anywhere]


def told(prepared: Prepared, packed: PackedFiles, catalog: Catalog) -> Prepared:
    """That files stay out which nobody can find a place for."""
    left = _left(prepared, packed, catalog)
    if not left:
        return prepared
    problem = Problem(
        code="files_left_out",
        message=f"{how_many(len(left), 'file')} of the package stay out: no field of {prepared.entity.title} that is"
        " filled says where they are kept.",
        remedy='Say it in the settings: fields.NAME = { file = "…" }; or leave them out: --files ignore.',
        severity=Severity.WARNING,
        category=Category.REFERENCE,
        place=Place(file=prepared.draft.given),
    )
    return replace(prepared, staged=replace(prepared.staged, problems=(*prepared.staged.problems, problem)))


def _filings(prepared: Prepared, packed: PackedFiles) -> Iterator[Filing]:
    entity = prepared.entity
    mine = [file for file in packed.files if is_of(file, prepared)]
    for at, target in enumerate(prepared.fields):
        field = entity.field(target.name)
        sources = target.sources if not any(target.pointers) and target.constant is None else ()
        if field.file is None or len(sources) != 1 or target.found is not None:
            continue
        column = prepared.staged.columns[sources[0]].name
        files = tuple(file for file in mine if not file.field or means(file.field, field, column))
        identity = field.file_id or (entity.primary_key[0] if len(entity.primary_key) == 1 else None)
        which = None if identity is None else column_of(identity, prepared)
        if files and which is not None:
            name = None if field.file_name is None else column_of(field.file_name, prepared)
            filed = Filed(field=at, column=sources[0], id=which, name=name)
            yield Filing(filed=filed, field=field, collection=field.file, packed=packed, files=files)


def is_of(file: PackedFile, prepared: Prepared) -> bool:
    """Whether the package says of it that a row of this table has it, or says nothing."""
    table = prepared.draft.packed
    return not file.entity or table is None or file.entity in (table.name, stem(table.member))


def means(said: str, field: Field, column: str) -> bool:
    """Whether a name that a package gives a field is that of this one, or of the column that fills it."""
    return plain(said) in map(plain, filter(None, (field.name, field.public, column, *field.aliases)))


def plain(name: str) -> str:
    """
    >>> plain("file_key") == plain("fileKey")
    True
    """
    return name.replace("_", "").casefold()


def column_of(name: str, prepared: Prepared) -> int | None:
    """The column of the file that has the values of a field, also where these are not taken over."""
    target = next((target for target in prepared.fields if target.name == name), None)
    if target is not None and len(target.sources) == 1 and not any(target.pointers):
        return target.sources[0]
    field = prepared.entity.field(name)
    columns = [column.name for column in prepared.staged.columns]
    return next((at for at, column in enumerate(columns) if means(column, field, field.name)), None)


def _give(filing: Filing, prepared: Prepared, bench: Bench) -> None:
    with bench.take(filing.filed.table, PACKED) as taken:
        for row in _rows(filing, prepared):
            taken.write(line(row))
        taken.finish()
    if prepared.request.files is Files.REWRITE:
        bench.name_files(filing.filed)


def line(values: Sequence[str | None]) -> bytes:
    """
    >>> line(["1", None, 'a"b'])
    b'"1",,"a""b"\\n'
    """
    return (",".join("" if one is None else '"' + one.replace('"', '""') + '"' for one in values) + "\n").encode()


def _rows(filing: Filing, prepared: Prepared) -> Iterator[Sequence[str | None]]:
    """A name is asked for where the id alone does not say which file it is."""
    ids = Counter(file.id for file in filing.files)
    tenant = prepared.request.tenant or ""
    for number, file in enumerate(filing.files):
        sure = ids[file.id] == 1 and (file.entity or filing.field.file_id)
        key = None
        if prepared.request.files is Files.REWRITE and filing.packed.has(file):
            owner = (tenant, prepared.entity.name, filing.field.name)
            key = new_key(file, filing.packed.content(file).sha256, owner)
        yield file.id, None if sure else file.name, str(number), key


def in_batches() -> InputError:
    return InputError(
        "files_in_batches",
        "The files of a package and the rows that point to them come in by one transaction, and not in batches.",
        remedy="Leave --batch-size out, or leave the files out: --files ignore.",
    )
