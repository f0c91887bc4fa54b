"""Several tables in one CSV file, one below the other: where each begins, and what is none."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.workbench.protocol_judging import ListTables
from entrepot.workbench.reading import list_tables, stage
from entrepot.workbench.reading.csv_cells import cells
from entrepot.workbench.source import Database
from seeds import seeds
from unit.workbench.reading.staging import Row, place, staged

SHOP = """[users]
id,name
1,Ann
2,"Bo
B"

[orders]
id;user;placed
7;2;2024-05-01
"""


def names(database: Database, text: str, reading: Reading | None = None) -> list[str | None]:
    path = Path.cwd() / "people.csv"
    path.write_bytes(text.encode())
    found = list_tables(database, ListTables(path=str(path), reading=reading or Reading()))
    return [table.name for table in found.tables]


def refused(database: Database, text: str, reading: Reading | None = None) -> InputError:
    with pytest.raises(InputError) as caught:
        staged(database, text.encode(), reading)
    return caught.value


def test_each_section_is_read_by_itself_with_the_lines_and_bytes_of_the_file(database: Database) -> None:
    assert names(database, SHOP) == ["users", "orders"]
    users = staged(database, SHOP.encode(), Reading(entity="users"))
    assert users.rows == {1: ("1", "Ann"), 2: ("2", "Bo\nB")}
    assert users.staged.problems == ()
    orders = staged(database, SHOP.encode(), Reading(entity="orders"))
    assert (orders.names, orders.rows) == (("id", "user", "placed"), {1: ("7", "2", "2024-05-01")})
    assert (orders.staged.reading.delimiter, orders.staged.reading.entity) == (";", "orders")
    assert place(orders, 1) == (9, SHOP.index("7;2"))
    (found,) = cells(Path.cwd() / "people.csv", orders.staged.reading, {1: ["placed"]}).values()
    assert (found.line, found.byte) == (9, SHOP.index("2024"))


@pytest.mark.parametrize(
    "text",
    [
        "# users\nid,name\n1,Ann\n\n# orders\nid,placed\n7,today\n",
        "users\nid,name\n1,Ann\n\norders\nid,placed\n7,today\n",
        "users:\r\n\r\nid,name\r\n1,Ann\r\n\r\n\r\norders:\r\n\r\nid,placed\r\n7,today",
        "[users],,\nid,name,\n1,Ann,\n,,\n[orders],,\nid,placed,\n7,today,\n",
        'users,,\nid,name,\n1,Ann,\n,,\n"orders",,\nid,placed,\n7,today,\n',
        "Export of May\n\n[users]\nid,name\n1,Ann\n\n[orders]\nid,placed\n7,today\n",
        "\ufeff\n[users]\nid,name\n1,Ann\n\n[orders]\nid,placed\n7,today\n",
    ],
    ids=["#", "alone", "colons", "filled up", "filled up alone", "preamble", "mark"],
)
def test_a_section_may_be_named_in_several_ways(database: Database, text: str) -> None:
    assert names(database, text) == ["users", "orders"]
    users = staged(database, text.encode(), Reading(entity="users"))
    assert (users.names, users.rows) == (("id", "name"), {1: ("1", "Ann")})
    orders = staged(database, text.encode(), Reading(entity="orders"))
    assert (orders.names, orders.rows) == (("id", "placed"), {1: ("7", "today")})
    assert place(orders, 1)[0] == text[: text.index("7,today")].count("\n") + 1


@pytest.mark.parametrize(
    "text",
    [
        "# made in May\nid,name\n1,Ann\n",
        "Report\n\nid,name,place\n1,Ann,Oslo\n2,Bo,Rome\n",
        "# by Ann\n# of May\nid,name\n1,Ann\n",
        "id,name\n1,Ann\n\n# more\n2,Bo\n",
        "id,name\n1,Ann\n\nmore\n2,Bo\n",
        "[id]\n1\n2\n",
        "name\nAnn\n\nBo\n",
        'id,text\n1,"\n[users]\nid,name\n1,Ann\n\n[orders]\nid,name\n"\n',
        "id,tags\n1,[red]\n2,[blue]\n",
        "author,body,score\nAnn,hello,3\n[deleted],,\nBo,x,1\n[deleted],,\nCy,y,2\n",
        'ann\n\n[red]\n"a, b"\nc\n',
        "Sales report\n\nid,name\n1,Ann\n\nNotes\nmade by Ann, Bob\n",
        "name,,\nAnn,x,1\n,,\nBob,,\nCarl,c,2\n",
    ],
    ids=[
        *("preamble", "title", "comments", "comment", "words", "name in brackets", "one column", "quoted", "lists"),
        *("values in brackets", "quoted delimiter", "title and notes", "one value a record"),
    ],
)
def test_what_can_be_meant_otherwise_is_one_table(database: Database, text: str) -> None:
    assert names(database, text) == [None]
    assert staged(database, text.encode()).staged.reading.entity is None


def test_lines_in_front_of_the_first_section_are_left_out_and_told(database: Database) -> None:
    text = f"Export of May\nby Ann\n\n{SHOP}"
    first = staged(database, text.encode(), Reading(entity="users")).staged
    assert [(it.code, it.message) for it in first.problems] == [
        ("lines_skipped", "The first 3 lines were taken for a preamble and left out.")
    ]
    assert staged(database, text.encode(), Reading(entity="orders")).staged.problems == ()


def test_marks_within_quotes_name_nothing_also_behind_a_quote_that_is_none(database: Database) -> None:
    text = '[pipes]\nid;size;note\n1;5" wide;x\n2;6;"a\n\n[users]\nid;b\n"\n\n[users]\nid,name\n1,Ann\n'
    assert names(database, text) == ["pipes", "users"]
    pipes = staged(database, text.encode(), Reading(entity="pipes"))
    assert pipes.rows == {1: ("1", '5" wide', "x"), 2: ("2", "6", "a\n\n[users]\nid;b\n")}
    (stray,) = (it for it in pipes.staged.problems if it.code == "stray_quotes")
    assert (stray.place.line, stray.place.byte) == (3, text.index('" wide'))


def test_somebody_has_to_say_which_of_several(database: Database) -> None:
    error = refused(database, SHOP)
    assert (error.code, error.message) == (
        "several_sections",
        "people.csv holds several tables, one below the other: users, orders.",
    )
    error = refused(database, SHOP, Reading(entity="user"))
    assert (error.code, error.remedy) == ("unknown_section", "Did you mean 'users'? Known: orders, users.")


def test_a_file_that_is_one_table_all_the_same_is_read_as_one(database: Database) -> None:
    text = SHOP.replace(";", ",")
    assert names(database, text, Reading(sections=False)) == [None]
    whole = staged(database, text.encode(), Reading(sections=False, skip_lines=1, header=True))
    assert whole.names == ("id", "name")


def test_what_is_wrong_with_sections_is_told(database: Database) -> None:
    error = refused(database, f"id,name\n1,Ann\n\n{SHOP}")
    assert (error.code, "[users]" in error.message) == ("rows_before_sections", True)
    error = refused(database, SHOP + "\n[products]\n\n")
    assert (error.code, error.message) == (
        "section_without_header",
        "The section 'products' has neither a header nor records (people.csv, line 12).",
    )
    many = "".join(f"[t{number}]\na,b\n1,2\n\n" for number in range(101))
    assert refused(database, many).code == "too_many_sections"


def test_a_value_in_brackets_does_not_cut_a_section(database: Database) -> None:
    comments = "[comments]\nauthor,body,score\nAnn,hello,3\n[deleted],,\nBo,x,1\n"
    text = f"{comments}\n[orders]\nid,what\n1,tea\n"
    assert names(database, text) == ["comments", "orders"]
    found = staged(database, text.encode(), Reading(entity="comments"))
    assert found.rows == {1: ("Ann", "hello", "3"), 2: ("[deleted]", None, None), 3: ("Bo", "x", "1")}
    for unclear in (comments, text.replace("[deleted],,", "[deleted]")):
        error = refused(database, unclear, Reading(entity="comments"))
        assert (error.code, "[deleted]" in error.message, "line 4" in error.message) == ("section_or_row", True, True)
    alone = staged(database, comments.encode(), Reading(sections=False, skip_lines=1))
    assert alone.rows == found.rows


def test_sections_of_one_name_have_different_ones(database: Database) -> None:
    path = Path.cwd() / "people.csv"
    path.write_text("[a]\nx,y\n1,2\n\n[a (2)]\nx,y\n3,4\n\n[a]\nx,y\n5,6\n", encoding="utf-8")
    found = list_tables(database, ListTables(path=str(path), reading=Reading())).tables
    assert [(table.name, table.called) for table in found] == [("a", None), ("a (2)", None), ("a (3)", "a")]
    stage(database, path, Reading(entity="a (3)"))
    assert database.connection.execute("SELECT v0 FROM staged").fetchall() == [("5",)]


def test_other_encodings_and_wrong_bytes(database: Database) -> None:
    data = "[Größen]\nid,größe\n1,süß\n\n[orte]\nid,ort\n1,Köln\n".encode("cp1252")
    sizes = staged(database, data, Reading(entity="Größen"))
    assert (sizes.names, sizes.rows) == (("id", "größe"), {1: ("1", "süß")})
    places = staged(database, data, Reading(entity="orte"))
    assert place(places, 1) == (7, data.index(b"1,K"))


Table = tuple[str, list[str], list[Row]]
WORDS = ("Ann", "", "5", "[users]", "# x", "users", 'say "hi"', "a,b", "c;d", "x\ny", "z\n\n[users]\nid,q\n1", "é")


def table(chance: random.Random, name: str) -> Table:
    header = [f"c{number}" for number in range(chance.randint(2, 4))]
    deleted: Row = ("[deleted]", *[""] * (len(header) - 1))
    rows: list[Row] = [
        chance.choice([(str(number), *chance.choices(WORDS, k=len(header) - 1))] * 3 + [deleted])
        for number in range(1, chance.randint(2, 6))
    ]
    return name, header, rows


def written(chance: random.Random, tables: list[Table]) -> str:
    end, text = chance.choice(("\n", "\r\n")), io.StringIO()
    mark = chance.choice(("[{}]", "# {}", "{}", "{}:"))
    writer = csv.writer(text, lineterminator=end, quoting=chance.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)))
    for name, header, rows in tables:
        text.write(mark.format(name) + end)
        writer.writerows([header, *rows])
        text.write(end * chance.randint(1, 3))
    return text.getvalue()


@pytest.mark.parametrize("seed", seeds(20))
def test_what_a_model_writes_is_read_as_it_was(database: Database, seed: int) -> None:
    chance = random.Random(seed)
    tables = [table(chance, f"t{number}") for number in range(chance.randint(2, 4))]
    text = written(chance, tables)
    name = f"people-{seed}.csv"
    for own, header, rows in tables:
        found = staged(database, text.encode(), Reading(entity=own, header=True), name)
        assert found.names == tuple(header), text
        assert [filled(row) for row in found.rows.values()] == [filled(row) for row in rows], text


def filled(row: Row) -> Row:
    return tuple(value or None for value in row)
