"""The golden values of docs/reference/fingerprints.md."""

from __future__ import annotations

import re
from pathlib import Path

from entrepot.model.types import Kind

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "fingerprints.md"
LINE = re.compile(r"\| ([a-z_]+) \| `(.*)` \| `(.*)` \|")


def golden_values() -> list[tuple[Kind, str, str]]:
    table = PAGE.read_text().partition("## Golden values")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| kind")]
    found = [LINE.fullmatch(line) for line in lines]
    assert all(found), "every line of the table must be understood"
    return [(Kind(match[1]), match[2], match[3]) for match in found if match]
