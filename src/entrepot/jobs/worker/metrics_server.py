"""The measures over HTTP, for whoever collects them: one page, for a few at once, never for long."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socket import AF_INET, AF_INET6, socket
from socketserver import ThreadingMixIn
from typing import Any, cast

from entrepot.model.errors import EntrepotError, InputError, UnavailableError
from entrepot.model.metrics import CONTENT_TYPE

LOG = logging.getLogger("entrepot.metrics")
PATH, LOOPBACK = "/metrics", "127.0.0.1"
AT_ONCE, SECONDS = 4, 10.0
"""Who comes when so many are there is sent away; nobody stays longer."""
FRESH = 1.0
"""Seconds for which what was measured is told again, however many ask."""


@dataclass(frozen=True, kw_only=True)
class Address:
    host: str
    port: int


def address_of(text: str) -> Address:
    """Of this machine alone, unless another is named.

    >>> address_of("9464"), address_of("[::1]:9464").host
    (Address(host='127.0.0.1', port=9464), '::1')
    """
    host, _, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise InputError("wrong_address", f"'{text}' is no address.", remedy="Write 127.0.0.1:9464, or the port alone.")
    return Address(host=host.strip("[]") or LOOPBACK, port=int(port))


@dataclass(kw_only=True)
class Page:
    """Measured anew once it is old; one after the other."""

    measure: Callable[[], str]
    _said: str = ""
    _until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def text(self) -> str:
        with self._lock:
            if time.monotonic() >= self._until:
                self._said = self.measure()
                self._until = time.monotonic() + FRESH
            return self._said


class Server(ThreadingMixIn, HTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: Address, page: Page) -> None:
        self.address_family = AF_INET6 if ":" in address.host else AF_INET
        self.page = page
        self._room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__((address.host, address.port), Answer)

    def process_request(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Whoever asked has gone; nobody else cares."""


class Answer(BaseHTTPRequestHandler):
    timeout = SECONDS

    def setup(self) -> None:
        super().setup()
        self._until = threading.Timer(SECONDS, self._cut)
        self._until.daemon = True
        self._until.start()

    def finish(self) -> None:
        self._until.cancel()
        super().finish()

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != PATH:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        try:
            body = cast("Server", self.server).page.text().encode()
        except Exception as error:
            LOG.warning("the measures could not be taken: %s", error, exc_info=error)
            self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", CONTENT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "entrepot"

    def log_message(self, format: str, *args: object) -> None:
        """Who collects comes every few seconds."""

    def _cut(self) -> None:
        cast("Server", self.server).shutdown_request(self.connection)


@contextmanager
def serving(address: Address, measure: Callable[[], str]) -> Iterator[Address]:
    """At the address where it is heard; a port of 0 is any that is free."""
    try:
        server = Server(address, Page(measure=measure))
    except OSError as error:
        raise _no_place(address, error) from error
    thread = threading.Thread(target=server.serve_forever, name="entrepot-metrics", daemon=True)
    thread.start()
    host, port = server.server_address[:2]
    LOG.info("metrics: http://%s:%d%s", f"[{host!s}]" if ":" in str(host) else host, port, PATH)
    try:
        yield Address(host=str(host), port=int(port))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _no_place(address: Address, error: OSError) -> EntrepotError:
    return UnavailableError(
        "metrics_address",
        f"Nobody can be heard at {address.host}:{address.port}: {error.strerror or error}.",
        remedy="Name another port, or end what has it: worker --metrics 127.0.0.1:9465",
    )
