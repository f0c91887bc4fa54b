"""One table out of an archive: plain ZIPs, packages of ours and of others. What is wrong with one is told before
anything is decided."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from acceptance.importing import Shop, counts, told

USERS = b"id,email,name\n1,a@b.c,Ann\n2,d@e.f,\n"
LINES = b'{"id": 3, "email": "g@h.i"}\n'
Files = Mapping[str, bytes]


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


def zipped(shop: Shop, files: Files, name: str = "in.zip") -> str:
    with zipfile.ZipFile(shop.folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in files.items():
            archive.writestr(zipfile.ZipInfo(member), data, zipfile.ZIP_DEFLATED)
    return str(shop.folder / name)


def rows(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows("SELECT id, email, name FROM users ORDER BY id")


BOTH = [(1, "a@b.c", "Ann"), (2, "d@e.f", None)]


def test_the_only_table_of_an_archive_is_imported_and_the_archive_is_the_draft(shop: Shop) -> None:
    file = zipped(shop, {"export/": b"", "export/people.csv": USERS, "__MACOSX/._people.csv": b"x"})
    receipt = shop.bring(file, "users")
    assert rows(shop) == BOTH
    assert (receipt["file"]["name"], receipt["file"]["member"]) == ("in.zip", "export/people.csv")
    assert receipt["file"]["sha256"] == hashlib.sha256(Path(file).read_bytes()).hexdigest()


def test_several_tables_are_named_and_one_is_chosen(shop: Shop) -> None:
    file = zipped(shop, {"users.csv": USERS, "more/later.ndjson": LINES})
    error = shop.refusal(file, "users")
    assert (error["code"], error["message"]) == ("several_tables", "in.zip holds several tables: users, later.")
    shop.bring(file, "users", "--list", "users")
    shop.bring(file, "users", "--list", "later")
    assert rows(shop) == [*BOTH, (3, "g@h.i", None)]
    error = shop.refusal(file, "users", "--list", "User")
    assert error["code"] == "no_such_table"
    assert "users, later" in error["message"]


def test_a_document_in_an_archive_may_have_lists_of_its_own(shop: Shop) -> None:
    document = json.dumps({"users": [{"id": 1}], "others": [{"id": 2}]}).encode()
    file = zipped(shop, {"shop.json": document})
    assert shop.refusal(file, "users")["code"] == "several_lists"
    shop.bring(file, "users", "--list", "others")
    both = zipped(shop, {"shop.json": document, "b.csv": USERS}, "both.zip")
    shop.bring(both, "users", "--list", "shop/users")
    assert [row[0] for row in rows(shop)] == [1, 2]


def test_members_of_one_name_go_by_the_whole_of_it(shop: Shop) -> None:
    file = zipped(shop, {"a/users.csv": USERS, "b/users.csv": USERS})
    assert shop.refusal(file, "users")["message"] == "in.zip holds several tables: a/users.csv, b/users.csv."
    shop.bring(file, "users", "--list", "b/users.csv")
    assert rows(shop) == BOTH


def test_what_is_no_table_is_told(shop: Shop) -> None:
    plan = shop.plan(zipped(shop, {"users.csv": USERS, "README.md": b"# hello", "photo.png": b"x"}), "users")
    assert "Not imported: README.md, photo.png." in told(plan)
    assert counts(plan) == {"created": 2}


def test_a_packed_member_in_a_packed_archive_is_made_plain(shop: Shop) -> None:
    file = zipped(shop, {"users.csv.gz": gzip.compress(USERS, mtime=0)})
    (shop.folder / "in.zip.gz").write_bytes(gzip.compress(Path(file).read_bytes(), mtime=0))
    shop.bring(file + ".gz", "users")
    assert rows(shop) == BOTH


def test_findings_name_the_member_and_the_line_in_it(shop: Shop) -> None:
    plan = shop.plan(zipped(shop, {"data/users.csv": USERS.replace(b"2,d", b"x,d")}), "users")
    (problem,) = [each for each in plan["problems"] if each["severity"] == "error"]
    assert (problem["place"]["file"], problem["place"]["line"]) == ("in.zip/data/users.csv", 3)


def test_the_errors_file_of_an_archive_comes_back(shop: Shop) -> None:
    file = zipped(shop, {"a.csv": USERS.replace(b"2,d", b"x,d"), "b.csv": LINES})
    errors = str(shop.folder / "errors.csv")
    words = ("--list", "a", "--errors", "skip", "--errors-file", errors)
    code, receipt = shop.run("import", file, "--into", "users", "--yes", *words)
    assert code == 9, receipt
    Path(errors).write_text(Path(errors).read_text().replace("\nx,", "\n2,"), encoding="utf-8")
    code, done = shop.run("import", errors, "--corrects", receipt["job"], "--yes")
    assert code == 0, done
    assert rows(shop) == BOTH


def test_a_plan_of_an_archive_is_applied(shop: Shop) -> None:
    plan = shop.plan(zipped(shop, {"a.csv": USERS, "b.csv": USERS}), "users", "--list", "b")
    (shop.folder / "in.zip").unlink()
    code, receipt = shop.run("plan", "apply", plan["plan_id"])
    assert code == 0, receipt
    assert rows(shop) == BOTH


Descriptor = dict[str, Any]


def described(shop: Shop, *resources: Descriptor, files: Files | None = None) -> str:
    words = json.dumps({"name": "shop", "resources": list(resources)}).encode()
    return zipped(shop, {"datapackage.json": words, "data/users.csv": USERS, **(files or {})})


def resource(**more: Any) -> Descriptor:
    return {"name": "users", "path": "data/users.csv", "format": "csv", **more}


def test_a_data_package_says_how_its_tables_are_read(shop: Shop) -> None:
    odd = "1|a@b.c|'An''n'\n2|d@e.f|NA\n".encode("utf-16-le")
    words = resource(
        path="odd.csv",
        encoding="utf-16-le",
        dialect={"delimiter": "|", "quoteChar": "'", "header": False},
        schema={"fields": [{"name": "id"}, {"name": "email"}, {"name": "name"}], "missingValues": ["", "NA"]},
    )
    shop.bring(described(shop, words, files={"odd.csv": odd}), "users")
    assert rows(shop) == [(1, "a@b.c", "An'n"), (2, "d@e.f", None)]


def test_what_is_said_goes_before_what_the_package_says(shop: Shop) -> None:
    words = resource(dialect={"delimiter": "|"})
    shop.bring(described(shop, words), "users", "--delimiter", ",")
    assert rows(shop) == BOTH


def test_tables_that_a_data_package_does_not_list_are_told(shop: Shop) -> None:
    plan = shop.plan(described(shop, resource(), files={"data/other.csv": b"a\n", "README.md": b""}), "users")
    assert "Not imported: data/other.csv." in told(plan)


SHA = hashlib.sha256(USERS).hexdigest()
LIES: list[tuple[str, list[Descriptor], str]] = [
    ("another hash", [resource(hash=f"sha256:{'0' * 64}")], "hash_differs"),
    ("another md5", [resource(hash="0" * 32)], "hash_differs"),
    ("digits that are none", [resource(hash="sha256:zz")], "hash_differs"),
    ("a row 0", [resource(dialect={"headerRows": [0]})], "unsupported_resource"),
    ("another size", [resource(bytes=3)], "size_differs"),
    ("a member that is not there", [resource(), resource(name="x", path="data/x.csv")], "missing_member"),
    ("two of one name", [resource(), resource(path="datapackage.json")], "resource_twice"),
    ("one member twice", [resource(), resource(name="again")], "resource_twice"),
    ("another column", [resource(schema={"fields": [{"name": "id"}, {"name": "phone"}]})], "columns_differ"),
    ("several files", [resource(path=["data/users.csv", "data/users.csv"])], "resource_twice"),
    ("no file", [{"name": "users", "data": [{"id": 1}]}], "unsupported_resource"),
    ("a dialect elsewhere", [resource(dialect="dialect.json")], "unsupported_resource"),
    ("escapes", [resource(dialect={"escapeChar": "\\"})], "unsupported_resource"),
    ("several rows of names", [resource(dialect={"headerRows": [1, 2]})], "unsupported_resource"),
    ("no tables", [], "no_tables"),
    ("a web address", [resource(path="https://example.org/users.csv")], "missing_member"),
    ("a path upwards", [resource(path="../users.csv")], "missing_member"),
]


@pytest.mark.parametrize(("resources", "code"), [lie[1:] for lie in LIES], ids=[lie[0] for lie in LIES])
def test_a_descriptor_that_lies_is_refused(shop: Shop, resources: list[Descriptor], code: str) -> None:
    status, document = shop.run("import", described(shop, *resources), "--into", "users", "--dry-run")
    assert status in (2, 7), document
    assert document["error"]["code"] == code, document
    assert document["error"]["remedy"]


def test_hashes_that_agree_are_no_obstacle(shop: Shop) -> None:
    md5 = hashlib.md5(USERS, usedforsecurity=False).hexdigest()
    shop.bring(described(shop, resource(bytes=len(USERS), hash=f"sha256:{SHA}")), "users")
    shop.plan(described(shop, resource(hash=md5)), "users")
    assert rows(shop) == BOTH


def test_a_hash_of_an_unknown_kind_is_told(shop: Shop) -> None:
    plan = shop.plan(described(shop, resource(hash="crc:1")), "users")
    assert told(plan) == ["users: its hash, 'crc:1', is of no known kind, and was not compared."]


def manifest(shop: Shop, words: Any, files: Files) -> str:
    return zipped(shop, {"manifest.json": json.dumps(words).encode(), **files})


BOOKINGS = json.dumps({"bookings": [{"id": 1, "userId": 1, "startDate": "2024-01-02", "price": 1.5}]}).encode()


def test_a_package_with_a_manifest_is_read_whoever_wrote_it(shop: Shop) -> None:
    words = {"exportedAt": "2024-01-02", "entityCounts": {"bookings": 1}, "fileMaps": {"x": 1}}
    file = manifest(shop, words, {"data/bookings.json": BOOKINGS, "files/7/photo.png": b"\x89PNG"})
    shop.bring(file, "bookings")
    assert shop.rows("SELECT user_id, start_date, price FROM bookings") == [(1, "2024-01-02", 1.5)]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"entity_counts": {"bookings": 2}}, "count_differs"),
        ({"entityCounts": {"bookings": 1, "users": 2}}, "missing_member"),
        ({"members": [{"path": "data/x.json", "bytes": 1, "sha256": ""}]}, "missing_member"),
        ({"members": [{"path": "data/bookings.json", "bytes": 1, "sha256": ""}]}, "size_differs"),
        ([], "bad_descriptor"),
        ({"entityCounts": 7}, "bad_descriptor"),
    ],
)
def test_a_manifest_that_lies_is_refused(shop: Shop, words: Any, code: str) -> None:
    file = manifest(shop, words, {"data/bookings.json": BOOKINGS})
    status, document = shop.run("import", file, "--into", "bookings", "--yes")
    assert status in (2, 7), document
    assert document["error"]["code"] == code, document


REFUSED: list[tuple[str, Files, str]] = [
    ("an archive in it", {"users.csv": USERS, "old.zip": b"PK\5\6" + bytes(18)}, "archive_in_archive"),
    ("one under another name", {"users.csv": b"PK\5\6" + bytes(18)}, "archive_in_archive"),
    ("nothing in it", {}, "no_tables"),
    ("nothing of use", {"photo.png": b"x"}, "no_tables"),
    ("a path upwards", {"../users.csv": USERS}, "zip_unsafe_name"),
    ("a manifest alone", {"manifest.json": b"{}"}, "no_tables"),
]


@pytest.mark.parametrize(("files", "code"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_an_archive_without_a_table_is_refused(shop: Shop, files: Files, code: str) -> None:
    status, document = shop.run("import", zipped(shop, files), "--into", "users", "--dry-run")
    assert status in (2, 7), document
    assert document["error"]["code"] == code, document


DAMAGE: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "cut": (lambda data: data[:-1], "not_a_zip"),
    "more behind it": (lambda data: data + b"x", "zip_trailing_bytes"),
    "a name twice": (lambda data: data.replace(b"other.csv", b"users.csv"), "zip_duplicate_name"),
    "other content": (lambda data: data.replace(b"Ann", b"Bob"), "zip_checksum"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_anywhere_is_refused_also_in_members_that_nobody_wants(shop: Shop, damage: str) -> None:
    change, code = DAMAGE[damage]
    path = shop.folder / "in.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("wanted.csv", b"id\n1\n")
        archive.writestr("users.csv", USERS)
        archive.writestr("other.csv", USERS.replace(b"Ann", b"Eve"))
    path.write_bytes(change(path.read_bytes()))
    status, document = shop.run("import", str(path), "--into", "users", "--list", "wanted", "--yes")
    assert (status, document["error"]["code"]) == (7, code)
    assert shop.rows("SELECT count(*) FROM users") == [(0,)]


def test_the_preview_names_the_member_and_how_to_look_again(shop: Shop) -> None:
    file = zipped(shop, {"a.csv": USERS, "b.csv": LINES})
    assert "in.zip/a.csv → users" in shop.screen("import", file, "--into", "users", "--list", "a", "--dry-run")
    plan = shop.plan(file, "users", "--list", "a")
    shop.bring(file, "users", "--list", "a")
    code, document = shop.run("plan", "apply", plan["plan_id"])
    assert (code, document["error"]["code"]) == (5, "plan_drifted")
    assert "--into users --list a" in document["error"]["remedy"]


def test_an_archive_comes_in_by_batches(shop: Shop) -> None:
    many = b"id,email\n" + b"".join(b"%d,\n" % number for number in range(1, 26))
    words = ("--errors", "skip", "--batch-size", "10")
    receipt = shop.bring(zipped(shop, {"a.csv": many, "b.csv": LINES}), "users", "--list", "a", *words)
    assert receipt["counts"]["created"] == 25


def test_more_tables_than_can_be_told_apart_are_refused(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrepot.formats.package.tables.MOST_TABLES", 1)
    assert shop.refusal(zipped(shop, {"a.csv": USERS, "b.csv": LINES}), "users")["code"] == "too_many_tables"
