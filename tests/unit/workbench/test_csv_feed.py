"""A file's blocks on their way into the pipes that DuckDB reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.model.templates import CsvDialect
from entrepot.workbench.csv_feed import Feed


def test_rows_that_stop_coming_for_any_reason_end_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB would wait for them for ever."""

    class Breaking:
        dialect, quote = CsvDialect(), b'"'

        def blocks(self) -> Iterator[bytes]:
            yield b"1\n"
            raise ZeroDivisionError

    monkeypatch.chdir(tmp_path)
    feed = Feed(check=Breaking(), skip_first=False, columns=1, row_bytes=1000)
    with pytest.raises(ZeroDivisionError):
        for names in feed.rounds():
            for name in names:
                Path(name).read_bytes()
