"""How a CSV file is made is found, told where it is not plain, and can be overruled."""

from __future__ import annotations

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.source import Database
from unit.workbench.reading.staging import place, staged

DELIMITERS: dict[str, tuple[bytes, str, int]] = {
    "commas": (b"a,b\n1,2\n", ",", 2),
    "semicolons with decimal commas": (b"name;price\nA;1,50\nB;2,00\n", ";", 2),
    "decimal commas without a header": (b"1,5;2,5\n3,1;4,2\n", ";", 2),
    "tabs with commas in names": (b"Smith, J\tx\nBauer, K\ty\n", "\t", 2),
    "bars": (b"a|b|c\n1,2|3|4\n", "|", 3),
    "commas in quotes": (b'"a, b";c\n"1, 2";3\n', ";", 2),
    "one column": (b"name\nJoe\nAnn\n", ",", 1),
    "one column of addresses": (b"address\nMain street 5, Springfield\nHigh street 7, Shelbyville\n", ";", 1),
    "a header that is too short": (b"a,b\n1,2,3\n4,5,6\n", ",", 2),
}


@pytest.mark.parametrize("what", DELIMITERS)
def test_the_delimiter_is_found(database: Database, what: str) -> None:
    data, delimiter, columns = DELIMITERS[what]
    result = staged(database, data)
    assert (result.staged.reading.delimiter, len(result.names)) == (delimiter, columns)


def test_a_delimiter_that_does_not_fit_every_record_is_told(database: Database) -> None:
    assert "delimiter_guessed" in staged(database, b"a,b\n1,2\n3\n").codes
    assert "delimiter_guessed" not in staged(database, b"a,b\n1,2\n3\n", Reading(delimiter=",")).codes


def test_what_is_said_is_done(database: Database) -> None:
    data = b"a;b,c\n1;2,3\n"
    assert staged(database, data, Reading(delimiter=";")).rows == {1: ("1", "2,3")}
    assert staged(database, data, Reading(delimiter=",")).rows == {1: ("1;2", "3")}
    assert staged(database, b"a\tb\n1\t2\n", Reading(delimiter="tab")).rows == {1: ("1", "2")}
    assert staged(database, b"a,'b,c'\n", Reading(quote="'", header=False)).rows == {1: ("a", "b,c")}
    assert staged(database, b"a:b\n1:2\n", Reading(delimiter=":")).rows == {1: ("1", "2")}


@pytest.mark.parametrize("delimiter", ["", "ab", "\n", '"', "\0"])
def test_a_delimiter_that_cannot_be_is_refused(database: Database, delimiter: str) -> None:
    with pytest.raises(InputError) as caught:
        staged(database, b"a,b\n", Reading(delimiter=delimiter))
    assert caught.value.code == "invalid_delimiter"


@pytest.mark.parametrize("quote", ["ab", "\n", ","])
def test_a_quote_that_cannot_be_is_refused(database: Database, quote: str) -> None:
    with pytest.raises(InputError):
        staged(database, b"a,b\n", Reading(quote=quote))


@pytest.mark.parametrize("line", [b"sep=;\n", b"SEP=;\r\n", b'"sep=;"\n', b"sep=;;;\n"])
def test_a_line_that_names_the_delimiter_is_obeyed(database: Database, line: bytes) -> None:
    result = staged(database, line + b"a;b,c\n1;2,3\n")
    assert (result.names, result.rows) == (("a", "b,c"), {1: ("1", "2,3")})
    assert place(result, 1) == (3, len(line) + 6)


def test_apostrophes_are_quotes_where_all_values_have_them(database: Database) -> None:
    assert staged(database, b"a,b\n'1,5','x'\n'2,5','y'\n").rows == {1: ("1,5", "x"), 2: ("2,5", "y")}
    assert staged(database, b"a,b\n'tis,x\n'twas,y\n").rows == {1: ("'tis", "x"), 2: ("'twas", "y")}


PREAMBLES = {
    "a title and a blank line": b"Report\n\n",
    "comments": b"# made by a program\n# today\n",
    "a title above three columns": b"Report\n",
}


@pytest.mark.parametrize("what", PREAMBLES)
def test_a_preamble_is_left_out_and_told(database: Database, what: str) -> None:
    head = PREAMBLES[what]
    result = staged(database, head + b"id,name,town\n1,a,x\n2,b,y\n")
    assert result.names == ("id", "name", "town")
    assert result.codes.count("lines_skipped") == 1
    assert result.staged.reading.skip_lines == head.count(b"\n")
    assert place(result, 2) == (head.count(b"\n") + 3, len(head) + 13 + 6)


def test_a_preamble_is_seen_in_front_of_a_table_with_faults(database: Database) -> None:
    result = staged(database, b"Report\n\nid;name\n1;a\n2;b\n3\n4;d\n5;e\n")
    assert (result.names, sorted(result.rejected)) == (("id", "name"), [3])
    assert result.codes.count("lines_skipped") == 1


def test_lines_to_skip_can_be_said(database: Database) -> None:
    data = b"Report\nid,name,town\n1,a,x\n2,b,y\n"
    assert staged(database, data, Reading(skip_lines=2, header=False)).rows == {1: ("1", "a", "x"), 2: ("2", "b", "y")}
    kept = staged(database, data, Reading(skip_lines=0, delimiter=","))
    assert (kept.names, len(kept.rejected)) == (("Report",), 3)


HEADERS: dict[str, tuple[bytes, bool]] = {
    "names above numbers": (b"id,name\n1,a\n2,b\n", True),
    "numbers above numbers": (b"1,a\n2,b\n3,c\n", False),
    "texts only": (b"name,town\nJoe,Rome\nAnn,Oslo\n", True),
    "a value that comes again": (b"Joe,EUR\nAnn,EUR\nBob,USD\n", False),
    "years as names": (b"name,2019,2020\nA,5,6\nB,7,8\n", True),
    "one record of texts": (b"id,name\n", True),
    "one record with a number": (b"1,Joe\n", False),
    "dates above dates": (b"2024-01-01,x\n2024-01-02,y\n", False),
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_header_is_told_from_a_record(database: Database, what: str) -> None:
    data, header = HEADERS[what]
    result = staged(database, data)
    assert result.staged.reading.header is header
    assert ("no_header" in result.codes) is not header
    assert result.staged.records == data.count(b"\n") - header
    other = staged(database, data, Reading(header=not header))
    assert other.staged.records == data.count(b"\n") - (not header)


def test_columns_without_a_name_of_their_own_get_one_which_is_told(database: Database) -> None:
    result = staged(database, b'a,,a," ",column 5,a\n1,2,3,4,5,6\n')
    assert result.names == ("a", "column 2", "column 3", "column 4", "column 5", "column 6")
    assert result.codes == ["unnamed_columns", "repeated_columns"]
    assert "'column 3' (was 'a'), 'column 6' (was 'a')" in result.staged.problems[1].message


def test_a_made_name_is_never_that_of_another_column(database: Database) -> None:
    assert staged(database, b"column 2,,x\n1,2,3\n").names == ("column 2", "column 2 (2)", "x")


def test_names_that_differ_in_nothing_but_case_or_blanks_are_told(database: Database) -> None:
    result = staged(database, b"Name,name ,first name,firstname\na,b,c,d\n", Reading(header=True))
    assert result.names == ("Name", "name ", "first name", "firstname")
    (told,) = result.staged.problems
    assert told.code == "similar_columns"
    assert "'Name' and 'name ', 'first name' and 'firstname'" in told.message


def test_hundreds_of_bad_names_are_one_problem(database: Database) -> None:
    result = staged(database, b"a" + b",a" * 900 + b"\n" + b"1" + b",1" * 900 + b"\n")
    (told,) = result.staged.problems
    assert "and 895 more" in told.message


def test_names_are_never_taken_for_null(database: Database) -> None:
    assert staged(database, b"id,none\n1,none\n", Reading(null="none")).names == ("id", "none")
