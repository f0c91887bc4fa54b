"""Packages and stores thrown with dice: what a preview says of files is what an import does, and what a simple model
says; an undo brings back what was there."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

import pytest

from acceptance.attached import UPSERT, Office, Row, office
from entrepot.importing.attachments.keys import new_key
from entrepot.model.attachments import Files
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.packed import PackedFile
from seeds import seeds

pytestmark = pytest.mark.usefixtures("forked_workbench")
KEYS = ("k/1", "k/2", "k/3", "d/x", "K/1", "", None)
CONTENTS = (b"a", b"b", b"cc")
ROUNDS = 4


@dataclass
class Expected:
    """In the order of the records."""

    store: dict[str, bytes]
    fates: Counter[str] = field(default_factory=Counter)
    placed: dict[str, bytes] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)

    def take(self, row: Row, files: dict[str, bytes], way: Files) -> None:
        number, name, key = row
        data = files.get(str(key))
        if key and data is not None and way is Files.REWRITE:
            file = PackedFile(member="", id=str(number), name=str(name))
            key = new_key(file, hashlib.sha256(data).hexdigest(), ("", "documents", "key"))
        self.rows.append((number, name, key))
        if key:
            self.fates[self.fate(str(key), data, way)] += 1

    def fate(self, key: str, data: bytes | None, way: Files) -> str:
        there = {**self.store, **self.placed}
        if data is None:
            return "there" if key in self.store else "missing"
        if key not in there:
            self.placed[key] = data
            return "restored"
        return "there" if there[key] == data else "kept" if way is Files.KEEP else "clash"


def thrown(dice: Random, numbers: range) -> list[Row]:
    return [(number, f"n{number}.txt", dice.choice(KEYS)) for number in numbers if dice.random() < 0.8]


def filled(dice: Random) -> dict[str, bytes]:
    return {key: dice.choice(CONTENTS) for key in KEYS if key and dice.random() < 0.5}


def test_a_preview_an_import_and_an_undo_agree(tmp_path: Path) -> None:
    for seed in seeds(ROUNDS):
        (tmp_path / str(seed)).mkdir()
        play(tmp_path / str(seed), seed)


def play(folder: Path, seed: int) -> None:
    dice = Random(seed)
    rows, files, way = thrown(dice, range(1, 7)), filled(dice), dice.choice([Files.RESTORE, Files.KEEP, Files.REWRITE])
    before, store = thrown(dice, range(4, 9)), filled(dice) if dice.random() < 0.7 else {}
    package = office(folder / "source", rows, files).entrepot.export(to=folder / "out.zip").path
    into = office(folder / "into", before, store)
    expected = Expected(store=store)
    for row in rows:
        expected.take(row, files, way)
    request = replace(UPSERT, files=way)
    plan = into.entrepot.preview(package, request)
    assert Counter(plan.files.counts if plan.files else {}) == expected.fates, seed
    if expected.fates["clash"]:
        with pytest.raises(InputError):
            into.entrepot.apply(plan.plan_id)
        assert (into.rows(), into.files()) == (before, store), seed
        return
    receipt = into.entrepot.apply(plan.plan_id)
    assert isinstance(receipt, ImportReceipt)
    assert receipt.files == plan.files, seed
    merged = {row[0]: row for row in (*before, *expected.rows)}
    assert into.rows() == [merged[at] for at in sorted(merged, key=str)], seed
    assert into.files() == {**store, **expected.placed}, seed
    if receipt.counts["created"] or receipt.counts["updated"]:
        taken_back(into, receipt.job, before, {**store, **expected.placed}, seed)


def taken_back(into: Office, job: str, before: list[Row], there: dict[str, bytes], seed: int) -> None:
    """A file that the rows of before point to has come to stay."""
    into.entrepot.undo(job)
    assert into.rows() == before, seed
    missed = {str(key) for _, _, key in before if key}
    left = into.files()
    assert left.items() <= there.items(), seed
    assert {key for key in there if key in missed} <= left.keys(), seed
