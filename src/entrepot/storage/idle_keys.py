"""Which locked keys open nothing any more, now that an export has replaced what they were for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from entrepot.storage.finished import Part
from entrepot.storage.key_files import FOLDER_STEM, key_files, key_files_for
from entrepot.storage.parts import no_other_writes


def idle_keys(home: Path, room: str, parts: Sequence[Part]) -> list[Path]:
    """Those of the files that `parts` replaced, unless another encrypted file may need them; none while somebody else
    writes in `home`, because a key is there before its files. They are listed before that is looked at, so that none
    is of a writer who begins afterwards."""
    stems = {FOLDER_STEM, *(part.final.name for part in parts)}
    keys = {key for stem in stems for key in key_files(home, stem)}
    if not no_other_writes(home, room):
        return []
    ours = {part.final.name for part in parts if part.is_there()}
    others = {path.name for path in home.iterdir() if path.name.endswith(".age")} - ours
    needed = {key.name for name in others for key in key_files_for(home / name)}
    return sorted(key for key in keys if key.name not in ours | needed)
