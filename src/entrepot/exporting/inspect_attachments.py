"""Inspecting a package's attachments: every reference is attached or listed as missing, nothing else is there."""

from __future__ import annotations

from collections import Counter

from entrepot.exporting.inspection import Findings
from entrepot.formats.package.contents import PackageExtras
from entrepot.formats.package.names import DESCRIPTOR
from entrepot.model.problems import Category, Place

FOLDER = "files/"


def check_attachments(extras: PackageExtras, findings: Findings) -> None:
    check_references(extras, findings)
    paths = {item.path for item in extras.attachments if item.path is not None}
    members = {member.path for member in extras.members if member.path.startswith(FOLDER)}
    for path in sorted(paths - members):
        findings.wrong("attachment_not_listed", f"{path} is attached, but no member of that name.", Place(file=path))
    for path in sorted(members - paths):
        findings.wrong("unreferenced_file", f"{path} is in the package, but no row refers to it.", Place(file=path))
    missing = sum(item.path is None for item in extras.attachments)
    if extras.attachments and paths == members:
        findings.agree(f"{len(extras.attachments):,} references to files: {missing:,} of the files were missing.")


def check_references(extras: PackageExtras, findings: Findings) -> None:
    """What is attached and what is missing come to what the rows of each field refer to."""
    declared = Counter({(item.entity, item.field): item.files for item in extras.references})
    found = Counter((item.entity, item.field) for item in extras.attachments)
    for entity, field in sorted(declared.keys() | found.keys()):
        expected, there = declared[entity, field], found[entity, field]
        if expected != there:
            message = f"{entity}.{field}: rows refer to {expected:,} files, and {there:,} are attached or missing."
            findings.wrong("references_differ", message, Place(file=DESCRIPTOR, entity=entity), Category.COUNT)
