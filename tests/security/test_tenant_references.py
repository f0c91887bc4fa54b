"""Parents that are named, in an import for one tenant: only the tenant's own rows have names."""

from __future__ import annotations

import msgspec
import pytest

from entrepot.model.mappings import FieldMapping, MappingRequest
from entrepot.model.plans import ImportPlan
from security.tenants import Shared, found, request


def looked_up(shared: Shared, field: str, by: str, text: str, entity: str, *, ignore_case: bool = False) -> ImportPlan:
    column = text.partition("\n")[0].split(",")[1]
    said = FieldMapping(columns=(column,), find_by=(by,), ignore_case=ignore_case)
    mapping = MappingRequest(fields={field: said})
    return shared.entrepot("1").preview(shared.file(text), request(entity, mapping=mapping))


@pytest.mark.parametrize("ignore_case", [False, True], ids=["exactly", "without case"])
def test_what_others_call_their_rows_is_not_there(shared: Shared, ignore_case: bool) -> None:
    text = "id,project\n50,a\n51,x\n52,nothing\n"
    plan = looked_up(shared, "project_id", "code", text, "tasks", ignore_case=ignore_case)
    assert found(plan.problems) == [(2, "project", "parent_not_found"), (3, "project", "parent_not_found")]
    assert [(one.value, one.id) for one in plan.references[0].parents.samples] == [("a", "1")]
    told = msgspec.json.encode(plan).decode()
    assert "secret" not in told
    assert not any(value.suggestion for group in plan.groups.groups for value in group.values)


@pytest.mark.parametrize("ignore_case", [False, True], ids=["exactly", "without case"])
def test_the_same_name_of_others_makes_no_name_ambiguous(own: Shared, ignore_case: bool) -> None:
    own.place.execute("INSERT INTO projects VALUES (12, 2, 'a', NULL)")
    plan = looked_up(own, "project_id", "code", "id,project\n50,a\n", "tasks", ignore_case=ignore_case)
    assert (found(plan.problems), plan.references[0].parents.found) == ([], 1)
    own.entrepot("1").apply(plan.plan_id)
    assert [tuple(row) for row in own.place.rows("SELECT id, project_id FROM tasks WHERE id = 50")] == [(50, 1)]


def test_a_part_of_a_reference_is_found_beside_the_tenant(shared: Shared) -> None:
    plan = looked_up(shared, "hall_no", "name", "no,hall,who\n5,small,me\n6,large,me\n", "seats")
    assert found(plan.problems) == [(2, "hall", "parent_not_found")]
    assert plan.counts["created"] == 1
