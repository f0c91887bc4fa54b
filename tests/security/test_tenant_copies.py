"""One tenant's rows are copied into a database where others live: these keep every row, whatever comes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from acceptance.market import counted
from contract.databases import sqlite_case
from contract.databases.sqlite_case import SqlitePlace
from entrepot import Entrepot
from entrepot.access.permissions import Principal, Role
from entrepot.model.bundles import BundleReceipt, BundleRequest
from entrepot.model.drafts import Mode
from entrepot.model.errors import AccessError, InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.selection import Relatives, Selection
from security.tenants import TABLES, Shared

HERE = pytest.mark.parametrize("own", [pytest.param(sqlite_case.CASE, id="sqlite")], indirect=True)
"""What does not depend on the engine."""
ACME = Selection(tenant="acme", related=Relatives.PARENTS)
CHANGED = (
    "UPDATE projects SET code = 'later' WHERE id IN (1, 11)",
    "UPDATE notes SET mail = 'new@x' WHERE id = 1",
    "INSERT INTO projects VALUES (3, 1, 'c', NULL)",
    "INSERT INTO kinds VALUES (2, 'wish')",
    "UPDATE kinds SET name = 'fault' WHERE id = 1",
    "INSERT INTO tasks VALUES (3, 3, 2, 2, 'three')",
)
"""What became of the source since."""


@dataclass(frozen=True)
class Both:
    shared: Shared
    source: SqlitePlace

    def copy(self, selection: Selection = ACME, who: Principal | None = None) -> dict[str, int]:
        receipt = self.entrepot(who).copy(source=self.source.url, selection=selection)
        assert isinstance(receipt, BundleReceipt)
        return counted(receipt.counts)

    def entrepot(self, who: Principal | None = None) -> Entrepot:
        return self.shared.entrepot(who.tenant if who else None)

    def of_others(self) -> list[list[tuple[object, ...]]]:
        """All rows that are not acme's."""
        own = {
            "tenants": "id = 1",
            "projects": "tenant_id = 1",
            "halls": "tenant_id = 1",
            "seats": "tenant_id = 1",
            "tasks": "project_id IN (1, 2, 3)",
            "notes": "project_id IN (1, 2, 3)",
            "remarks": "task_id IN (1, 2, 3)",
        }
        place = self.shared.place
        return [
            sorted(
                (tuple(row) for row in place.rows(f"SELECT * FROM {table} WHERE NOT coalesce({it}, false)")), key=str
            )
            for table, it in own.items()
        ]


@pytest.fixture
def both(own: Shared, tmp_path: Path) -> Both:
    source = SqlitePlace(tmp_path / "source.db")
    source.execute(*TABLES, *CHANGED)
    return Both(own, source)


def test_nothing_but_the_rows_of_that_tenant_changes(both: Both) -> None:
    before, others = both.shared.fingerprint(), both.of_others()
    plan = both.entrepot().preview_copy(source=both.source.url, selection=ACME)
    receipt = both.entrepot().apply(plan.plan_id)
    assert counted(receipt.counts) == {"created": 3, "updated": 2, "unchanged": 7, "skipped": 1}
    assert both.of_others() == others
    place = both.shared.place
    assert [tuple(row) for row in place.rows("SELECT id, name FROM kinds ORDER BY id")] == [(1, "bug"), (2, "wish")]
    assert both.copy() == {"unchanged": 11, "skipped": 2}
    both.entrepot().undo(receipt.job)
    assert both.shared.fingerprint() == before


def test_a_row_with_a_key_that_is_a_strangers_keeps_all_out(both: Both) -> None:
    both.shared.place.execute("INSERT INTO projects VALUES (3, 2, 'theirs', NULL)")
    before = both.shared.fingerprint()
    with pytest.raises(InputError) as refused:
        both.copy()
    assert refused.value.code == "records_failed"
    assert "key_unusable" in {problem.code for problem in refused.value.problems}
    assert both.shared.fingerprint() == before


@HERE
def test_rows_that_others_have_under_these_keys_do_not_become_the_rows_of_a_new_tenant(both: Both) -> None:
    """Nothing is acme's before its row is there."""
    place = both.shared.place
    place.execute("DELETE FROM seats WHERE tenant_id = 1", "DELETE FROM halls WHERE tenant_id = 1")
    place.execute(
        "DELETE FROM remarks WHERE id = 1", "DELETE FROM notes WHERE id = 1", "DELETE FROM tasks WHERE id = 2"
    )
    place.execute("UPDATE projects SET tenant_id = 2 WHERE tenant_id = 1", "DELETE FROM tenants WHERE id = 1")
    before = both.shared.fingerprint()
    with pytest.raises(InputError) as refused:
        both.copy()
    assert "key_unusable" in {problem.code for problem in refused.value.problems}
    assert both.shared.fingerprint() == before
    place.execute("DELETE FROM tasks WHERE id = 1", "DELETE FROM projects WHERE id IN (1, 2)")
    others = both.of_others()
    assert both.copy()["created"] == 12
    assert both.of_others() == others


@HERE
def test_a_key_that_is_another_tenants_there_is_refused(both: Both) -> None:
    both.shared.place.execute("UPDATE tenants SET slug = 'else' WHERE id = 1")
    before = both.shared.fingerprint()
    with pytest.raises(InputError) as refused:
        both.copy()
    assert (refused.value.code, "slug else" in refused.value.message) == ("tenant_key_taken", True)
    assert both.shared.fingerprint() == before


@HERE
def test_without_the_row_of_the_tenant_it_has_to_be_there(both: Both) -> None:
    place = both.shared.place
    place.execute("DELETE FROM seats", "DELETE FROM halls", "UPDATE tenants SET id = 5 WHERE id = 2")
    alone = Selection(entities=("halls", "seats"), tenant="umbra")
    with pytest.raises(InputError) as refused:
        both.copy(alone)
    assert refused.value.code == "unknown_tenant"
    assert both.copy(Selection(entities=("halls", "seats"), tenant="acme")) == {"created": 2}


@HERE
def test_what_is_nobodys_is_copied_by_itself(both: Both) -> None:
    everybodys = Selection(entities=("kinds",), tenant=None)
    request = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT))
    receipt = both.entrepot().copy(source=both.source.url, selection=everybodys, request=request)
    assert counted(receipt.counts) == {"created": 1, "updated": 1}


@HERE
def test_whoever_is_bound_to_a_tenant_copies_its_rows_and_not_its_own_row(both: Both) -> None:
    both.source.execute("UPDATE tenants SET slug = 'acme' WHERE id = 1", "DELETE FROM tasks WHERE kind_id = 2")
    others, ada = both.of_others(), Principal(name="ada", role=Role.ORG_ADMIN, tenant="1")
    receipt = both.entrepot(ada).copy(source=both.source.url)
    assert "tenants" not in {part.entity for part in receipt.parts}  # type: ignore[union-attr]
    assert counted(receipt.counts) == {"created": 1, "updated": 2, "unchanged": 6}
    assert both.of_others() == others
    with pytest.raises(AccessError) as refused:
        both.copy(Selection(tenant="2"), ada)
    assert refused.value.code == "other_tenant"
    with pytest.raises(InputError) as outside:
        both.copy(Selection(entities=("kinds",)), ada)
    assert outside.value.code == "no_tenant_path"
