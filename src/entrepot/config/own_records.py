"""Whether Entrepot's own records lie on a server: `ENTREPOT_STATE`, or `[state] url`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from entrepot.config.secrets import resolve_secret
from entrepot.config.settings import Loaded
from entrepot.model.errors import InputError

VARIABLE, FOLDER, BUCKET = "ENTREPOT_STATE", "ENTREPOT_STATE_FOLDER", "ENTREPOT_ARTIFACTS"
SCHEMES = ("postgresql://", "postgres://")


def is_address(said: str) -> bool:
    """Otherwise it is a folder."""
    return "://" in said


def ledger_url(loaded: Loaded, environment: Mapping[str, str]) -> str | None:
    """None: they lie in the folder. The variable goes before the settings, also where it names a folder."""
    said = environment.get(VARIABLE, "")
    if said:
        return _checked(said, VARIABLE) if is_address(said) else None
    url = loaded.settings.state.url
    return None if url is None else _checked(resolve_secret(url, environment), "[state] url")


def state_folder(environment: Mapping[str, str], home: Path) -> Path | None:
    """What the variables say of the folder, if anything; a relative one starts at `home`."""
    said = environment.get(VARIABLE, "")
    said = said if said and not is_address(said) else environment.get(FOLDER, "")
    return home / said if said else None


def bucket_url(loaded: Loaded, environment: Mapping[str, str]) -> str | None:
    """None: stored files lie in the folder."""
    return environment.get(BUCKET) or loaded.settings.state.artifacts


def own_place(loaded: Loaded, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables by which any process finds the same records and files, wherever it stands."""
    folder, url = str(loaded.state.absolute()), ledger_url(loaded, environment)
    return {
        VARIABLE: folder if url is None else url,
        FOLDER: folder,
        BUCKET: bucket_url(loaded, environment) or "",
    }


def _checked(url: str, where: str) -> str:
    """Never repeated: it may hold a password."""
    if not url.lower().startswith(SCHEMES):
        raise InputError(
            "bad_state_url",
            f"{where} is no address of a PostgreSQL database, where Entrepot's own records could be kept.",
            remedy="Write postgresql://user@host/database; or name a folder (ENTREPOT_STATE, or [state] folder).",
        )
    return url
