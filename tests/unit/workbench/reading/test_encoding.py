"""The encoding of strange files: marks, UTF-8, and guesses that are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.problems import Severity
from entrepot.workbench.reading.encoding import text_file
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import place, staged

TEXTS = {
    "French": "élève;à côté;où;garçon;très\nnaïve;être;français;Noël;cœur;l’été à Genève, déjà vu",
    "German": "Müller;Größe;Straße;Äpfel;über 5 € – schön",
    "Spanish": "Año;niño;señor;España;corazón;¿qué?",
    "Portuguese": "São Paulo;ação;não;coração;Às",
    "Danish": "Århus;smørrebrød;Øster;æble",
    "Czech": "Příliš žluťoučký kůň úpěl ďábelské ódy;Dvořák;Řehoř;číslo;město",
    "Polish": "Zażółć gęślą jaźń;Łódź;Świętokrzyskie;śnieg;mąż;źródło;Kraków",
    "Hungarian": "Győr;Székesfehérvár;őrült;fűtés;űr",
    "Russian": "Привет мир;Москва;Санкт-Петербург;улица Ленина",
    "Japanese": "東京都;こんにちは世界;株式会社;カタカナ",
    "Chinese": "北京市;中华人民共和国;上海;你好世界",
}
WRITTEN = [
    *((language, "cp1252") for language in ("French", "German", "Spanish", "Portuguese", "Danish")),
    *((language, "cp1250") for language in ("Czech", "Polish", "Hungarian")),
    *((language, "iso8859-2") for language in ("Czech", "Polish", "Hungarian")),
    ("Russian", "cp1251"),
    ("Russian", "koi8-r"),
    ("Japanese", "cp932"),
    ("Japanese", "euc_jp"),
    ("Chinese", "gb18030"),
    *((language, "utf-16-le") for language in ("French", "German", "Polish")),
    ("Spanish", "utf-16-be"),
]


@pytest.mark.parametrize("times", [1, 50])
@pytest.mark.parametrize(("language", "encoding"), WRITTEN)
def test_texts_without_a_mark_are_read_right_and_the_guess_is_told(
    database: Database, language: str, encoding: str, times: int
) -> None:
    text = "\n".join([TEXTS[language]] * times)
    result = staged(database, text.encode(encoding), Reading(delimiter="|", header=False))
    assert [row[0] for row in result.rows.values()] == text.split("\n")
    (told,) = (problem for problem in result.staged.problems if problem.code == "encoding_guessed")
    assert told.severity is Severity.WARNING
    assert (result.staged.reading.encoding or "nothing") in told.message


@pytest.mark.parametrize("line", ["caf\xe9", "\xc5ngstr\xf6m", "5 \x80", "na\xefve", "M\xfcller;x"])
def test_a_single_letter_is_read_as_the_usual_encoding(database: Database, line: str) -> None:
    data = b"name\n" + line.encode("latin-1") + b"\n"
    result = staged(database, data, Reading(delimiter="|"))
    assert result.rows == {1: (data[5:-1].decode("cp1252"),)}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_mark_decides_and_is_no_part_of_the_first_name(database: Database, encoding: str) -> None:
    result = staged(database, "né,b\n1,ż🚢\n".encode(encoding))
    assert (result.names, result.rows) == (("né", "b"), {1: ("1", "ż🚢")})
    assert result.codes == ["byte_order_mark"]
    assert result.staged.problems[0].severity is Severity.INFO
    assert place(result, 1) == (2, len("né,b\n".encode(encoding)))


def test_what_is_said_overrules_what_is_found(database: Database) -> None:
    data = "name\nŻółć\n".encode("cp1250")
    assert staged(database, data, Reading(encoding="windows-1250")).rows == {1: ("Żółć",)}
    result = staged(database, data, Reading(encoding="latin-1"))
    assert result.rows == {1: ("¯ó³æ",)}
    assert result.codes == []


def test_a_mark_is_read_as_text_where_another_encoding_was_said(database: Database) -> None:
    result = staged(database, b"\xef\xbb\xbfid\n1\n", Reading(encoding="cp1252"))
    assert result.names == ("ï»¿id",)


def test_a_few_wrong_bytes_do_not_make_utf8_another_encoding(database: Database) -> None:
    data = b"id,name\n" + "1,Zoë\n".encode() * 50 + b"51,Zo\xeb\n" + "52,Zoë\n".encode() * 50
    result = staged(database, data)
    assert result.staged.reading.encoding == "utf-8"
    assert result.rejected == {51: (1, "wrong_bytes", "Zo\\xeb")}


def test_a_wrong_byte_far_into_a_file_is_found_at_its_place(database: Database) -> None:
    head = b"id,name\n" + 'é,"x\ny"\n'.encode() * 50_000
    result = staged(database, head + b"3,\xff\n" + "é,y\n".encode() * 10)
    assert result.rejected == {50_001: (1, "wrong_bytes", "\\xff")}
    assert place(result, 50_001) == (100_002, len(head))
    assert place(result, 50_003) == (100_004, len(head) + 4 + 5)


def test_a_late_letter_of_another_encoding_is_no_error_of_a_record(database: Database) -> None:
    data = b"id,name\n" + b"1,plain\n" * 100_000 + b"2,Zo\xeb\n"
    result = staged(database, data)
    assert result.staged.reading.encoding == "cp1252"
    assert result.rows[100_001] == ("2", "Zoë")
    assert (result.staged.problems[0].place.line, result.staged.problems[0].place.byte) == (100_002, len(data) - 2)


@pytest.mark.parametrize("encoding", ["cp932", "gb18030", "utf-16-le"])
def test_wrong_bytes_of_wide_encodings_have_a_place_too(database: Database, encoding: str) -> None:
    first = "id,name\n1,東京\n".encode(encoding)
    wrong = "2,".encode(encoding) + (b"\x00\xdc" if encoding == "utf-16-le" else b"\x81") + "\n".encode(encoding)
    result = staged(database, first + wrong + "3,京\n".encode(encoding), Reading(encoding=encoding))
    assert result.rows == {1: ("1", "東京"), 3: ("3", "京")}
    assert {code for _, code, _ in result.rejected.values()} == {"wrong_bytes"}
    assert place(result, 3) == (4, len(first + wrong))


@pytest.mark.parametrize("name", ["nonsense", "hex", "utf-7", "idna", "iso2022_jp", "unicode_escape", ""])
def test_an_encoding_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"a\n")
    with pytest.raises(InputError) as caught:
        text_file(path, name)
    assert caught.value.code == "unknown_encoding"
