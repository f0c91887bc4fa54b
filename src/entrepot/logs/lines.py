"""A line of the log: for people, or one JSON document for programs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from types import TracebackType

from entrepot.logs.about import known
from entrepot.logs.redacting import Redacting
from entrepot.model.errors import EntrepotError

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
MOST = 20_000
"""Characters of a message; what is longer is somebody's data. More is looked at, so that no secret is cut in two."""
FACTS = "facts"
"""What a line may be given besides, as `extra={FACTS: …}`."""


class Plain(logging.Formatter):
    """As people read it. A message is one line, whatever is in it."""

    def __init__(self, redacting: Redacting) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")
        self._redacting = redacting

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        job = known().get("job")
        if job is not None and str(job) not in record.message:
            record.message = f"{job}: {record.message}"
        record.message = self._redacting.of(record.message[: 2 * MOST])[:MOST].replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802
        return "" if isinstance(ei[1], EntrepotError) else super().formatException(ei)

    def format(self, record: logging.LogRecord) -> str:
        return self._redacting.of(super().format(record))


class Documents(logging.Formatter):
    """One each, on one line."""

    def __init__(self, redacting: Redacting) -> None:
        super().__init__()
        self._redacting = redacting

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage()[: 2 * MOST],
            **known(),
            **getattr(record, FACTS, {}),
            **self._error(record),
        }
        return json.dumps({name: self._clean(value) for name, value in said.items()}, default=str)

    def _error(self, record: logging.LogRecord) -> dict[str, str]:
        """Where it comes from is of interest if it is none of ours."""
        if record.exc_info is None or record.exc_info[1] is None:
            return {}
        error = record.exc_info[1]
        if isinstance(error, EntrepotError):
            return {"error": error.code}
        return {"error": type(error).__name__, "traceback": self.formatException(record.exc_info)[-MOST:]}

    def _clean(self, value: object) -> object:
        return value if isinstance(value, int | float | None) else self._redacting.of(str(value))[:MOST]
