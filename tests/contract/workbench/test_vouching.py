"""Which files may be loaded as they stand. Whatever is in doubt may not: two readers could see two things in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Decision, Reading, Rule, TargetField
from entrepot.model.matching import Matching, What
from entrepot.model.stretches import OddError, Sketch, Stretch, Vouched, Wanted
from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.bench import ImportBench
from entrepot.workbench.client import ChildWorkbench


def field(at: int, name: str, kind: Kind, *, required: bool = False, **limits: int) -> TargetField:
    return TargetField(
        name=name,
        type=LogicalType(kind=kind, **limits),  # type: ignore[arg-type]
        sources=(at,),
        required=required,
        blank_is_null=kind is not Kind.TEXT,
    )


FIELDS = (
    field(0, "id", Kind.INTEGER, required=True, bits=32),
    field(1, "name", Kind.TEXT, length=20),
    field(2, "score", Kind.DECIMAL, precision=8, scale=2),
    field(3, "at", Kind.TIMESTAMP_TZ),
    field(4, "code", Kind.TEXT, length=3),
)
WANTED = Wanted(kept=(0,), full=(4,))
HEADER = b"id,name,score,at,code\n"
GOOD = b'1,"Ann, ""the"" first",1.50,2024-02-29 12:00:00.5+00,abc\n2,,,,\n3,"two\nlines",-0.07,,\n4,"",,,\n'


@pytest.fixture
def bench(workbench: ChildWorkbench) -> ImportBench:
    return ImportBench(workbench)


def sketched(bench: ImportBench, path: Path, reading: Reading | None = None) -> Sketch | None:
    return bench.sketch(path, reading or Reading())


def vouched(
    bench: ImportBench, path: Path, fields: tuple[TargetField, ...] = FIELDS, wanted: Wanted = WANTED
) -> tuple[list[Stretch], Vouched]:
    """Raises OddError also for what the sketch shows."""
    sketch = sketched(bench, path)
    if sketch is None:
        raise OddError
    stretches = list(bench.vouched(path, sketch, fields, wanted))
    return stretches, bench.end_vouching(path, sketch, fields, wanted)


def file(folder: Path, content: bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER + GOOD, id="plain"),
        pytest.param(HEADER + GOOD.removesuffix(b"\n"), id="no last line end"),
        pytest.param(b"\xef\xbb\xbf" + HEADER + GOOD, id="byte order mark"),
        pytest.param(
            HEADER + '1,"Zoë 家 \\. \\N",,,\n'.encode() + b"2,a,,,\n3,a,,,\n4,a,,,\n", id="backslashes in lines"
        ),
    ],
)
def test_what_is_canonical_as_it_stands_may_be_loaded(bench: ImportBench, tmp_path: Path, content: bytes) -> None:
    path = file(tmp_path, content)
    (stretch,), found = vouched(bench, path)
    assert (stretch.records, stretch.last) == (4, True)
    assert content[stretch.end :] == b""
    assert found.records == 4
    assert [column.name for column in found.columns] == ["id", "name", "score", "at", "code"]


def test_what_is_seen_of_the_columns_is_what_staging_would_see(bench: ImportBench, tmp_path: Path) -> None:
    path = file(tmp_path, HEADER + GOOD)
    _, found = vouched(bench, path)
    assert found.columns == bench.stage(path, Reading()).columns


ODD = {
    "the end of data for PostgreSQL": b"1,a,,,\n\\.\n",
    "the end of data, first of all": b"\\.,a,,,\n",
    "the end of data within quotes": b'1,"a\n\\.\nb",,,\n',
    "a line that begins like the end of data": b'1,"a\n\\.b",,,\n',
    "NUL": b"1,a\0b,,,\n",
    "a quote within a value": b'1,a"b,,,\n',
    "a blank before a quote": b'1, "a",,,\n',
    "a blank behind a quote": b'1,"a" ,,,\n',
    "text behind a quote": b'1,"a"b,,,\n',
    "a quote that is never closed": b'1,"a,,,\n',
    "an escaped quote": b'1,"a\\"b",,,\n',
    "a blank line": b"1,a,,,\n\n2,b,,,\n",
    "a blank line at the end": b"1,a,,,\n\n",
    "line ends of Windows": b"1,a,,,\r\n2,b,,,\r\n",
    "a carriage return": b"1,a\rb,,,\n",
    "mixed line ends": b"1,a,,,\n2,b,,,\r\n",
    "no UTF-8": b"1,caf\xe9,,,\n",
    "half a character": b"1,caf\xc3,,,\n",
    "a surrogate": b"1,\xed\xa0\x80,,,\n",
    "too few values": b"1,a,,\n",
    "too many values": b"1,a,,,,\n",
    "one value": b"1\n",
    "a required value that is missing": b",a,,,\n",
    "an empty text for a number": b'1,a,"",,\n',
    "a text that is too long": b"1,aaaaaaaaaaaaaaaaaaaaa,,,\n",
    "a text that the database would pad": b"1,a,,,ab\n",
    "zeros in front": b"01,a,,,\n",
    "a plus": b"+1,a,,,\n",
    "a blank in front of a number": b" 1,a,,,\n",
    "a blank behind a number": b"1 ,a,,,\n",
    "a number with a point": b"1.0,a,,,\n",
    "a number with an exponent": b"1e3,a,,,\n",
    "a number with underscores": b"1_000,a,,,\n",
    "other digits": "١,a,,,\n".encode(),
    "a number that is too large": b"2147483648,a,,,\n",
    "a decimal with too many digits": b"1,a,1.505,,\n",
    "a decimal without its zero": b"1,a,.5,,\n",
    "not a number": b"1,a,NaN,,\n",
    "a moment without seconds": b"1,a,,2024-02-29 12:00+00,\n",
    "a moment with a zero too many": b"1,a,,2024-02-29 12:00:00.50+00,\n",
    "a moment of another zone": b"1,a,,2024-02-29 12:00:00+01,\n",
    "a moment without a zone": b"1,a,,2024-02-29 12:00:00,\n",
    "a day that is none": b"1,a,,2023-02-29 12:00:00+00,\n",
    "a word for now": b"1,a,,now,\n",
    "a word for nothing": b"1,a,NULL,,\n",
}


@pytest.mark.parametrize("content", [pytest.param(HEADER + odd, id=name) for name, odd in ODD.items()])
def test_whatever_is_odd_is_not_loaded_as_it_stands(bench: ImportBench, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(OddError):
        vouched(bench, file(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(HEADER.replace(b",", b";") + b"1;a;;;\n2;b;;;\n", id="another delimiter"),
        pytest.param(HEADER.replace(b",", b"\t") + b"1\ta\t\t\t\n", id="tabs"),
        pytest.param(b"id\n1\n2\n", id="one column"),
        pytest.param((HEADER + GOOD).decode().encode("utf-16"), id="UTF-16"),
        pytest.param(b'[{"id": 1}]', id="JSON"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"id,name,score,at,code\n1,'a, b',,,\n2,'c, d',,,\n", id="another quote"),
    ],
)
def test_other_files_are_told_by_their_beginning(bench: ImportBench, tmp_path: Path, content: bytes) -> None:
    assert sketched(bench, file(tmp_path, content)) is None


@pytest.mark.parametrize(
    "reading", [Reading(encoding="latin-1"), Reading(null="-"), Reading(quote=""), Reading(format="json")]
)
def test_other_readings_go_the_long_way(bench: ImportBench, tmp_path: Path, reading: Reading) -> None:
    assert sketched(bench, file(tmp_path, HEADER + GOOD), reading) is None


def test_what_breaks_a_rule_goes_the_long_way(bench: ImportBench, tmp_path: Path) -> None:
    path = file(tmp_path, b"id,name\n1,a\n2,b\n")
    plain = (FIELDS[0], FIELDS[1])
    assert vouched(bench, path, plain, Wanted(kept=()))[1].records == 2
    ruled = TargetField(name="id", type=FIELDS[0].type, sources=(0,), rules=(Rule(name="max", argument="1"),))
    with pytest.raises(OddError):
        vouched(bench, path, (ruled, FIELDS[1]), Wanted(kept=()))


def large(records: int, last: str) -> bytes:
    """So many megabytes of records with line breaks in them, and one more."""
    text = "line\n" * 200
    return ("id,name\n" + "".join(f'{at},"{text}"\n' for at in range(records)) + last).encode()


LONG = (FIELDS[0], field(1, "name", Kind.TEXT))


def test_stretches_follow_each_other_and_end_with_records(bench: ImportBench, tmp_path: Path) -> None:
    content = large(20_000, "20000,end\n")
    stretches, found = vouched(bench, file(tmp_path, content), LONG, Wanted(kept=(0,)))
    assert len(stretches) > 1
    assert [stretch.last for stretch in stretches] == [False] * (len(stretches) - 1) + [True]
    assert all(content[: stretch.end].count(b'"') == 2 * stretch.records for stretch in stretches[:-1])
    assert stretches[-1].end == len(content)
    assert found.records == stretches[-1].records == 20_001


def test_a_record_that_is_longer_than_usual_may_be_loaded_too(bench: ImportBench, tmp_path: Path) -> None:
    words, lines = "line " * 1_500_000, "é\n" * 2_500_000
    content = large(3_000, f'7,"{words}"\n8,"{lines}"\n')
    stretches, found = vouched(bench, file(tmp_path, content), LONG, Wanted(kept=(0,)))
    assert (found.records, stretches[-1].end) == (3_002, len(content))
    assert b"".join(bench.emit(LONG, Matching(key=(0,)), What.KEYS)).endswith(b"3001,7\n3002,8\n")


def test_an_odd_record_is_found_in_any_stretch_and_the_workbench_goes_on(bench: ImportBench, tmp_path: Path) -> None:
    path = file(tmp_path, large(20_000, "x,end\n"))
    sketch = sketched(bench, path)
    assert sketch is not None
    stretches = bench.vouched(path, sketch, LONG, Wanted(kept=(0,)))
    assert next(stretches).records > 0
    with pytest.raises(OddError):
        list(stretches)
    left = bench.vouched(path, sketch, LONG, Wanted(kept=(0,)))
    next(left)
    del left
    assert bench.stage(path, Reading()).records == 20_001


MENDING = Wanted(kept=(0,), full=(4,), mend=True)


def test_good_values_in_other_forms_are_written_anew(bench: ImportBench, tmp_path: Path) -> None:
    content = HEADER + b'+7,"Ann, ""the"" first",01.5,2024-02-29T12:00:00Z,abc\n8,,,,\n9,"",1,,\n'
    (stretch,), found = vouched(bench, file(tmp_path, content), FIELDS, MENDING)
    assert stretch.mended is not None
    written = (bench.child.work / stretch.mended).read_bytes()
    assert written == b'7,"Ann, ""the"" first",1.5,2024-02-29 12:00:00+00,abc\n8,,,,\n9,"",1,,\n'
    assert [column.filled for column in found.columns] == [3, 1, 2, 1, 1]
    assert b"".join(bench.emit(FIELDS, Matching(key=(0,)), What.KEYS)) == b"1,7\n2,8\n3,9\n"


def test_what_is_canonical_is_not_written_anew(bench: ImportBench, tmp_path: Path) -> None:
    assert [it.mended for it in vouched(bench, file(tmp_path, HEADER + GOOD), FIELDS, MENDING)[0]] == [None]


@pytest.mark.parametrize(
    "record",
    [b"x,,,,", b",,,,", b"+1,,1.555,,", b"+1,,,2024-02-30T00:00:00Z,", b"+1,,,,ab", b"+1,,,2024-01-01,", b"+1,a\0,,,"],
)
def test_what_is_wrong_is_not_written_anew(bench: ImportBench, tmp_path: Path, record: bytes) -> None:
    with pytest.raises(OddError):
        vouched(bench, file(tmp_path, HEADER + GOOD + record + b"\n"), FIELDS, MENDING)


def test_from_the_first_stretch_with_other_forms_on_all_are_written_anew(bench: ImportBench, tmp_path: Path) -> None:
    content = large(20_000, "+20000,end\n").replace(b"\n9000,", b"\n+9000,")
    stretches, found = vouched(bench, file(tmp_path, content), LONG, Wanted(kept=(0,), mend=True))
    assert [bool(stretch.mended) for stretch in stretches] == [False, *[True] * (len(stretches) - 1)]
    assert found.records == 20_001
    written = [(bench.child.work / stretch.mended).read_bytes() for stretch in stretches if stretch.mended]
    assert b"".join(written).count(b"\n") == content.count(b"\n") - content[: stretches[0].end].count(b"\n")
    assert written[-1].endswith(b"\n20000,end\n")


def test_matching_works_as_after_staging(bench: ImportBench, tmp_path: Path) -> None:
    path = file(tmp_path, b"id,name\n1,a\n2,b\n2,c\n")
    plain = (FIELDS[0], FIELDS[1])
    vouched(bench, path, plain, Wanted(kept=(0,)))
    matching = Matching(key=(0,), compared=(1,))
    assert b"".join(bench.emit(plain, matching, What.KEYS)) == b"1,1\n2,2\n3,2\n"
    for table, names in (("doubled", ["record", "first"]), ("existing", ["record", "k0", "b0"])):
        with bench.take(table, names) as taken:
            taken.finish()
    decided = bench.decide(plain, matching)
    assert decided.counts[Decision.CREATED] == 2
    assert [finding.code for finding in bench.shown(plain, matching, 9)[0]] == ["duplicate_in_file"]
    assert not bench.findings(plain, 0, 9)


def test_texts_that_a_database_would_pad_are_counted(bench: ImportBench, tmp_path: Path) -> None:
    bench.stage(file(tmp_path, b"id,name\n1,abc\n2,\n3,ab\n4,a\n"), Reading())
    fields = (FIELDS[0], field(1, "name", Kind.TEXT, length=3))
    bench.judge(fields)
    assert bench.short(fields, [1]) == 2


@pytest.mark.parametrize(
    ("mistaken", "good", "odd"),
    [
        (("",), b"1,\n2,NULL\n3, \n", b'4,""\n'),
        (("", "NULL"), b'1,\n2,null\n3,"NULL "\n', b"4,NULL\n"),
        (("", "NULL"), b"1,a\n", b'4,"NULL"\n'),
    ],
)
def test_a_text_that_the_database_takes_for_no_value_is_odd(
    bench: ImportBench, tmp_path: Path, mistaken: tuple[str, ...], good: bytes, odd: bytes
) -> None:
    wanted = Wanted(kept=(0,), mistaken=mistaken)
    vouched(bench, file(tmp_path, b"id,name\n" + good), LONG, wanted)
    with pytest.raises(OddError):
        vouched(bench, file(tmp_path, b"id,name\n" + good + odd), LONG, wanted)
