"""Packages that were changed after they were written: everything is found, and its place named."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from contract.formats.packaged import Shelf, pack
from entrepot.exporting.inspect_package import inspect_package
from entrepot.exporting.inspection import Findings, Inspection
from entrepot.formats.zipping import ZipOutlet
from entrepot.model.problems import Category, Problem, Severity
from entrepot.workbench import open_workbench
from unit.exporting.inspected import codes, look, some_rows

Files = dict[str, bytes]
FLIPS = 300


def package(home: Path, **options: Any) -> Path:
    made = pack(some_rows(), home, attachments=Shelf([("1", "photo.png", bytes(range(256)) * 20)]), **options)
    (home / "workbench.log").unlink(missing_ok=True)
    (path,) = made.save(home)
    return path


def rewritten(path: Path, change: Callable[[Files], Files]) -> Path:
    """The package with other members, as our own writer would store them."""
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    with ZipOutlet(buffer) as outlet:
        for name, data in change(files).items():
            with outlet.open(name, "x") as sink:
                sink.write(data)
    other = path.with_name("other.zip")
    other.write_bytes(buffer.getvalue())
    return other


@pytest.mark.parametrize("member_format", ["csv", "ndjson", "json", "parquet"])
def test_a_whole_package_is_whole(member_format: str, tmp_path: Path) -> None:
    found = look(package(tmp_path, member_format=member_format, manifest=True), tmp_path)
    assert found.ok, found.problems
    assert codes(found) == {"no_receipt"}
    assert sorted(found.fingerprints) == ["customers", "notes", "purchaseOrders"]
    assert "customers: 2 rows, as declared." in found.checks
    assert any("5 members have the declared size and SHA-256" in check for check in found.checks)
    assert any("both headers of each agree" in check for check in found.checks)


def changed_row(files: Files) -> Files:
    return {**files, "data/customers.csv": files["data/customers.csv"].replace(b"1,", b"3,")}


def lost_row(files: Files) -> Files:
    return {**files, "data/customers.csv": files["data/customers.csv"].replace(b"2,\n", b"")}


def without(name: str) -> Callable[[Files], Files]:
    def apply(files: Files) -> Files:
        return {key: data for key, data in files.items() if key != name}

    return apply


def put(name: str, data: bytes) -> Callable[[Files], Files]:
    def apply(files: Files) -> Files:
        return {name: data} | files | {name: data}

    return apply


def reword(first: str, word: str, value: int) -> Callable[[Files], Files]:
    """Change what the descriptor says of the package (`entrepot`), its first resource, or that one's extras."""

    def apply(files: Files) -> Files:
        words = json.loads(files["datapackage.json"])
        resource = words["resources"][0]
        {"package": words["entrepot"], "resource": resource, "extras": resource["entrepot"]}[first][word] = value
        return {**files, "datapackage.json": json.dumps(words).encode()}

    return apply


def swapped(files: Files) -> Files:
    one, other = "data/customers.csv", "data/purchaseOrders.csv"
    return {**files, one: files[other], other: files[one]}


@pytest.mark.parametrize(
    ("change", "expected", "file"),
    [
        (changed_row, {"hash_differs", "fingerprint_differs"}, "data/customers.csv"),
        (lost_row, {"size_differs", "hash_differs", "count_differs", "fingerprint_differs"}, "data/customers.csv"),
        (without("data/customers.csv"), {"missing_member"}, "data/customers.csv"),
        (without("files/1/photo.png"), {"missing_member"}, "files/1/photo.png"),
        (without("datapackage.json"), {"no_descriptor"}, "datapackage.json"),
        (put("x.txt", b""), {"foreign_member"}, "x.txt"),
        (swapped, {"swapped_member", "hash_differs", "size_differs"}, "data/customers.csv"),
        (put("datapackage.json", b"{"), {"bad_descriptor"}, "datapackage.json"),
        (reword("resource", "bytes", 1), {"declarations_differ"}, "datapackage.json"),
        (reword("package", "version", 2), {"unsupported_version"}, "datapackage.json"),
        (reword("extras", "rows", 7), {"count_differs"}, "data/customers.csv"),
    ],
)
def test_every_change_is_found_in_its_place(
    change: Callable[[Files], Files], expected: set[str], file: str, tmp_path: Path
) -> None:
    found = look(rewritten(package(tmp_path), change), tmp_path)
    assert not found.ok
    assert codes(found) >= expected
    assert {problem.code for problem in found.problems if problem.place.file == file} >= expected


def test_counts_that_differ_name_both_numbers(tmp_path: Path) -> None:
    found = look(rewritten(package(tmp_path), lost_row), tmp_path)
    (problem,) = [problem for problem in found.problems if problem.code == "count_differs"]
    assert problem.message == "customers: 2 rows are declared, and 1 are there."
    assert (problem.category, problem.place.entity) == (Category.COUNT, "customers")


def test_all_findings_are_listed(tmp_path: Path) -> None:
    def change(files: Files) -> Files:
        return {"x.txt": b"", **without("files/1/photo.png")(changed_row(files))}

    assert codes(look(rewritten(package(tmp_path), change), tmp_path)) >= {
        "hash_differs",
        "missing_member",
        "foreign_member",
    }


def test_an_unsound_archive_is_not_read(tmp_path: Path) -> None:
    path = package(tmp_path)
    path.write_bytes(path.read_bytes() + b"more")
    found = look(path, tmp_path)
    assert codes(found) == {"no_receipt", "zip_trailing_bytes", "contents_not_read"}
    assert found.fingerprints == {}


def contents(path: Path) -> Files | None:
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:  # whatever Python's reader makes of a damaged archive
        return None


@pytest.mark.slow
def test_a_flipped_byte_anywhere_is_found(tmp_path: Path) -> None:
    """Without any receipt. A flip may only go unseen where it changes nothing that anybody can read: the unused bits
    at the end of a deflate stream."""
    path, seed = package(tmp_path), random.randrange(1 << 32)
    print(f"seed {seed}")  # noqa: T201 needed to repeat a failure
    whole, before, dice, unseen = path.read_bytes(), contents(path), random.Random(seed), 0
    with many_looks(tmp_path) as look_at:
        for _ in range(FLIPS):
            at, bits = dice.randrange(len(whole)), dice.randrange(1, 256)
            path.write_bytes(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
            found = look_at(path)
            if found.ok:
                unseen += 1
                assert contents(path) == before, f"byte {at} ^ {bits}"
            else:
                assert all(problem.place.file or "ZIP" in problem.message for problem in errors(found))
    assert unseen <= 3


def test_a_cut_at_any_kilobyte_is_found(tmp_path: Path) -> None:
    path = package(tmp_path)
    whole = path.read_bytes()
    with many_looks(tmp_path) as look_at:
        for size in [*range(0, len(whole), 1024), len(whole) - 1]:
            path.write_bytes(whole[:size])
            assert not look_at(path).ok, size


@contextmanager
def many_looks(home: Path) -> Iterator[Callable[[Path], Inspection]]:
    """Inspections that share one workbench: a process each would take minutes."""
    room = home / "shared"
    room.mkdir()
    with open_workbench(room) as workbench:

        def look_at(path: Path) -> Inspection:
            findings = Findings(file=path.name, work=room, open_workbench=lambda: workbench)
            inspect_package(path, findings)
            return findings.inspection()

        yield look_at


def errors(found: Inspection) -> list[Problem]:
    return [problem for problem in found.problems if problem.severity is Severity.ERROR]


def test_attachments_that_do_not_come_to_the_references_are_found(tmp_path: Path) -> None:
    """As if the list had been shortened, or lengthened, by somebody who forgot the rest."""

    def change(files: Files, **words: object) -> Files:
        descriptor = json.loads(files["datapackage.json"])
        descriptor["entrepot"].update(words)
        return {**files, "datapackage.json": json.dumps(descriptor).encode()}

    def looked(**words: object) -> set[str]:
        found = look(rewritten(package(tmp_path), lambda files: change(files, **words)), tmp_path)
        return codes(found) - {"no_receipt"}

    named = {"entity": "customers", "field": "photo", "id": "1", "name": "photo.png"}
    assert looked(attachments=[]) == {"references_differ", "unreferenced_file"}
    assert looked(attachments=[{**named, "missing": True}]) == {"unreferenced_file"}
    assert looked(attachments=[{**named, "path": "files/2/photo.png"}]) == {
        *("attachment_not_listed", "unreferenced_file"),
    }
    assert looked(references=[]) == {"references_differ"}
