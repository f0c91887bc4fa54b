"""The example of a template is found wherever in a file somebody put it."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.importing.example_rows import BLOCK_BYTES, mentions_example
from entrepot.model.example_rows import MARK


@pytest.mark.parametrize("at", [0, BLOCK_BYTES - len(MARK), BLOCK_BYTES - 1, 40 * BLOCK_BYTES], ids=str)
def test_an_example_is_found_wherever_it_stands(tmp_path: Path, at: int) -> None:
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        file.seek(at)
        file.write(MARK.encode()[:-1])
    assert not mentions_example(path)
    with path.open("ab") as file:
        file.write(MARK.encode()[-1:] + b"\n")
    assert mentions_example(path)
