"""What is read as records, and what is refused because it holds none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract.workbench.json_input.staging import Stager
from entrepot.model.drafts import Reading, SourceColumn
from entrepot.model.problems import Category

LINES = Reading(format="ndjson")
TWO = '{"a":1,"b":"x"}'


@pytest.mark.parametrize(
    "data",
    [
        '[{"a":1},{"a":2}]',
        ' [ {"a" : 1} ,\r\n\t{"a":2}\n] ',
        '{"items":[{"a":1},{"a":2}]}',
        '{"total":2,"items":[{"a":1},{"a":2}],"next":{"page":[1,2]},"errors":[],"tags":["x",["y"]]}',
        '{"a":1}\n{"a":2}\n',
        '\n{"a":1}\r\n \n{"a":2}',
        '{"entities":{"items":[{"a":1},{"a":2}]}}',
    ],
)
def test_records_are_found_in_every_usual_shape(data: str, stager: Stager) -> None:
    for block in (1 << 20, 1, 7):
        assert stager.records(data, block=block) == [{"a": "1"}, {"a": "2"}]


def test_one_object_is_one_record(stager: Stager) -> None:
    assert stager.records('{"a":1,"b":{"c":[1, 2]},"tags":[],"d":["x"]}') == [
        {"a": "1", "b": '{"c":[1, 2]}', "tags": "[]", "d": '["x"]'}
    ]


@pytest.mark.parametrize("data", ["[]", '{"items":[]}', '{"entities":{"items":[]}}', " [ ] "])
def test_an_empty_list_holds_no_records_and_is_no_fault(data: str, stager: Stager) -> None:
    staged = stager.stage(data)
    assert (staged.records, staged.columns) == (0, ())


@pytest.mark.parametrize("data", ["1", '"x"', "null", "[1,2]", '["a"]', "[[1],[2]]", "[null]", '"x"\n"y"\n'])
def test_values_that_are_no_objects_are_no_records(data: str, stager: Stager) -> None:
    reading = LINES if "\n" in data else Reading()
    assert stager.refused(data, reading).code == "no_records"


def test_an_endless_list_of_values_is_refused_before_its_end(stager: Stager) -> None:
    error = stager.refused("[" + "1,\n" * 3000 + "broken", block=1000)
    assert error.code == "no_records"


def test_a_value_among_records_is_a_rejected_record(stager: Stager) -> None:
    assert stager.records('[{"a":1},"text",{"a":2}]') == [{"a": "1"}, {"a": "2"}]
    assert stager.rejected() == [(2, None, "not_an_object", '"text"')]


def test_of_several_lists_the_one_that_is_named_is_read(stager: Stager) -> None:
    data = '{"users":[{"a":1}],"orders":[{"b":2},{"b":3}],"ids":[1]}'
    assert stager.records(data, Reading(entity="orders")) == [{"b": "2"}, {"b": "3"}]
    assert stager.records(data, Reading(entity="users")) == [{"a": "1"}]


def test_several_lists_and_no_name_are_refused_with_their_counts(stager: Stager) -> None:
    error = stager.refused('{"users":[{"a":1}],"orders":[{"b":2},{"b":3}],"ids":[1]}')
    assert error.code == "several_lists"
    assert "users (1 record), orders (2 records)." in error.message


@pytest.mark.parametrize(
    ("data", "name"),
    [('{"users":[{"a":1}]}', "Users"), ('{"ids":[1]}', "ids"), ('[{"a":1}]', "a"), ('{"a":1}\n{"a":2}', "a")],
)
def test_a_name_that_no_list_has_is_refused(data: str, name: str, stager: Stager) -> None:
    assert stager.refused(data, Reading(entity=name)).code == "no_such_list"


def test_an_empty_list_can_be_named(stager: Stager) -> None:
    staged = stager.stage('{"users":[],"orders":[{"b":2}]}', Reading(entity="users"))
    assert (staged.records, staged.reading.entity) == (0, "users")


def test_a_list_that_stands_there_twice_is_refused(stager: Stager) -> None:
    assert stager.refused('{"users":[{"a":1}],"users":[{"a":2}]}').code == "duplicate_key"
    assert stager.refused('{"users":[{"a":1}],"entities":{"users":[{"a":2}]}}').code == "duplicate_key"


def ours(declared: dict[str, int], **lists: list[Any]) -> str:
    return json.dumps({"metadata": {"counts": declared}, "relationships": [], "entities": lists})


def test_our_own_document_says_how_many_records_it_holds(stager: Stager) -> None:
    good = stager.stage(ours({"users": 1, "orders": 0}, users=[{"a": 1}], orders=[]), Reading(entity="users"))
    assert good.problems == ()
    staged = stager.stage(ours({"users": 3, "gone": 1}, users=[{"a": 1}]))
    assert [(p.code, p.category, p.place.entity) for p in staged.problems] == [
        ("count_differs", Category.COUNT, "users"),
        ("count_differs", Category.COUNT, "gone"),
    ]
    assert "declares 3 records and holds 1" in staged.problems[0].message


def test_counts_of_other_programs_are_only_values(stager: Stager) -> None:
    assert stager.stage('{"metadata":{"counts":{"items":9}},"items":[{"a":1}]}').problems == ()


def test_columns_are_all_names_in_the_order_in_which_they_came(stager: Stager) -> None:
    data = '[{"b":1,"a":null},{"c":"","b":1},{},{"b":"2","d":"é"}]'
    assert stager.records(data) == [{"b": "1", "a": None}, {"c": "", "b": "1"}, {}, {"b": "2", "d": "é"}]
    assert stager.stage(data).columns == (
        SourceColumn(name="b", filled=3, samples=("1", "2")),
        SourceColumn(name="a", filled=0),
        SourceColumn(name="c", filled=0),
        SourceColumn(name="d", filled=1, samples=("é",)),
    )


def test_names_may_be_empty_or_differ_in_case_alone(stager: Stager) -> None:
    assert stager.records('[{"":1,"A":2,"a":3,"x\\"y":4}]') == [{"": "1", "A": "2", "a": "3", 'x"y': "4"}]


def test_values_keep_their_text(stager: Stager) -> None:
    data = (
        '[{"n":12345678901234567890.123456789000, "e":1E+400, "z":-0.0, "t":true, "f":false, "s":"null",'
        ' "q":"a\\"\\\\\\/\\u00e9\\ud83d\\ude00\\n", "o":{"k": [1.0, "\\u00e9"]}}]'
    )
    assert stager.records(data) == [
        {
            "n": "12345678901234567890.123456789000",
            "e": "1E+400",
            "z": "-0.0",
            "t": "true",
            "f": "false",
            "s": "null",
            "q": 'a"\\/é😀\n',
            "o": '{"k": [1.0, "\\u00e9"]}',
        }
    ]


def test_the_reading_is_complete_afterwards(stager: Stager) -> None:
    assert stager.stage('{"items":[{"a":1}]}').reading == Reading(format="json", encoding="utf-8", entity="items")
    assert stager.stage('{"a":1}\n{"a":2}').reading == Reading(format="ndjson", encoding="utf-8")


def test_a_document_that_follows_a_document_is_not_read_in_silence(stager: Stager) -> None:
    error = stager.refused('{\n"a":1}\n{\n"a":2}\n')
    assert (error.code, error.problems[0].place.line) == ("broken_json", 3)


def test_lines_read_as_a_document_say_so(stager: Stager) -> None:
    error = stager.refused('{"a":1}\n{"a":2}\n', Reading(format="json"))
    assert "ndjson" in error.remedy
