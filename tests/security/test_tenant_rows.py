"""What a tenant's own files may do, and what others learn of nobody."""

from __future__ import annotations

import pytest

from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import ChangedError, InputError
from security.tenants import Shared, found, request


def test_rows_are_the_tenants_whether_the_file_says_so_or_not(own: Shared) -> None:
    entrepot = own.entrepot("1")
    receipt = entrepot.bring_in(own.file("id,tenant_id,code\n5,,c\n6,1,d\n"), request("projects"))
    assert receipt.tenant == "1"
    entrepot.bring_in(own.file("id,code\n7,e\n1,aa\n"), request("projects", mode=Mode.UPSERT))
    entrepot.bring_in(own.file("hall_no,no,who\n1,1,you\n1,2,they\n"), request("seats", mode=Mode.UPSERT))
    rows = own.place.rows("SELECT id, tenant_id, code FROM projects ORDER BY id")
    assert [tuple(row) for row in rows] == [
        *((1, 1, "aa"), (2, 1, "b"), (5, 1, "c"), (6, 1, "d"), (7, 1, "e")),
        (11, 2, "x"),
    ]
    seats = own.place.rows("SELECT tenant_id, hall_no, no, who FROM seats ORDER BY tenant_id, hall_no, no")
    assert [tuple(row) for row in seats] == [(1, 1, 1, "you"), (1, 1, 2, "they"), (2, 7, 1, "them")]


def test_a_json_record_that_lacks_the_tenant_is_theirs_too(own: Shared) -> None:
    text = '[{"id": 5, "code": "c"}, {"id": 6, "tenant_id": 1}, {"id": 7, "tenant_id": 2}]'
    file = own.folder / "in.json"
    file.write_text(text, encoding="utf-8")
    receipt = own.entrepot("1").bring_in(file, request("projects", errors=Errors.SKIP))
    assert found(receipt.warnings) == [(3, "tenant_id", "other_tenant")]
    assert [row[0] for row in own.place.rows("SELECT id FROM projects WHERE tenant_id = 1 ORDER BY id")] == [1, 2, 5, 6]


def test_a_row_may_refer_to_own_rows_to_the_file_and_to_what_is_everybodys(own: Shared) -> None:
    text = "id,project_id,parent_id,kind_id\n50,1,1,1\n51,2,50,\n52,1,51,\n"
    receipt = own.entrepot("1").bring_in(own.file(text), request("tasks"))
    assert receipt.counts["created"] == 3


def test_whoever_may_see_all_names_the_tenant_and_is_held_to_it(own: Shared) -> None:
    """By the same rules, by any name that it has."""
    everybody = own.entrepot(None)
    text = "id,code\n5,c\n11,mine\n"
    asked = request("projects", tenant="slug=acme", mode=Mode.UPSERT, errors=Errors.SKIP)
    receipt = everybody.bring_in(own.file(text), asked)
    assert found(receipt.warnings) == [(2, "id", "key_unusable")]
    with pytest.raises(InputError) as caught:
        everybody.preview(own.file(text), request("projects", tenant="acne"))
    assert caught.value.code == "unknown_tenant"
    assert [tuple(row) for row in own.place.rows("SELECT tenant_id FROM projects WHERE id IN (5, 11) ORDER BY id")] == [
        (1,),
        (2,),
    ]


def test_what_the_preview_saw_must_still_be_the_tenants(own: Shared) -> None:
    """A parent that went to somebody else meanwhile, and a row that did."""
    entrepot = own.entrepot("1")
    referring = entrepot.preview(own.file("id,project_id\n50,2\n"), request("tasks"))
    updating = entrepot.preview(own.file("id,code\n2,z\n"), request("projects", mode=Mode.UPDATE))
    own.place.execute("UPDATE projects SET tenant_id = 2 WHERE id = 2")
    before = own.fingerprint()
    for plan in (referring, updating):
        with pytest.raises(ChangedError) as caught:
            entrepot.apply(plan.plan_id)
        assert caught.value.code == "plan_drifted"
    assert own.fingerprint() == before


@pytest.mark.parametrize("errors", list(Errors))
def test_a_key_that_only_the_database_knows_of_tells_nothing(own: Shared, errors: Errors) -> None:
    """An index over an expression, which others fill."""
    quoted = "(lower(mail))" if own.place.url.startswith("mysql") else "lower(mail)"
    try:
        own.place.execute(f"CREATE UNIQUE INDEX any_mail ON notes ({quoted})")
    except Exception:
        pytest.skip("this engine has no such indexes")
    before, file = own.fingerprint(), own.file("id,task_id,project_id,mail\n50,1,1,THEIR@x\n")
    try:
        receipt = own.entrepot("1").bring_in(file, request("notes", errors=errors))
        told = [problem.message for problem in receipt.warnings]
        assert receipt.counts["failed"] == 1
    except InputError as error:
        told = [error.message, *(problem.message for problem in error.problems)]
    assert told
    assert not any("any_mail" in words or "their@x" in words.lower() for words in told)
    assert own.fingerprint() == before
