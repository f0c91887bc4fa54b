"""An encrypted file with a key of others, without any, or with a changed byte: told apart, and nothing comes of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from contract.databases.sqlite_case import SqlitePlace
from entrepot import Entrepot, ExportOptions
from entrepot.model.drafts import Mode
from entrepot.model.errors import EntrepotError
from entrepot.model.plans import ImportRequest
from entrepot.storage.age import fresh_key

UPSERT = ImportRequest(entity="t", mode=Mode.UPSERT)


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_a_wrong_key_is_told_apart_from_a_changed_file_and_neither_leaves_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    place = SqlitePlace(tmp_path / "a.db")
    place.execute("CREATE TABLE t (id integer PRIMARY KEY, v text)", "INSERT INTO t VALUES (1, 'a')")
    entrepot = Entrepot(place.url, environment={"ENTREPOT_STATE": str(tmp_path / "state")})
    secret, public = fresh_key()
    other, _ = fresh_key()
    path = entrepot.export("t", to=tmp_path / "t.csv", options=ExportOptions(recipients=(public,))).path
    place.execute("UPDATE t SET v = 'b'")
    data = path.read_bytes()
    tries = [(data, other, "wrong_key"), (data, None, "no_key")]
    tries += [(changed(data, at), secret, "damaged") for at in (len(data) // 2, len(data) - 1)]
    tries += [(data[:-1], secret, "damaged"), (b"", secret, "empty_file")]
    for given, key, code in tries:
        path.write_bytes(given)
        with pytest.raises(EntrepotError) as caught:
            entrepot.bring_in(path, UPSERT, identity=key)
        assert (caught.value.code, bool(caught.value.remedy)) == (code, True)
    assert place.rows("SELECT * FROM t") == [(1, "b")]
    assert list(temporary.iterdir()) == []
    path.write_bytes(data)
    entrepot.bring_in(path, UPSERT, identity=secret)
    assert place.rows("SELECT * FROM t") == [(1, "a")]
