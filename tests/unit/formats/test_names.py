"""File names for entities, whatever their names."""

from __future__ import annotations

from contract.formats.samples import EVIL_NAMES, naughty_strings
from entrepot.formats.names import LONGEST_BYTES, safe_stem, stems


def test_every_name_becomes_a_file_name_that_stays_where_it_is() -> None:
    for name in [*EVIL_NAMES, *naughty_strings(), "..", ".", "/etc/passwd", "a\0b", "x" * 500, "é" * 200, "\udc80"]:
        stem = safe_stem(name)
        assert stem
        assert len(stem.encode()) <= LONGEST_BYTES + 1
        assert not set(stem) & set('/\\:*?"<>|\0\n')
        assert stem[0] not in ". -"
        assert stem[-1] not in ". "


def test_names_that_differ_only_in_case_get_different_files() -> None:
    made = list(stems(["Ab", "ab", "AB", "a/b", "a:b"]))
    assert made == ["Ab", "ab-2", "AB-3", "a_b", "a_b-2"]


def test_a_numbered_name_does_not_meet_a_given_one() -> None:
    made = list(stems(["a", "a-2", "A"]))
    assert len({name.casefold() for name in made}) == 3
