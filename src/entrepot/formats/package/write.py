"""A package front to back: rows, attachments, the manifest if wanted, and last the descriptor that lists them all."""

from __future__ import annotations

from dataclasses import replace

from entrepot.formats.package.attachments import missing, write_attachments
from entrepot.formats.package.descriptor import Contents, Resource, descriptor
from entrepot.formats.package.manifest import manifest
from entrepot.formats.package.members import FORMATS, MemberFormat
from entrepot.formats.package.names import DESCRIPTOR, MANIFEST, camel_columns, member_stems, resource_names
from entrepot.formats.package.options import PackageOptions
from entrepot.formats.port import Document, Result, Tools, Written
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.ports import Outlet, RowSource
from entrepot.model.problems import Problem

JSON = "application/json"


def write_package(
    document: Document, source: RowSource, outlet: Outlet, options: PackageOptions, tools: Tools
) -> Result:
    """One archive for all queries."""
    if options.camel_case:
        document = replace(document, queries=tuple(camel_columns(query) for query in document.queries))
    made = FORMATS[options.member_format]
    with outlet.open(f"{document.stem}.zip", "application/zip") as sink, ZipOutlet(sink) as archive:
        resources = write_resources(document, source, archive, made, tools)
        attached = write_attachments(archive, tools) if options.attachments else ()
        problems = (*(found for item in resources for found in item.taken.problems), *missing(attached))
        contents = Contents(
            document=document, format=made, resources=resources, files=(), attached=attached, problems=problems
        )
        if options.manifest:
            listed = replace(contents, files=tuple(archive.files))
            write_words(archive, MANIFEST, manifest(listed, camel_case=options.camel_case))
        write_words(archive, DESCRIPTOR, descriptor(replace(contents, files=tuple(archive.files))))
    return result(resources, problems)


def write_resources(
    document: Document, source: RowSource, archive: ZipOutlet, made: MemberFormat, tools: Tools
) -> tuple[Resource, ...]:
    titles = [query.title for query in document.queries]
    named = zip(document.queries, resource_names(titles), member_stems(titles), strict=True)
    resources: list[Resource] = []
    for query, name, stem in named:
        member = f"data/{stem}{made.extension}"
        taken = made.write(query, source, archive, member, tools)
        resources.append(Resource(query=query, name=name, member=member, taken=taken))
    return tuple(resources)


def write_words(archive: ZipOutlet, name: str, words: bytes) -> None:
    with archive.open(name, JSON) as sink:
        sink.write(words)


def result(resources: tuple[Resource, ...], problems: tuple[Problem, ...]) -> Result:
    written = tuple(
        Written(
            entity=item.query.entity.name,
            rows=item.taken.rows,
            lane=item.taken.lane,
            member=item.member,
            fingerprint=item.taken.fingerprint,
        )
        for item in resources
    )
    return Result(written=written, problems=problems)
