"""The TypeScript compiler, of the version that tests/typescript/package-lock.json pins; installed once, into .tools."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PINNED = ROOT / "tests" / "typescript"
IMPORT = 'import type { ExportDocument } from "./rows";\n'
REMEDY = "These tests need Node.js 18 or newer with npm on the PATH. On Debian: sudo apt-get install nodejs npm"


@dataclass(frozen=True)
class Compiler:
    program: Path

    def complaints(self, folder: Path, rows: str, document: str) -> str:
        """What is wrong with a JSON document, or with the types themselves; nothing if all is well."""
        (folder / "rows.ts").write_text(rows, encoding="utf-8")
        checked = (
            f'import type {{ ExportDocument }} from "./rows";\nexport const checked: ExportDocument = {document};\n'
        )
        (folder / "checked.ts").write_text(checked, encoding="utf-8")
        command = [str(self.program), "--noEmit", "--strict", "--lib", "es2022", "rows.ts", "checked.ts"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
        return done.stdout if done.returncode else ""


@cache
def compiler() -> Compiler:
    digest = hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:12]
    home = ROOT / ".tools" / "typescript" / digest
    program = home / "node_modules" / ".bin" / "tsc"
    with only_one(home):
        if not program.exists():
            install(home)
    return Compiler(program)


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Tests run side by side."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(home: Path) -> None:
    npm = shutil.which("npm")
    assert npm is not None, REMEDY
    for file in PINNED.glob("package*.json"):
        shutil.copy(file, home)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=home, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{REMEDY}"
