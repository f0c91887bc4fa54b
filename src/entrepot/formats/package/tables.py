"""Which tables an archive holds, and what it says about them: a package of ours, a Data Package of anybody, a package
with `manifest.json`, or files side by side. Only what the archive says about itself is read here."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from entrepot.formats.package.agreeing import disagreements, names_of_files
from entrepot.formats.package.contents import PackageWords, ResourceWords, bad, read_contents
from entrepot.formats.package.dialects import not_followed, reading_of, told, unsupported
from entrepot.formats.package.kinds import is_archive, is_hidden, is_table, stem
from entrepot.formats.package.manifested import ListedMember, ManifestWords, read_manifest
from entrepot.formats.package.names import DESCRIPTOR, MANIFEST
from entrepot.model.brief import brief
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.packed import Declared, Packed, PackedFile, PackedTable
from entrepot.model.problems import Place, Problem, Severity
from entrepot.zips.checks import Archive

DIGEST = re.compile(r"(?:(md5|sha1|sha256|sha512):)?([0-9a-zA-Z]+)")
SHOWN = 20
MOST_TABLES = 10_000


def packed(archive: Archive, name: str) -> Packed:
    """Of a sound archive. DamagedError where it disagrees with itself, InputError where there is nothing to import."""
    if archive.entry(DESCRIPTOR) is not None:
        return described(archive, name)
    manifest = read_manifest(archive)
    if manifest is not None and any(is_data(member) for member in names_of_files(archive)):
        return manifested(archive, manifest, name)
    return plain(archive, name)


def described(archive: Archive, name: str) -> Packed:
    contents = read_contents(archive)
    if found := tuple(disagreements(archive, contents)):
        raise DamagedError(found[0].code, found[0].message, remedy=found[0].remedy, problems=found)
    tables = [described_table(item, contents) for item in contents.resources]
    listed = {table.member for table in tables} | {DESCRIPTOR}
    others = [member for member in names_of_files(archive) if member not in listed]
    problems = [problem for item in contents.resources for problem in (*not_followed(item), *not_compared(item))]
    if contents.entrepot is None:
        problems += left_out([member for member in others if is_table(member)])
    extras = contents.entrepot
    files = (
        []
        if extras is None
        else [
            PackedFile(member=item.path, id=item.id, name=item.name, entity=item.entity, field=item.field)
            for item in extras.attachments
        ]
    )
    found = whole(name, tables, files, problems)
    return replace(found, declared={**declared_by_resources(contents), **declared_by_members(contents)})


def declared_by_resources(contents: PackageWords) -> Mapping[str, Declared]:
    return {
        path: Declared(bytes=item.bytes, digest=digest(item.hash)) for item in contents.resources for path in item.paths
    }


def declared_by_members(contents: PackageWords) -> Mapping[str, Declared]:
    members = contents.entrepot.members if contents.entrepot else ()
    return {each.path: Declared(bytes=each.bytes, digest=("sha256", each.sha256)) for each in members}


def described_table(resource: ResourceWords, contents: PackageWords) -> PackedTable:
    if len(resource.paths) != 1:
        fact = "it stands in several files" if resource.paths else "it has no file"
        raise unsupported(resource, fact, "Write it into one file of the package.")
    reading, ours = reading_of(resource), resource.entrepot
    return PackedTable(
        name=resource.title,
        member=resource.paths[0],
        reading=reading,
        fields=tuple(field.name for field in resource.fields),
        in_order=reading.header is False or (contents.entrepot is not None and reading.format != "json"),
        records=None if ours is None else ours.rows,
        declared_by=DESCRIPTOR,
    )


def digest(hash: str | None) -> tuple[str, str] | None:
    """What is said in a way of its own cannot be compared; digits that are none differ from all.

    >>> digest("sha256:AB"), digest("ab"), digest("sha256:zz"), digest("crc:1"), digest(None)
    (('sha256', 'ab'), ('md5', 'ab'), ('sha256', 'zz'), None, None)
    """
    found = DIGEST.fullmatch(hash or "")
    return (found[1] or "md5", found[2].lower()) if found else None


def not_compared(resource: ResourceWords) -> Iterator[Problem]:
    if resource.hash and digest(resource.hash) is None:
        fact = f"its hash, '{brief(resource.hash)}', is of no known kind, and was not compared"
        yield told(resource, fact, "Give an md5, sha1, sha256 or sha512 of the file.", code="hash_not_compared")


def manifested(archive: Archive, manifest: ManifestWords, name: str) -> Packed:
    """The members of `data/` are the tables, each named by its entity."""
    said = {member.path: member for member in manifest.members}
    there = names_of_files(archive)
    if missing := sorted(said.keys() - set(there)):
        raise bad("missing_member", f"there is no {missing[0]}, which manifest.json declares", MANIFEST)
    listed = any(is_data(member) for member in said)
    if foreign := [member for member in there if listed and member not in said and member != MANIFEST]:
        raise bad("foreign_member", f"{foreign[0]} is there, which manifest.json does not declare", MANIFEST)
    tables = [manifested_table(member, said.get(member), manifest) for member in there if is_data(member)]
    counted = {*manifest.entity_counts, *manifest.counts}
    if lost := sorted(counted - {table.name for table in tables}):
        raise bad("missing_member", f"there is no member for {lost[0]}, which manifest.json counts", MANIFEST)
    files = list(attached(manifest, there))
    known = {MANIFEST, *(file.member for file in files)}
    others = [member for member in there if is_table(member) and not is_data(member) and member not in known]
    declared = {each.path: Declared(bytes=each.bytes, digest=("sha256", each.sha256)) for each in manifest.members}
    return replace(whole(name, tables, files, left_out(others)), declared=declared)


def manifested_table(member: str, said: ListedMember | None, manifest: ManifestWords) -> PackedTable:
    entity = (said.entity if said else "") or stem(member)
    return PackedTable(
        name=entity,
        member=member,
        records=manifest.count_of(entity),
        declared_by=MANIFEST,
    )


def is_data(member: str) -> bool:
    return member.startswith("data/") and is_table(member) and not is_hidden(member)


def attached(manifest: ManifestWords, members: Iterable[str]) -> Iterator[PackedFile]:
    """As it says; where it does not, by their names: `files/<id>/<name>`."""
    for item in manifest.attachments:
        yield PackedFile(member=item.path, id=item.id, name=item.name, entity=item.entity, field=item.field)
    known = {item.path for item in manifest.attachments}
    for member in members:
        parts = member.split("/")
        if member not in known and parts[0] == "files" and len(parts) == 3:
            yield PackedFile(member=member, id=parts[1], name=parts[2])


def plain(archive: Archive, name: str) -> Packed:
    """Every file that can be a table is one."""
    there = [member for member in names_of_files(archive) if not is_hidden(member)]
    if nested := [member for member in there if is_archive(member)]:
        raise archive_in_archive(nested[0])
    wanted = dict.fromkeys(member for member in there if is_table(member) and member != MANIFEST)
    tables = [PackedTable(name=stem(member), member=member) for member in wanted]
    others = [member for member in there if member not in wanted]
    return whole(name, tables, [], left_out(others))


def archive_in_archive(member: str) -> InputError:
    return InputError(
        "archive_in_archive",
        f"{member} is an archive itself.",
        remedy="Unpack the outer one, and give what is in it.",
    )


def left_out(members: Sequence[str]) -> list[Problem]:
    if not members:
        return []
    more = f" and {len(members) - SHOWN:,} more" if len(members) > SHOWN else ""
    return [
        Problem(
            code="member_left_out",
            message=f"Not imported: {', '.join(members[:SHOWN])}{more}.",
            remedy="If one of them should be, give it a name that says what it is, or import it by itself.",
            severity=Severity.WARNING,
            place=Place(file=members[0]),
        )
    ]


def whole(name: str, tables: list[PackedTable], files: list[PackedFile], problems: Sequence[Problem]) -> Packed:
    if not tables:
        raise InputError(
            "no_tables", f"{name} holds no tables.", remedy="Give an archive of CSV, JSON, NDJSON or Parquet files."
        )
    if len(tables) > MOST_TABLES:
        raise InputError(
            "too_many_tables",
            f"{name} holds {len(tables):,} tables; at most {MOST_TABLES:,} can be told apart.",
            remedy="Put them together, or into several archives.",
        )
    return Packed(name=name, tables=tuple(with_names(tables)), files=tuple(files), problems=tuple(problems))


def with_names(tables: Sequence[PackedTable]) -> Iterator[PackedTable]:
    """Each once: members of one name go by the whole of it."""
    count = Counter(table.name for table in tables)
    for table in tables:
        yield table if count[table.name] == 1 else replace(table, name=table.member)
