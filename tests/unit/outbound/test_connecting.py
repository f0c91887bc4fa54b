"""Nothing is sent to an address that nobody allowed, however it is written or answered."""

from __future__ import annotations

import pytest

from entrepot.model.errors import AccessError, UnavailableError
from entrepot.outbound.connecting import Dialer, Policy

PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "240.0.0.1"),
    *(
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "192.0.2.1",
        "2001:db8::1",
        "64:ff9b:1::1",
    ),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused_before_the_first_packet(address: str) -> None:
    dialer = Dialer(policy=Policy(), resolve=lambda host, port: [address])
    with pytest.raises(AccessError, match="no public address") as caught, dialer.bounded("evil.example"):
        dialer.connect("evil.example", 443)
    assert caught.value.code == "address_refused"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34"])
def test_what_is_public_is_taken(address: str) -> None:
    assert Policy().check("host", [address], 443) == address


def test_one_private_address_among_others_is_enough_to_refuse() -> None:
    with pytest.raises(AccessError):
        Policy().check("host", ["93.184.216.34", "127.0.0.1"], 443)


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("10.1.2.3", True), ("10.2.0.1", False), ("::ffff:10.1.0.9", True), ("fd00::5", True), ("fd00:1::5", False)],
)
def test_allowed_networks_are_talked_to_and_their_neighbours_are_not(address: str, allowed: bool) -> None:
    policy = Policy(allow=("10.1.0.0/16", "fd00::/64"))
    if allowed:
        assert policy.check("host", [address], 22) == address
    else:
        with pytest.raises(AccessError):
            policy.check("host", [address], 443)


def test_ports_of_other_services_are_refused() -> None:
    with pytest.raises(AccessError, match="port 22"):
        Policy().check("host", ["93.184.216.34"], 22)
    assert Policy().check("host", ["93.184.216.34"], 8443)


def test_a_host_that_nobody_knows_can_be_tried_again() -> None:
    dialer = Dialer(policy=Policy(), resolve=lambda host, port: [])
    with pytest.raises(UnavailableError) as caught, dialer.bounded("nobody.example"):
        dialer.connect("nobody.example", 443)
    assert caught.value.code == "unknown_host"
