"""Somebody bound to one tenant brings files in that are after the rows of another. Nothing comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from entrepot.bystanders import SystemClock
from entrepot.model.drafts import Blank, Errors, Mode, OnConflict
from entrepot.model.errors import AccessError, ChangedError, EntrepotError, InputError
from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.state import open_state
from security.tenants import Shared, found, request

UPDATE, UPSERT = {"mode": Mode.UPDATE}, {"mode": Mode.UPSERT}


@dataclass(frozen=True)
class Attack:
    words: str
    entity: str
    text: str
    wanted: list[tuple[int, str | None, str]]
    said: Mapping[str, Any] = field(default_factory=dict)


SET_OTHER = MappingRequest(fields={"tenant_id": FieldMapping(constant="2")})
DEFAULT_OTHER = MappingRequest(fields={"tenant_id": FieldMapping(columns=("tenant_id",), default="2")})
ATTACKS = (
    Attack("a row for another tenant", "projects", "id,tenant_id,code\n5,2,z\n", [(1, "tenant_id", "other_tenant")]),
    Attack("spelled with a zero", "projects", "id,tenant_id,code\n5,02,z\n", [(1, "tenant_id", "other_tenant")]),
    Attack("by a constant", "projects", "id,code\n5,z\n", [(1, None, "other_tenant")], {"mapping": SET_OTHER}),
    Attack(
        "by a default",
        "projects",
        "id,tenant_id,code\n5,,z\n",
        [(1, "tenant_id", "other_tenant")],
        {"mapping": DEFAULT_OTHER},
    ),
    Attack("a tenant that is not there", "projects", "id,tenant_id\n5,99\n", [(1, "tenant_id", "other_tenant")]),
    Attack("a row of others overwritten", "projects", "id,code\n11,mine\n", [(1, "id", "key_unusable")], UPSERT),
    Attack("updated, as if it were not there", "projects", "id,code\n11,mine\n", [(1, "id", "no_such_row")], UPDATE),
    Attack(
        "merged",
        "projects",
        "id,code\n11,mine\n",
        [(1, "id", "key_unusable")],
        {**UPSERT, "on_conflict": OnConflict.MERGE, "blank": Blank.FILL},
    ),
    Attack(
        "left out, so that one learns of it",
        "projects",
        "id,code\n11,mine\n",
        [(1, "id", "key_unusable")],
        {"on_conflict": OnConflict.SKIP},
    ),
    Attack(
        "decided about alone",
        "projects",
        "id,code\n11,mine\n",
        [(1, "id", "key_unusable")],
        {"decisions": {"1": OnConflict.OVERWRITE}},
    ),
    Attack("a row given away", "projects", "id,tenant_id\n1,2\n", [(1, "tenant_id", "other_tenant")], UPDATE),
    Attack(
        "another one as a partner", "projects", "id,partner_id\n1,2\n", [(1, "partner_id", "no_such_parent")], UPDATE
    ),
    Attack("a project of others", "tasks", "id,project_id\n50,11\n", [(1, "project_id", "no_such_parent")]),
    Attack("a row moved there", "tasks", "id,project_id\n1,11\n", [(1, "project_id", "no_such_parent")], UPDATE),
    Attack("a row that would be nobody's", "tasks", "id,project_id\n50,\n", [(1, "project_id", "no_tenant")]),
    Attack("a row let loose", "tasks", "id,project_id\n1,\n", [(1, "project_id", "no_tenant")], UPDATE),
    Attack("a row of nobody", "tasks", "id,project_id\n21,1\n", [(1, "id", "key_unusable")], UPSERT),
    Attack("a parent of others", "tasks", "id,project_id,parent_id\n50,1,11\n", [(1, "parent_id", "no_such_parent")]),
    Attack("a parent of nobody", "tasks", "id,project_id,parent_id\n50,1,21\n", [(1, "parent_id", "no_such_parent")]),
    Attack(
        "a parent of others, named in the file as an own one",
        "tasks",
        "id,project_id,parent_id\n11,1,\n50,1,11\n",
        [(1, "id", "key_unusable"), (2, "parent_id", "parent_failed")],
        UPSERT,
    ),
    Attack(
        "the same twice",
        "tasks",
        "id,project_id\n11,1\n11,1\n",
        [(1, "id", "key_unusable"), (2, "id", "key_unusable")],
        UPSERT,
    ),
    Attack(
        "a name that others have",
        "notes",
        "id,task_id,project_id,mail\n50,1,1,their@x\n",
        [(1, "mail", "key_unusable")],
    ),
    Attack("taken over", "notes", "id,mail\n1,their@x\n", [(1, "mail", "key_unusable")], UPDATE),
    Attack(
        "found by it",
        "notes",
        "mail,task_id,project_id\ntheir@x,1,1\n",
        [(1, "mail", "key_unusable")],
        {**UPSERT, "key": ("mail",)},
    ),
    Attack(
        "two ways to two tenants",
        "notes",
        "id,task_id,project_id\n50,11,1\n51,1,11\n",
        [(1, "task_id", "no_such_parent"), (2, "project_id", "no_such_parent")],
    ),
    Attack("three steps away", "remarks", "id,task_id\n50,11\n", [(1, "task_id", "no_such_parent")]),
    Attack("a remark of others", "remarks", "id,words\n11,mine\n", [(1, "id", "no_such_row")], UPDATE),
    Attack("a hall of others", "halls", "tenant_id,no,name\n2,7,mine\n", [(1, "tenant_id", "other_tenant")], UPSERT),
    Attack("a seat in it", "seats", "tenant_id,hall_no,no\n2,7,1\n", [(1, "tenant_id", "other_tenant")], UPSERT),
    Attack("a seat in a hall that only they have", "seats", "hall_no,no\n7,1\n", [(1, "hall_no", "no_such_parent")]),
)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.words)
def test_an_attack_is_a_finding_and_changes_nothing(shared: Shared, attack: Attack) -> None:
    """Although whatever is good is to come in."""
    before = shared.fingerprint()
    asked = request(attack.entity, **{**attack.said, "errors": Errors.SKIP})
    receipt = shared.entrepot("1").bring_in(shared.file(attack.text), asked)
    assert found(receipt.warnings) == attack.wanted
    assert receipt.counts["failed"] == receipt.records
    assert shared.fingerprint() == before


def test_nothing_comes_in_beside_an_attack(shared: Shared) -> None:
    entrepot, before = shared.entrepot("1"), shared.fingerprint()
    plan = entrepot.preview(shared.file("id,code\n5,z\n11,mine\n"), request("projects", mode=Mode.UPSERT))
    assert (plan.blocked, plan.differences) == (True, ())
    with pytest.raises(InputError) as caught:
        entrepot.apply(plan.plan_id)
    assert caught.value.code == "records_failed"
    assert shared.fingerprint() == before


@pytest.mark.parametrize(
    ("entity", "theirs", "nobodys", "said"),
    [
        ("tasks", "id,project_id\n50,11\n", "id,project_id\n50,99\n", {}),
        ("tasks", "id,project_id,parent_id\n50,1,11\n", "id,project_id,parent_id\n50,1,99\n", {}),
        ("projects", "id,code\n11,z\n", "id,code\n99,z\n", UPDATE),
        ("projects", "id,tenant_id\n5,2\n", "id,tenant_id\n5,99\n", {}),
        ("seats", "hall_no,no\n7,1\n", "hall_no,no\n9,1\n", {}),
    ],
)
def test_what_others_have_is_told_in_the_words_for_what_is_not_there(
    shared: Shared, entity: str, theirs: str, nobodys: str, said: dict[str, Any]
) -> None:
    entrepot, asked = shared.entrepot("1"), request(entity, **said)
    told = []
    for text in (theirs, nobodys):
        plan = entrepot.preview(shared.file(text), asked)
        numbers = str.maketrans("", "", "0123456789")
        told.append([(p.code, p.message.translate(numbers), p.remedy) for p in plan.problems])
        assert not any(value.suggestion for group in plan.groups.groups for value in group.values)
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("entity", "text", "said", "code"),
    [
        ("tenants", "id,slug\n1,mine\n", UPSERT, "tenants_themselves"),
        ("tenants", "id,slug\n2,mine\n", UPDATE, "tenants_themselves"),
        ("kinds", "id,name\n1,mine\n", UPSERT, "no_tenant_path"),
        ("tasks", "id,title\n50,mine\n", {}, "tenant_not_reached"),
        ("tasks", "id,title\n21,mine\n", UPSERT, "tenant_not_reached"),
    ],
)
def test_what_cannot_be_held_to_a_tenant_is_refused(
    shared: Shared, entity: str, text: str, said: dict[str, Any], code: str
) -> None:
    before = shared.fingerprint()
    with pytest.raises(InputError) as caught:
        shared.entrepot("1").bring_in(shared.file(text), request(entity, **said))
    assert caught.value.code == code
    assert caught.value.remedy
    assert shared.fingerprint() == before


@pytest.mark.parametrize("tenant", ["2", "umbra", "slug=umbra", "id=2", ""])
def test_nobody_names_another_tenant_than_the_own(shared: Shared, tenant: str) -> None:
    with pytest.raises(AccessError) as caught:
        shared.entrepot("1").preview(shared.file("id,code\n5,z\n"), request("projects", tenant=tenant))
    assert caught.value.code == "other_tenant"


@pytest.mark.parametrize("tenant", ["acme", "slug=acme", "99", "1 OR 1=1"])
def test_nobody_is_bound_by_anything_but_a_key(shared: Shared, tenant: str) -> None:
    with pytest.raises(InputError) as caught:
        shared.entrepot(tenant).preview(shared.file("id,code\n5,z\n"), request("projects"))
    assert caught.value.code == "unknown_tenant"
    assert not any(name in caught.value.remedy for name in ("acme", "umbra"))


def test_plans_and_jobs_of_others_are_unknown(shared: Shared) -> None:
    """Whether somebody made them for all tenants, for another one, or for the same one by its name."""
    ours = shared.entrepot("1")
    makers: Sequence[tuple[str | None, str | None, str]] = (
        (None, None, "1"),
        (None, "2", "11"),
        (None, "acme", "1"),
        ("2", None, "11"),
    )
    for who, tenant, row in makers:
        asked = request("projects", mode=Mode.UPDATE, tenant=tenant)
        plan = shared.entrepot(who).preview(shared.file(f"id,code\n{row},z\n"), asked)
        for act in (ours.plan, ours.apply, partial(ours.errors_file, to=shared.folder)):
            with pytest.raises(InputError) as caught:
                act(plan.plan_id)
            assert caught.value.code == "unknown_plan"


def test_a_plan_that_was_forgotten_is_unknown_to_whoever_is_bound(shared: Shared) -> None:
    """With it went whose it was."""
    asked = request("projects", mode=Mode.UPDATE, tenant="1")
    plan = shared.entrepot(None).preview(shared.file("id,code\n1,z\n"), asked)
    with open_state(shared.folder / ".entrepot", SystemClock()) as state:
        state.ledger.removals.drop_plans(state.ledger.records.now() + timedelta(days=30))
    for who, error, code in (("1", InputError, "unknown_plan"), (None, ChangedError, "plan_expired")):
        with pytest.raises(error) as caught:
            shared.entrepot(who).apply(plan.plan_id)
        assert caught.value.code == code


def test_who_is_bound_keeps_nobody_out_and_takes_nothing_back(shared: Shared) -> None:
    ours, file = shared.entrepot("1"), shared.file("id,code\n1,a\n")
    acts = (
        lambda: ours.preview(file, request("projects", **UPDATE, exclusive=True)),
        lambda: ours.preview(file, request("projects", **UPDATE, use="theirs")),
        lambda: ours.bring_in(file, request("projects", **UPDATE, save_as="mine")),
        lambda: ours.undo_plan("job-1"),
        lambda: ours.undo("job-1"),
        ours.undoable,
    )
    for act in acts:
        with pytest.raises(EntrepotError) as caught:
            act()
        assert caught.value.code == "not_allowed"


def test_records_of_others_are_not_corrected(shared: Shared) -> None:
    """Neither those of another tenant's import nor those of one for all."""
    before = shared.fingerprint()
    for who in (None, "2"):
        entrepot = shared.entrepot(who)
        asked = request("tasks", errors=Errors.SKIP)
        job = entrepot.bring_in(shared.file("id,project_id\n50,99\n"), asked).job
        errors = entrepot.errors_file(job, to=shared.folder / f"errors of {who}.csv")
        with pytest.raises(InputError) as caught:
            shared.entrepot("1").bring_in(errors, request("", corrects=job))
        assert caught.value.code == "unknown_job"
    assert shared.fingerprint() == before
