"""The file is read, its columns find their fields, and the request becomes numbers that the workbench understands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.importing.attachments.tenants import file_fields, with_plain_keys
from entrepot.importing.baselines import with_baseline
from entrepot.importing.corrections import restricted, with_corrections
from entrepot.importing.fields import target_fields, with_blanks_left, with_pads
from entrepot.importing.keys import key_fields, must_have_key, partly_filled, references
from entrepot.importing.lanes import alone
from entrepot.importing.looking_up import looked_up
from entrepot.importing.lookups import Seeking, Sought, as_named, with_lookups
from entrepot.importing.mirroring.asked import check_mirror, mirrored, scope_rules
from entrepot.importing.own_ids.fields import Looking, Own
from entrepot.importing.own_ids.resolving import Table, resolved
from entrepot.importing.pointing import mapped_columns
from entrepot.importing.python_rules import check_with_python
from entrepot.importing.reading_files import read, ruled
from entrepot.importing.referred import referred_by, referring
from entrepot.importing.request import Draft, Prepared, Run, Work
from entrepot.importing.rules import check_rules, row_rules
from entrepot.importing.tenancy import Tenancy, check_entity, leading_fields, stamped, stamped_mapping, unique_fields
from entrepot.importing.thresholds import check_batches, check_threshold
from entrepot.importing.unfilled import unfilled
from entrepot.importing.unique import unique_keys
from entrepot.importing.united import check_baselines, united
from entrepot.importing.unmapped import check_mapping
from entrepot.importing.versions.asked import following, versions_asked
from entrepot.importing.versions.numbering import numbered, with_versions, without_own
from entrepot.importing.within import only_said, with_parents
from entrepot.model.bench import Bench
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.drafts import Mode, Staged, TargetField
from entrepot.model.errors import BugError, InputError
from entrepot.model.how_many import how_many
from entrepot.model.mappings import ColumnMapping
from entrepot.model.matching import Matching, Ruling
from entrepot.model.names import entity_names
from entrepot.model.plans import ImportRequest
from entrepot.model.rules import RowRule


def working(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Work:
    """The file read and its values judged; no row of the database was looked at yet."""
    started = run.clock.monotonic()
    (prepared,) = resolved([Table(prepared=prepare(draft, request, run, bench), run=run, bench=bench)])
    return judged(prepared, run, bench, started)


def judged(prepared: Prepared, run: Run, bench: Bench, started: float) -> Work:
    """The second half: parents that are named otherwise than by their ids get these first."""
    prepared = looked_up(prepared, run, bench)
    run.reporter.phase(f"Checking {how_many(prepared.staged.records, 'record')}")
    found = bench.judge(prepared.fields, prepared.rules, prepared.matching.baseline)
    found = check_with_python(prepared, found, bench, run)
    if prepared.matching.patched:
        found = bench.keep_patched(prepared.fields)
    return Work(run=run, bench=bench, prepared=prepared, judged=found, started=started)


def prepare(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Prepared:
    if draft.shares:
        return prepared_together(draft, request, run, bench)
    staged, rulings = ruled(read(draft, request, run, bench), request, bench)
    staged, patched = with_corrections(staged, draft, bench)
    prepared = replace(prepared_of(draft, request, run, staged, rulings), last=patched.last, given=patched.given)
    if request.within:
        return with_parents(prepared, run, bench)
    prepared = with_baseline(prepared, run, bench)
    if draft.files is None:
        return prepared

    from entrepot.importing.attachments.filing import with_filings

    return with_filings(prepared, run, bench)


def prepared_together(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Prepared:
    """Several files that are one table."""
    staged, shares = united(draft.shares, run, bench, read)
    staged, rulings = ruled(staged, request, bench)
    prepared = prepared_of(draft, request, run, staged, rulings)
    check_baselines(shares, prepared.entity.name, bench)
    return with_parents(replace(prepared, last=staged.records, shares=shares), run, bench)


def checked_entity(request: ImportRequest, run: Run) -> Entity:
    """Where records go; before the file is read."""
    check_threshold(request)
    check_batches(request)
    check_mirror(request)
    if request.exclusive:
        alone(run)
    return mirrored(writable(entity_names(run.catalog).find(request.entity)), request)


def prepared_of(
    draft: Draft, request: ImportRequest, run: Run, staged: Staged, rulings: tuple[Ruling, ...] = ()
) -> Prepared:
    """What follows from the columns of the file."""
    entity, tenancy = checked_entity(request, run), tenancy_of(request, run)
    columns = [column.name for column in staged.columns]
    versions = versions_asked(entity, request)
    request = only_said(replace(request, mapping=as_named(request.mapping, entity)), staged)
    request = request if request.within else recalled(request, entity, columns, run)
    mapping, fields, lookups, own = _mapped(entity, tenancy, staged, request, run.catalog)
    fields = with_pads(numbered(fields, entity, versions), entity, run.engine.writing)
    filled = [field.name for field in fields]
    parents = list(references(entity, filled))
    matching = _matching(entity, fields, request if versions is None else replace(request, key=versions.of), own)
    matching = replace(matching, references=tuple(numbers for _, numbers in parents), rulings=rulings)
    matching = with_versions(matching, entity, fields, versions)
    children = referring(run.catalog, entity, filled, matching)
    matching = replace(matching, referred=tuple(referred_by(run.catalog, children, filled)))
    return Prepared(
        draft=draft,
        request=request,
        entity=entity,
        staged=staged,
        mapping=mapping,
        fields=fields,
        matching=held(restricted(matching, draft), entity, filled, tenancy),
        relations=tuple(relation for relation, _ in parents),
        referring=children,
        rules=tuple(_rules(entity, fields, request, own, run.catalog)),
        tenancy=tenancy,
        lookups=lookups,
        own=own,
        versions=versions,
        followers=tuple(following(run.catalog, entity, versions)),
    )


def _rules(
    entity: Entity, fields: Sequence[TargetField], request: ImportRequest, own: Own | None, catalog: Catalog
) -> Iterator[RowRule]:
    filled = [field.name for field in fields]
    yield from row_rules(entity, filled, request.rules)
    yield from check_rules(catalog, entity, with_values(fields, own), request.conflicts)
    yield from scope_rules(entity, filled, request)


def _mapped(
    entity: Entity, tenancy: Tenancy | None, staged: Staged, request: ImportRequest, catalog: Catalog
) -> tuple[ColumnMapping, tuple[TargetField, ...], tuple[Sought, ...], Own | None]:
    """Where the columns go; a tenant's import stamps its rows besides."""
    if tenancy is not None:
        check_entity(entity, tenancy)
    columns = [column.name for column in staged.columns]
    mapping = mapped_columns(staged.columns, entity, catalog, request.mapping, request.own_ids)
    if tenancy is not None:
        mapping = stamped_mapping(mapping, entity, tenancy)
    check_mapping(without_own(mapping, versions_asked(entity, request)), entity, request.mode, staged.reading)
    fields = target_fields(entity, mapping, columns, request.mapping)
    fields = with_blanks_left(fields, entity, request.mode, staged.reading.format)
    fields = fields if tenancy is None else with_plain_keys(stamped(fields, entity, tenancy), entity)
    named = sum(any(mapped.find_by) for mapped in mapping.mapped)
    looking = Looking(entity=entity, catalog=catalog, request=request, mapping=mapping, fields=fields)
    fields, own = looking.own(len(columns) + named)
    by_name = {field.name: field for field in fields}
    seeking = Seeking(entity=entity, catalog=catalog, columns=columns, request=request.mapping, fields=by_name)
    return mapping, *with_lookups(seeking, fields, mapping), own


def with_values(fields: Sequence[TargetField], own: Own | None) -> list[str]:
    """The fields in their places, without the name of that of which nobody knows what it will hold: a new key."""
    unknown = own.key.field if own and own.key else None
    return ["" if at == unknown else field.name for at, field in enumerate(fields)]


def recalled(request: ImportRequest, entity: Entity, columns: Sequence[str], run: Run) -> ImportRequest:
    """With what is remembered of files that had the same columns, unless a saved mapping is used. From then on it is
    part of the request, so that a plan stays what it is, whatever is imported meanwhile. Who is bound to
    a tenant learns nothing of other files."""
    if run.recall is None or request.mapping.remembered or request.tenant_by_key:
        return request
    known = run.recall(entity.name, columns)
    return replace(request, mapping=replace(request.mapping, remembered=known))


def tenancy_of(request: ImportRequest, run: Run) -> Tenancy | None:
    """Whoever names one never means everybody."""
    if request.tenant is None:
        return None
    if run.find_tenancy is None:
        raise BugError("no_tenancy_here", "The import is for one tenant, and nothing can find it.")
    return run.find_tenancy(request)


def held(matching: Matching, entity: Entity, filled: Sequence[str], tenancy: Tenancy | None) -> Matching:
    """To one tenant."""
    if tenancy is None:
        return matching
    leading = leading_fields(filled, entity, tenancy, matching.mode)
    unique = dict.fromkeys((*unique_fields(filled, entity, matching), *file_fields(filled, entity)))
    return replace(matching, leading=leading, unique=tuple(unique))


def writable(entity: Entity) -> Entity:
    if entity.kind is EntityKind.VIEW:
        raise InputError(
            "view",
            f"'{entity.title}' is a view; rows go into tables.",
            remedy="Import into the tables that it is made of.",
        )
    return entity


def _matching(entity: Entity, fields: Sequence[TargetField], request: ImportRequest, own: Own | None) -> Matching:
    names = [field.name for field in fields]
    found_by = entity.primary_key if own and own.key else key_fields(entity, names, request.key, request.mode)
    key = tuple(names.index(name) for name in found_by)
    return Matching(
        key=key,
        must_have_key=request.mode is Mode.MIRROR or must_have_key(entity, found_by, request.key),
        unfilled=unfilled(entity, names, request.mode),
        mode=request.mode,
        on_conflict=request.conflicts,
        blank=request.blank,
        compared=tuple(at for at in range(len(names)) if at not in key) if key else (),
        others=unique_keys(entity, names, [names[at] for at in key]),
        partly=tuple(partly_filled(entity, names)),
        batch_size=request.batch_size,
    )
