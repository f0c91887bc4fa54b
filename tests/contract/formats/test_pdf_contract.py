"""Reports, read back and rendered with pdfium."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest

from contract.formats.memory_outlet import Export, document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import EVIL_NAMES, entity_of, every_kind, field_of, query_of, shop, texts
from entrepot.formats.pdf import FORMAT, PdfOptions
from entrepot.formats.pdf.theme import FONTS
from entrepot.model.errors import BugError, InputError, MissingExtraError
from entrepot.model.selection import Query
from entrepot.model.types import Kind

Pairs = Sequence[tuple[Query, Sequence[Row]]]


def export(pairs: Pairs, options: PdfOptions | None = None, **changes: object) -> Export:
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    return run(FORMAT, document_of([query for query, _ in pairs], **changes), source, options)


@contextmanager
def opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    document = pypdfium2.PdfDocument(data)
    try:
        yield document
    finally:
        document.close()


def pages(data: bytes) -> list[str]:
    with opened(data) as document:
        return [page_text(document, number) for number in range(len(document))]


def page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return text.get_text_range().replace("\r\n", "\n")
    finally:
        text.close()
        page.close()


def words(data: bytes) -> str:
    """Everything behind the contents, without line breaks."""
    return re.sub(r"\s+", "", "".join(pages(data)[2:]))


def numbered(count: int) -> tuple[Query, list[Row]]:
    return texts([f"text number {n}" for n in range(count)])


def test_the_title_page_says_what_this_is() -> None:
    exported = export(
        list(shop()),
        PdfOptions(title="For the auditors"),
        scope="tenant acme",
        filters={"customers": "name like 'Å%'"},
        metadata={"Requested by": "Legal"},
    )
    first = pages(exported.only)[0]
    for part in ("For the auditors", "tenant acme", "customers: name like 'Å%'", "6 May 2024, 07:08 UTC", "Legal"):
        assert part in first
    assert re.search(r"customers\s+2", first)
    assert re.search(r"purchaseOrders\s+1", first)


def test_contents_bookmarks_and_footers_agree_on_page_numbers() -> None:
    pairs = [(query_of(entity_of(f"entity{n}", [field_of("id")])), [{"id": "x"}] * (40 * n)) for n in range(60)]
    data = export(pairs).only
    found = pages(data)
    with opened(data) as document:
        toc = [(item.get_title(), target_of(item)) for item in document.get_toc()]
        listed = {title: number for page in (1, 2, 3) for title, number in listed_pages(document, page)}
        footers = [text_at(document, number, (0, 20, 400, 40)) for number in range(len(document))]
    assert toc[:2] == [("Overview", 0), ("Contents", 1)]
    assert dict(toc[2:]) == listed
    assert len(listed) == 60
    assert all(found[page or 0].startswith(title) for title, page in listed.items())
    assert [f"Page {n} of {len(found)}" in footer for n, footer in enumerate(footers, 1)] == [True] * len(found)


def listed_pages(document: pypdfium2.PdfDocument, number: int) -> Iterator[tuple[str, int]]:
    """Entity and page (from 0) of every line of a contents page, as they stand beside each other."""
    for y in range(60, 560):
        name, page = text_at(document, number, (30, y, 200, y + 9)), text_at(document, number, (750, y, 830, y + 9))
        if re.fullmatch(r"entity\d+", name) and page.isdigit():
            yield name, int(page) - 1


def text_at(document: pypdfium2.PdfDocument, number: int, box: tuple[int, int, int, int]) -> str:
    page = document[number]
    text = page.get_textpage()
    try:
        return text.get_text_bounded(*box).strip()
    finally:
        text.close()
        page.close()


def target_of(item: pypdfium2.PdfBookmark) -> int | None:
    target = item.get_dest()
    return target.get_index() if target else None


def test_every_row_is_there_in_order_with_a_header_on_every_page() -> None:
    found = pages(export([numbered(500)]).only)[2:]
    assert len(found) > 10
    assert all(re.search(r"^id text\b", text, re.MULTILINE) for text in found)
    assert re.findall(r"text number (\d+)", "\n".join(found)) == [str(n) for n in range(500)]
    assert ["(continued)" in text for text in found] == [False] + [True] * (len(found) - 1)


def test_all_values_of_every_kind_are_written() -> None:
    query, rows = every_kind()
    text = words(export([(query, rows)]).only)
    for row in rows:
        for value in row.values():
            assert re.sub(r"\s+", "", value or "") in text


def test_a_null_is_a_dash_and_an_empty_text_is_nothing() -> None:
    lines = pages(export([texts([None, "", "x"])]).only)[2].splitlines()
    assert [line.strip() for line in lines if re.match(r"[012]\b", line)] == ["0 –", "1", "2 x"]


def test_a_long_text_is_wrapped_and_whole() -> None:
    value = json.dumps([f"{n} {'word ' * (n % 7)}{'x' * (n % 150)}" for n in range(60)])
    assert re.sub(r"\s+", "", value) in words(export([texts(["a", value, "b"])]).only)


def test_a_row_higher_than_a_page_goes_on_on_the_next() -> None:
    value = " ".join(f"word{n}" for n in range(9_000))
    found = pages(export([texts(["before", value, "after"])]).only)[2:]
    assert len(found) > 4
    assert re.findall(r"word(\d+)", "\n".join(found)) == [str(n) for n in range(9_000)]
    assert "after" in found[-1]


def wide(count: int) -> tuple[Query, list[Row]]:
    fields = [field_of("station"), *(field_of(f"measure_{n}", Kind.DECIMAL) for n in range(40))]
    query = query_of(entity_of("wide", fields, primary_key=("station",)))
    return query, [{"station": f"S{n}", **{f"measure_{m}": f"{m}.{n:03}" for m in range(40)}} for n in range(count)]


def test_columns_that_do_not_fit_go_on_other_pages_with_the_key_repeated() -> None:
    found = pages(export([wide(50)]).only)[2:]
    parts = [re.search(r"columns part (\d) of (\d)", text) for text in found]
    assert all(parts)
    assert all(re.search(r"^S\d+ ", text, re.MULTILINE) for text in found)
    values = set(re.findall(r"\b\d+\.\d{3}\b", "\n".join(found)))
    assert values == {f"{m}.{n:03}" for m in range(40) for n in range(50)}


def test_a_capped_report_says_how_many_rows_are_not_shown() -> None:
    exported = export([numbered(500)], PdfOptions(max_rows=30))
    text = "\n".join(pages(exported.only))
    assert "The first 30 of 500 rows" in text
    assert "470 rows not shown" in text
    assert len(re.findall("text number", text)) == 30
    assert exported.result.written[0].rows == 30
    assert [(p.code, p.value) for p in exported.result.problems] == [("rows_not_shown", "470")]


def test_an_entity_without_rows_has_its_page() -> None:
    found = pages(export([texts([])]).only)
    assert len(found) == 3
    assert "No rows." in found[2]


def test_a_count_that_differs_from_the_rows_is_refused() -> None:
    query, rows = numbered(5)
    source = MemorySource(rows={"notes": rows}, lies={"notes": 6})
    with pytest.raises(BugError, match="has 6 rows by count, but 5 were read"):
        run(FORMAT, document_of([query]), source)


@pytest.mark.parametrize("text", ["Ольга Петрова", "Γιώργος Παπαδόπουλος", "Łukasz Żółć", "Đặng", "Ünïcödé ✓ €", "😀"])
def test_scripts_of_europe_need_no_other_font(text: str) -> None:
    exported = export([texts([text])])
    assert text in pages(exported.only)[2]
    assert exported.result.problems == ()


def test_what_no_font_has_is_a_box_and_is_reported() -> None:
    exported = export([texts(["\U000e0fff and \U000e0fff", "fine"])])
    assert "\ufffd and \ufffd" in pages(exported.only)[2]
    (problem,) = exported.result.problems
    assert (problem.code, problem.value) == ("glyph_missing", "2")
    assert "U+E0FFF" in problem.message


def test_a_box_in_the_data_itself_is_no_missing_character() -> None:
    assert export([texts(["\ufffd"])]).result.problems == ()


def test_control_characters_are_shown() -> None:
    text = pages(export([texts(["a\x00b\x1bc\td"])]).only)[2]
    assert "a\\x00b\\x1bc d" in text


def test_arabic_and_hebrew_are_drawn_from_right_to_left_without_loss() -> None:
    text = pages(export([texts(["محمد علي", "דוד כהן 12"])]).only)[2]
    for letter in "محدعليודכהן":
        assert letter in text


def test_a_font_that_was_asked_for_is_used(tmp_path: Path) -> None:
    font = tmp_path / "mine.ttf"
    font.write_bytes((FONTS / "DejaVuSans.ttf").read_bytes())
    assert export([texts(["x"])], PdfOptions(font=str(font))).files


@pytest.mark.parametrize("data", [None, b"", b"OTTO no outlines we can use", b"%PDF"])
def test_a_font_that_cannot_be_used_is_refused_at_once(tmp_path: Path, data: bytes | None) -> None:
    font = tmp_path / "bad.ttf"
    if data is not None:
        font.write_bytes(data)
    with pytest.raises(InputError, match="cannot be used as a font"):
        export([texts(["x"])], PdfOptions(font=str(font)))


def test_the_paper_is_lying_a4_or_letter() -> None:
    for name, size in (("A4", (841, 595)), ("Letter", (792, 612))):
        options = FORMAT.options(page=name)
        with opened(export([numbered(60)], options).only) as document:
            assert [tuple(map(int, document.get_page_size(n))) for n in range(len(document))] == [size] * len(document)


def test_nothing_is_drawn_outside_the_margins() -> None:
    titles = [*dict.fromkeys(name for name in EVIL_NAMES if name), "a long name " * 20]
    pairs: list[tuple[Query, Sequence[Row]]] = [
        (query_of(entity_of(title, [field_of(title), field_of("x")])), [{title: "y" * 500, "x": title}])
        for title in titles
    ]
    filters = dict.fromkeys(titles, "region in ('eu', 'us') and " * 10)
    data = export([*pairs, wide(3)], title="An extraordinarily long title " * 8, filters=filters).only
    with opened(data) as document:
        for number in range(len(document)):
            assert margins_are_white(document, number)


def margins_are_white(document: pypdfium2.PdfDocument, number: int) -> bool:
    page = document[number]
    bitmap = page.render(scale=1)
    image = bitmap.to_pil().convert("L")
    page.close()
    left = image.crop((0, 0, 36, image.height))
    right = image.crop((image.width - 36, 0, image.width, image.height))
    white = [part.getextrema() == (255, 255) for part in (left, right)]
    bitmap.close()
    return all(white)


def test_the_same_rows_give_the_same_bytes() -> None:
    pairs = list(shop())
    assert export(pairs).only == export(pairs).only


def test_there_is_no_script_in_it() -> None:
    data = export(list(shop())).only
    assert b"JavaScript" not in data
    assert b"/OpenAction" not in data


def test_bad_limits_are_refused() -> None:
    with pytest.raises(InputError, match="cannot be 0"):
        PdfOptions(max_rows=0)


def test_without_reportlab_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith(("entrepot.formats.pdf.", "reportlab"))]:
        if name != "entrepot.formats.pdf.options":
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "reportlab", None)
    with pytest.raises(MissingExtraError) as caught:
        export([numbered(1)])
    assert caught.value.remedy == "Install it: pip install 'entrepot[pdf]'"
