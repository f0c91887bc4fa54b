"""Lines of the log: what they are about, in threads too, one line each, for people and for programs."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

from entrepot.logs.about import about
from entrepot.logs.begin import log_written
from entrepot.logs.redacting import Redacting
from entrepot.model.ahead import ReadAhead
from entrepot.model.errors import InputError
from entrepot.model.ports import Chunk

LOG = logging.getLogger("entrepot.tests")


def documents(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_says_what_it_is_about() -> None:
    written = io.StringIO()
    with log_written(written, Redacting(), as_json=True, level="info"):
        with about(job="exp_1", tenant="7", attempt=2, kind=None):
            LOG.info("it\nbegins")
        LOG.debug("nobody wants to know")
        logging.getLogger("somebody.else").info("nor this")
        LOG.warning("alone")
    LOG.warning("too late")
    first, second = documents(written)
    assert (first["job"], first["tenant"], first["attempt"], "kind" in first) == ("exp_1", "7", 2, False)
    assert (first["level"], first["message"], first["at"][-1]) == ("info", "it\nbegins", "Z")
    assert (second["message"], "job" in second) == ("alone", False)


def test_a_thread_that_reads_for_a_job_knows_the_job() -> None:
    written = io.StringIO()

    def rows() -> Iterator[Chunk]:
        LOG.info("reading")
        yield Chunk(data=b"1\n", rows=1)

    with log_written(written, Redacting(), as_json=True, level="info"):
        with about(job="exp_1"):
            ahead = ReadAhead(rows()).begin()
        list(ahead)
    assert [line["job"] for line in documents(written)] == ["exp_1"]


def test_errors_are_told_by_their_code_or_with_their_trace() -> None:
    written = io.StringIO()
    with log_written(written, Redacting({"A_SECRET": "open sesame"}), as_json=True, level="info"):
        for error in (InputError("usage", "So."), ValueError("open sesame")):
            try:
                raise error
            except Exception as caught:
                LOG.warning("%s", caught, exc_info=caught)
    ours, other = documents(written)
    assert (ours["error"], "traceback" in ours) == ("usage", False)
    assert other["error"] == "ValueError"
    assert "raise error" in other["traceback"]
    assert "sesame" not in written.getvalue()


def test_for_people_a_message_is_one_line() -> None:
    written = io.StringIO()
    with log_written(written, Redacting(), as_json=False, level="info"), about(job="exp_1"):
        LOG.info("all\n2026-01-01 INFO forged postgresql://a:b@c/d")
        LOG.info("exp_1: over")
    first, second = written.getvalue().splitlines()
    assert first.endswith("INFO exp_1: all\\n2026-01-01 INFO forged postgresql://a:***@c/d")
    assert second.endswith("INFO exp_1: over")
