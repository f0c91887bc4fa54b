"""The words of other systems for what becomes of rows that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.cli.strategy_options import WORDS
from entrepot.model.drafts import Blank, Mode, OnConflict
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.strategies import STRATEGIES, overwriting, strategy_of

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "strategies.md"
MEANT = {
    "create": (Mode.CREATE, OnConflict.FAIL),
    "fail_on_conflict": (Mode.CREATE, OnConflict.FAIL),
    "skip": (Mode.CREATE, OnConflict.SKIP),
    "skip_existing": (Mode.CREATE, OnConflict.SKIP),
    "update": (Mode.UPDATE, OnConflict.OVERWRITE),
    "upsert": (Mode.UPSERT, OnConflict.OVERWRITE),
    "overwrite": (Mode.UPSERT, OnConflict.OVERWRITE),
    "replace": (Mode.UPSERT, OnConflict.OVERWRITE),
    "merge": (Mode.UPSERT, OnConflict.MERGE),
    "version": (Mode.CREATE, OnConflict.VERSION),
    "mirror": (Mode.MIRROR, OnConflict.OVERWRITE),
}


def test_every_word_means_what_its_system_means_by_it() -> None:
    assert {word: (one.mode, one.on_conflict) for word, one in STRATEGIES.items()} == MEANT
    assert {one.blank for one in STRATEGIES.values()} == {Blank.KEEP}


def test_only_mirror_deletes() -> None:
    assert [word for word, strategy in STRATEGIES.items() if strategy.mode is Mode.MIRROR] == ["mirror"]


def test_whoever_does_not_overwrite_keeps_what_is_there() -> None:
    asked = ImportRequest(entity="users")
    assert overwriting(False).of(asked).conflicts is OnConflict.SKIP
    assert overwriting(True).of(asked).mode is Mode.UPSERT


def test_an_unknown_word_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(InputError) as caught:
        strategy_of("skip_exsting")
    assert (caught.value.code, "'skip_existing'" in caught.value.remedy) == ("unknown_strategy", True)


def test_the_command_line_and_the_page_know_all_of_them() -> None:
    assert {*WORDS, "upsert"} == set(STRATEGIES)
    told = PAGE.read_text(encoding="utf-8")
    assert [word for word in STRATEGIES if f"`{word}`" not in told] == []
