"""Whether what a package says about itself agrees with itself, and with what is there. Nothing of it is read yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from entrepot.formats.package.contents import MemberWords, PackageWords, ResourceWords, sha256_of
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.model.problems import Category, Place, Problem
from entrepot.zips.checks import Archive


def disagreements(archive: Archive, contents: PackageWords) -> Iterator[Problem]:
    yield from names_that_differ(archive, contents)
    yield from twice(contents)
    if contents.entrepot is not None:
        members = contents.members()
        for item in contents.resources:
            yield from declared_otherwise(item, members)


def names_that_differ(archive: Archive, contents: PackageWords) -> Iterator[Problem]:
    """What is there and what should be."""
    expected = set(contents.members()) | {path for item in contents.resources for path in item.paths} | {DESCRIPTOR}
    there = set(names_of_files(archive))
    for name in sorted(expected - there):
        yield wrong("missing_member", f"{name} is declared, but not in the package.", name)
    if contents.entrepot is None:
        return
    for name in sorted(there - expected):
        yield wrong("foreign_member", f"{name} is in the package, but not declared.", name)
    for entry in archive.entries:
        if not entry.as_written_here:
            message = f"{entry.name}: its ZIP headers are not as they were written."
            yield wrong("zip_header_changed", message, entry.name, entry.header.offset)


def names_of_files(archive: Archive) -> list[str]:
    """In the order of the directory."""
    return [entry.name for entry in archive.entries if not entry.is_folder]


def twice(contents: PackageWords) -> Iterator[Problem]:
    """A resource has a name of its own, and a member is one resource."""
    names = Counter(item.name for item in contents.resources)
    paths = Counter(path for item in contents.resources for path in item.paths)
    for name, count in names.items():
        if count > 1:
            yield wrong("resource_twice", f"datapackage.json declares {count} resources named {name}.", DESCRIPTOR)
    for path, count in paths.items():
        if count > 1:
            yield wrong("resource_twice", f"datapackage.json declares {path} as {count} resources.", DESCRIPTOR)


def declared_otherwise(resource: ResourceWords, members: Mapping[str, MemberWords]) -> Iterator[Problem]:
    """The two places that declare a member must say the same."""
    declared = members.get(resource.paths[0]) if len(resource.paths) == 1 else None
    if declared is not None and (resource.bytes, sha256_of(resource.hash)) != (declared.bytes, declared.sha256):
        message = f"datapackage.json declares two different sizes or hashes for {declared.path}."
        yield wrong("declarations_differ", message, DESCRIPTOR, entity=resource.title)


def wrong(code: str, message: str, file: str, byte: int | None = None, entity: str | None = None) -> Problem:
    return Problem(
        code=code,
        message=message,
        remedy="Get an undamaged copy, or export again.",
        category=Category.INTEGRITY,
        place=Place(file=file, byte=byte, entity=entity),
    )
