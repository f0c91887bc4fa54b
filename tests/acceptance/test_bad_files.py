"""Files that are none (FAULTS 40, 63, 66, 68): one refusal with a code and a remedy, and nothing else has happened."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest

from contract.databases import sqlite_case
from entrepot import Entrepot
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportRequest

GOOD = b"id,v\n1,a\n2,b\n"
REFUSED: tuple[tuple[str, bytes, str], ...] = (
    ("nothing.csv", b"", "empty_file"),
    ("blank.csv", b"\n\r\n\n", "empty_file"),
    ("unclosed.csv", b'id,v\n1,"a\n2,b\n', "unclosed_quote"),
    ("wide.csv", b",".join(b"c%d" % at for at in range(20_000)) + b"\n", "too_many_columns"),
    ("header.csv", b"id,v\xff\xc3\xa9\xc3\xa8\n1,a\n", "wrong_bytes"),
    ("paper.csv", b"%PDF-1.7\n1 0 obj", "unsupported_format"),
    ("page.csv", b"<!DOCTYPE html><html><body>id,v</body></html>", "unsupported_format"),
    ("book.csv", b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml", "not_a_zip"),
    ("program.csv", bytes(range(256)) * 20, "unsupported_format"),
    ("deep.json", b"[" * 100_000, "too_deep"),
    ("cut.json", b'[{"id": 1, "v": "a"}, {"id": 2', "broken_json"),
    ("nan.json", b'[{"id": NaN}]', "broken_json"),
    ("scalar.json", b"42", "no_records"),
    ("latin.json", b'[{"id": 1, "v": "caf\xe9"}]', "wrong_bytes"),
    ("others.csv", b"x,y\n1,a\n", "nothing_mapped"),
    ("other.ndjson", GOOD, "nothing_readable"),
    ("half.ndjson", b'{"id": 1, "v": "\\ud800"}\n', "nothing_readable"),
    ("other.json", GOOD, "broken_json"),
    ("none.json", b"[]", "no_records"),
    ("none.ndjson", b"", "no_records"),
    ("twice.csv", gzip.compress(gzip.compress(GOOD)), "sealed_twice"),
    ("base.csv.gz", gzip.compress(b"SQLite format 3\0" + bytes(100)), "unsupported_format"),
)


@pytest.mark.parametrize(("name", "data", "code"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_file_that_is_none_is_refused_and_leaves_no_trace(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, code: str
) -> None:
    refused(tmp_path, monkeypatch, name, data, code)


def test_a_file_without_one_good_record_says_what_is_wrong_with_the_first(tmp_path: Path) -> None:
    place = sqlite_case.SqlitePlace(tmp_path / "a.db")
    place.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)")
    (tmp_path / "a.ndjson").write_bytes(GOOD)
    with pytest.raises(EntrepotError) as caught:
        Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")}).preview(
            tmp_path / "a.ndjson", ImportRequest(entity="t")
        )
    assert "None of the 3 records of a.ndjson can be read as ndjson" in caught.value.message
    assert "line 1" in caught.value.message
    assert "--format csv" in caught.value.remedy
    assert [problem.code for problem in caught.value.problems] == ["broken_json"]


def test_a_compressed_file_that_was_cut_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(tmp_path, monkeypatch, "cut.csv.gz", gzip.compress(GOOD * 1000)[:-20], None)


def refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, code: str | None) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    place = sqlite_case.SqlitePlace(tmp_path / "a.db")
    place.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)", "INSERT INTO t VALUES (9, 'there')")
    (tmp_path / name).write_bytes(data)
    entrepot = Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    with pytest.raises(EntrepotError) as caught:
        entrepot.bring_in(tmp_path / name, ImportRequest(entity="t"))
    assert code in (None, caught.value.code)
    assert caught.value.remedy
    assert place.rows("SELECT * FROM t") == [(9, "there")]
    assert list(temporary.iterdir()) == []
