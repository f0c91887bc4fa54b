"""How the log is written: `ENTREPOT_LOG` and `ENTREPOT_LOG_LEVEL`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from entrepot.model.errors import InputError

FORM, LEVEL = "ENTREPOT_LOG", "ENTREPOT_LOG_LEVEL"
FORMS, LEVELS = ("text", "json"), ("debug", "info", "warning", "error")


@dataclass(frozen=True, kw_only=True)
class LogSettings:
    as_json: bool
    level: str


def log_settings(environment: Mapping[str, str]) -> LogSettings:
    """
    >>> log_settings({"ENTREPOT_LOG": "json"})
    LogSettings(as_json=True, level='info')
    """
    form, level = _one_of(FORM, FORMS, "text", environment), _one_of(LEVEL, LEVELS, "info", environment)
    return LogSettings(as_json=form == "json", level=level)


def _one_of(name: str, known: tuple[str, ...], usual: str, environment: Mapping[str, str]) -> str:
    said = (environment.get(name) or usual).lower()
    if said not in known:
        raise InputError("wrong_log_setting", f"{name} is '{said}'.", remedy=f"It can be {' or '.join(known)}.")
    return said
