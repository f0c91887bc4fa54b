"""What is tried within a transaction, and undone without ending it."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.changing import ChangingEngine, changing, lines, stored
from entrepot.model.changes import Mark
from entrepot.model.errors import InputError


class PutBackError(InputError):
    pass


@pytest.mark.usefixtures("ledger")
def test_what_was_refused_is_undone_and_the_rest_is_committed(changer: ChangingEngine, tmp_path: Path) -> None:
    with changing(changer, tmp_path) as (catalog, target):
        account = catalog.entity("account")

        def insert(*rows: tuple[str, str]) -> None:
            target.insert(account, ["id", "code"], lines(target, rows))

        target.mark(Mark(job="trials"))
        insert(("7", "seven"))
        with pytest.raises(InputError) as raised, target.trial():
            insert(("8", "eight"), ("1", "again"))
        assert raised.value.code == "database_refused"
        with pytest.raises(PutBackError), target.trial():
            with target.trial():
                insert(("9", "nine"))
            with pytest.raises(InputError), target.trial():
                insert(("9", "again"))
            raise PutBackError("put_back", "Only tried.")
        with target.trial():
            insert(("10", "ten"))
        target.commit()
    assert changer.was_applied(Mark(job="trials"))
    codes = {row[1] for row in stored(changer, tmp_path, "account")}
    assert {"seven", "ten"} <= codes
    assert not {"eight", "nine", "again"} & codes
