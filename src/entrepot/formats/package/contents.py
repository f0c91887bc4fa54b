"""`datapackage.json` read back: as much of it as checking needs, from ours or from another tool's package."""

from __future__ import annotations

import msgspec

from entrepot.formats.package.descriptor import VERSION
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.problems import Category, Place, Problem
from entrepot.model.receipts import Fingerprint
from entrepot.model.types import Kind, LogicalType
from entrepot.zips.checks import Archive
from entrepot.zips.reading import member_bytes

LARGEST_DESCRIPTOR_BYTES = 256 << 20


class FieldExtras(msgspec.Struct, frozen=True):
    type: LogicalType


class FieldWords(msgspec.Struct, frozen=True):
    name: str
    type: str = "string"
    entrepot: FieldExtras | None = None

    @property
    def logical_type(self) -> LogicalType:
        return self.entrepot.type if self.entrepot else LogicalType(kind=Kind.TEXT)


class MissingWords(msgspec.Struct, frozen=True):
    value: str


class SchemaWords(msgspec.Struct, frozen=True):
    fields: tuple[FieldWords, ...] = ()
    missing: tuple[str | MissingWords, ...] = msgspec.field(default=("",), name="missingValues")
    """What means that there is no value."""


class DialectWords(msgspec.Struct, frozen=True, rename="camel"):
    """How a member is written, in the words of both versions of Data Package."""

    delimiter: str | None = None
    quote_char: str | None = None
    escape_char: str | None = None
    header: bool | None = None
    header_rows: tuple[int, ...] | None = None
    null_sequence: str | None = None
    skip_initial_space: bool = False
    comment_char: str | None = None
    property: str | None = None
    sheet_name: str | None = None


class ResourceExtras(msgspec.Struct, frozen=True):
    title: str
    rows: int
    fingerprint: Fingerprint


class ResourceWords(msgspec.Struct, frozen=True):
    name: str
    path: str | tuple[str, ...] = ()
    format: str = ""
    bytes: int | None = None
    hash: str | None = None
    schema: SchemaWords | str | None = None
    mediatype: str = ""
    encoding: str | None = None
    dialect: DialectWords | str | None = None
    entrepot: ResourceExtras | None = None

    @property
    def title(self) -> str:
        return self.entrepot.title if self.entrepot else self.name

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else self.path

    @property
    def fields(self) -> tuple[FieldWords, ...]:
        return self.schema.fields if isinstance(self.schema, SchemaWords) else ()


class MemberWords(msgspec.Struct, frozen=True):
    path: str
    bytes: int
    sha256: str


class AttachmentWords(msgspec.Struct, frozen=True):
    entity: str
    field: str
    id: str
    name: str = ""
    path: str | None = None
    """None: it was missing."""


class ReferenceWords(msgspec.Struct, frozen=True):
    entity: str
    field: str
    files: int


class PackageExtras(msgspec.Struct, frozen=True):
    version: int
    members: tuple[MemberWords, ...] = ()
    attachments: tuple[AttachmentWords, ...] = ()
    references: tuple[ReferenceWords, ...] = ()


class PackageWords(msgspec.Struct, frozen=True):
    resources: tuple[ResourceWords, ...]
    entrepot: PackageExtras | None = None

    def members(self) -> dict[str, MemberWords]:
        """What is promised about each member; of other tools' packages, what their resources tell."""
        if self.entrepot is not None:
            return {member.path: member for member in self.entrepot.members}
        return {
            path: MemberWords(path=path, bytes=item.bytes or 0, sha256=sha256_of(item.hash))
            for item in self.resources
            for path in item.paths
            if item.bytes is not None and sha256_of(item.hash)
        }


class VersionWords(msgspec.Struct, frozen=True):
    version: int = 0


class HeadWords(msgspec.Struct, frozen=True):
    """Only the version: it must be readable whatever else a later version says."""

    entrepot: VersionWords | None = None


def sha256_of(hash: str | None) -> str:
    """Data Package hashes are MD5 unless they name their algorithm."""
    kind, _, digits = (hash or "").rpartition(":")
    return digits if kind == "sha256" else ""


def read_contents(archive: Archive) -> PackageWords:
    entry = archive.entry(DESCRIPTOR)
    if entry is None:
        raise bad("no_descriptor", "there is no datapackage.json in it: it is no data package")
    try:
        data = member_bytes(archive, entry, LARGEST_DESCRIPTOR_BYTES)
        check_version(msgspec.json.decode(data, type=HeadWords))
        return msgspec.json.decode(data, type=PackageWords)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise bad("bad_descriptor", f"datapackage.json cannot be understood ({error})") from error


def check_version(head: HeadWords) -> None:
    if head.entrepot is not None and head.entrepot.version > VERSION:
        message = f"The package is of version {head.entrepot.version}; this Entrepot knows {VERSION}."
        raise InputError("unsupported_version", message, remedy="Update Entrepot.")


def bad(code: str, fact: str, member: str = DESCRIPTOR) -> DamagedError:
    problem = Problem(
        code=code,
        message=f"In this package, {fact}.",
        remedy="Get an undamaged copy, or export again.",
        category=Category.INTEGRITY,
        place=Place(file=member),
    )
    return DamagedError(code, problem.message, remedy=problem.remedy, problems=(problem,))
