"""A connection to an address that was looked up once and checked: what is checked is what is connected to."""

from __future__ import annotations

import math
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from entrepot.model.errors import AccessError, EntrepotError, UnavailableError

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a host."""
SECONDS = 10.0
"""For everything, from the look-up to the last byte of the answer."""
WEB_PORTS = frozenset({25, 80, 443, 465, 587})
NAT64, LOCAL_NAT64 = ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Which addresses may be talked to: all public ones, and what somebody allowed."""

    allow: tuple[str, ...] = ()

    def check(self, host: str, addresses: Sequence[str], port: int) -> str:
        """The one to connect to. If one of them may not be talked to, none is: who answers so has something in mind."""
        found = [ip_address(address.partition("%")[0]) for address in addresses]
        if not found:
            raise UnavailableError("unknown_host", f"{host} has no address.", remedy="Check the name.")
        for address in found:
            allowed = self.allows(address)
            if not allowed and not _is_public(address):
                raise refused(host, f"{address} is no public address")
            if not allowed and port < 1024 and port not in WEB_PORTS:
                raise refused(host, f"port {port} is none of the web or of mail")
        return addresses[0]

    def allows(self, address: IPv4Address | IPv6Address) -> bool:
        inner = _inner(address)
        networks: list[IPv4Network | IPv6Network] = [ip_network(network) for network in self.allow]
        return any(inner in network for network in networks if network.version == inner.version)


def refused(host: str, fact: str) -> AccessError:
    return AccessError(
        "address_refused",
        f"Nothing is sent to {host}: {fact}.",
        remedy="If it is meant, name the address or its network in `allow` of that notification.",
    )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    inner = _inner(address)
    if inner in LOCAL_NAT64:
        return False
    return inner.is_global and not inner.is_multicast and not inner.is_reserved and not inner.is_unspecified


def _inner(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """What an address of one kind means that holds one of the other."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)


def looked_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


@dataclass(kw_only=True)
class Dialer:
    """Opens connections that end at a moment, whatever the other side does."""

    policy: Policy
    resolve: Resolve = looked_up
    seconds: float = SECONDS
    _open: list[socket.socket] = field(default_factory=list)
    _ends_at: float = math.inf
    is_over: bool = False

    @contextmanager
    def bounded(self, host: str) -> Iterator[None]:
        """When the time is over, what is open is ended, and whoever reads or writes hears of it."""
        self._open.clear()
        self.is_over = False
        self._ends_at = time.monotonic() + self.seconds
        alarm = threading.Timer(self.seconds, self._end)
        alarm.daemon = True
        alarm.start()
        try:
            yield
        except EntrepotError:
            raise
        except (OSError, ValueError, EOFError) as error:
            words = f"took longer than {self.seconds:g} s" if self.is_over else f"{type(error).__name__}: {error}"
            raise UnavailableError("not_reached", f"{host}: {words}.", remedy="It is tried again.") from error
        finally:
            alarm.cancel()
            for each in self._open:
                each.close()

    def connect(self, host: str, port: int) -> socket.socket:
        address = self.policy.check(host, self._resolved(host, port), port)
        connection = socket.create_connection((address, port), timeout=self._left())
        self._watch(connection)
        connection.settimeout(self.seconds)  # from here on the timer is the first to end it, and says why
        peer = connection.getpeername()[0]
        self.policy.check(host, [peer], port)
        return connection

    def secured(self, plain: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
        """TLS over it. It takes the place of the other one, so it is watched before a word is exchanged."""
        safe = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self._watch(safe)
        safe.do_handshake()
        return safe

    def is_allowed(self, connection: socket.socket) -> bool:
        """Whether somebody named its address."""
        return self.policy.allows(ip_address(connection.getpeername()[0].partition("%")[0]))

    def _resolved(self, host: str, port: int) -> Sequence[str]:
        """A look-up cannot be ended, but it need not be waited for."""
        found: list[Sequence[str]] = []
        failed: list[Exception] = []

        def look() -> None:
            try:
                found.append(self.resolve(host, port))
            except Exception as error:
                failed.append(error)

        looking = threading.Thread(target=look, daemon=True)
        looking.start()
        looking.join(self._left())
        if failed:
            raise failed[0]
        if not found:
            raise TimeoutError(f"the look-up of {host} takes too long")
        return found[0]

    def _left(self) -> float:
        left = min(self.seconds, self._ends_at - time.monotonic())
        if left <= 0:
            raise TimeoutError("the time is over")
        return left

    def _watch(self, connection: socket.socket) -> None:
        """First kept, then asked: either the timer finds it, or it is known here that the timer has been."""
        self._open.append(connection)
        if self.is_over:
            raise TimeoutError("the time is over")

    def _end(self) -> None:
        """Below TLS: with that taken off, what is yet to be said would be said in the clear."""
        self.is_over = True
        for each in self._open:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
