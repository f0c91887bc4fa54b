"""From what is asked to what will be done: every name found, every option read, nothing opened yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.exporting.request import ExportRequest, Run
from entrepot.exporting.select import Selected, outgoing_entities, select
from entrepot.exporting.target import Target, Wish, resolve_target
from entrepot.formats.fitting import check_fits
from entrepot.formats.names import safe_stem
from entrepot.formats.registry import parse_options
from entrepot.model.errors import InputError
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Selection
from entrepot.storage.age import recipients_of
from entrepot.storage.layers import Sealing


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """How an export is written."""

    format: str | None = None
    """A format's name; None: what the file's ending says."""
    format_options: Mapping[str, str] = field(default_factory=dict)
    """The format's own options; `entrepot formats NAME` lists them."""
    compress: str | None = None
    """`gzip` or `zstd`; also understood from the ending."""
    encrypt: bool = False
    """Encrypt to the recipients of the settings."""
    recipients: tuple[str, ...] = ()
    """age public keys to encrypt to, besides."""
    passphrase: str | None = None
    """Encrypt so that this passphrase opens it, besides the keys of any recipients."""
    overwrite: bool = False
    """Replace files that exist."""
    fingerprint: bool = False
    """Fingerprints in the receipt; packages always have them."""
    dialect: str | None = None
    """The engine whose SQL is written: `sqlite`, `postgres`, `mysql`; None: the source's own."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Travels along in formats that have a place for it."""


@dataclass(frozen=True, kw_only=True)
class ExportPlan:
    request: ExportRequest
    target: Target
    sealing: Sealing
    overwrite: bool
    files: tuple[Path, ...]
    """The final names that a folder will hold, as far as they can be known now."""
    named: str | None
    """The named selection that it began with."""


def plan_export(
    run: Run,
    to: str | Path | None,
    selection: Selection,
    options: ExportOptions,
    *,
    dialect: ScriptDialect | None,
    named: str | None,
    saved_format: str | None = None,
) -> ExportPlan:
    """`saved_format` is what the named selection is written in where nothing else says it."""
    selected = select(selection, run.catalog)
    outgoing = outgoing_entities(selection, selected, run.catalog)
    titles = [entity.title for entity in run.catalog.entities if entity.name in outgoing]
    target = _target(run, to, titles, options, saved_format)
    check_fits(target.format, options.format_options, options.metadata, dialect=dialect is not None)
    request = ExportRequest(
        selection=selection,
        selected=selected,
        format=target.format,
        options=parse_options(target.format, options.format_options),
        title=run.catalog.database,
        stem=_stem(target, selected),
        fingerprint=options.fingerprint,
        metadata=options.metadata,
        dialect=dialect,
    )
    return ExportPlan(
        request=request,
        target=target,
        sealing=_sealing(target, options),
        overwrite=options.overwrite,
        files=_files(target, [query.title for query in selected.queries]),
        named=named,
    )


def _files(target: Target, chosen: Sequence[str]) -> tuple[Path, ...]:
    """Of the chosen entities; related ones may turn out to have no rows, and then have no file."""
    if not target.folder:
        return ()
    ending = f"{target.format.extension}{target.ending}"
    return tuple(target.path / f"{safe_stem(title)}{ending}" for title in chosen)


def _target(
    run: Run, to: str | Path | None, titles: Sequence[str], options: ExportOptions, saved_format: str | None
) -> Target:
    wish = Wish(
        format=options.format,
        compress=options.compress,
        encrypt=options.encrypt or bool(options.recipients) or options.passphrase is not None,
        otherwise=saved_format,
    )
    return resolve_target(to, wish, database=run.catalog.database, entities=titles)


def _stem(target: Target, selected: Selected) -> str:
    """A lone entity in a folder is named after itself, not after the database."""
    return safe_stem(selected.queries[0].title) if target.folder else target.stem


def _sealing(target: Target, options: ExportOptions) -> Sealing:
    """A name that promises encryption must not hold plain bytes, and a wrong key is told before anything is read."""
    if target.encrypted and not options.recipients and options.passphrase is None:
        raise InputError(
            "no_recipient",
            f"{target.path.name} is to be encrypted, but there is no key to encrypt to.",
            remedy="Set [encryption] recipients in the settings and use --encrypt, or give a recipient or passphrase.",
        )
    if options.recipients:
        recipients_of(options.recipients)
    return Sealing(compression=target.compression, recipients=options.recipients, passphrase=options.passphrase)
