"""Who asks, when a proxy stands before us."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from starlette.requests import Request

from lockbay.web.console.callers import Callers

CALLERS = Callers((ip_network("127.0.0.0/8"), ip_network("10.88.0.1")))


def asked_by(peer: str, *forwarded: str) -> bytes:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return CALLERS.of(Request({"type": "http", "client": (peer, 1), "headers": headers}))


@pytest.mark.parametrize("proxy", ["127.0.0.1", "127.9.9.9", "10.88.0.1", "::ffff:10.88.0.1"])
def test_a_proxy_is_believed_about_whom_it_speaks_for(proxy: str) -> None:
    assert asked_by(proxy, "203.0.113.7") == asked_by("203.0.113.7") != asked_by(proxy)


@pytest.mark.parametrize("stranger", ["10.88.0.2", "203.0.113.9", "2001:db8::1"])
def test_nobody_else_is(stranger: str) -> None:
    assert asked_by(stranger, "203.0.113.7") == asked_by(stranger)


def test_what_the_proxy_was_told_does_not_count() -> None:
    assert asked_by("127.0.0.1", "198.51.100.1, 203.0.113.7") == asked_by("203.0.113.7")
    assert asked_by("127.0.0.1", "198.51.100.1", "203.0.113.7") == asked_by("203.0.113.7"), "a line of its own"


def test_behind_two_proxies_of_ours_it_is_whom_the_first_speaks_for() -> None:
    """All who came through the first were one caller, and any of them kept the others from logging in."""
    assert asked_by("127.0.0.1", "203.0.113.7, 10.88.0.1") == asked_by("203.0.113.7")
    assert asked_by("127.0.0.1", "203.0.113.7, 198.51.100.1, 10.88.0.1") == asked_by("198.51.100.1"), "no further"
    assert asked_by("127.0.0.1", "10.88.0.1") == asked_by("10.88.0.1")
    assert asked_by("127.0.0.1", "nonsense, 10.88.0.1") == asked_by("10.88.0.1")


def test_who_has_one_address_of_a_household_has_them_all() -> None:
    assert asked_by("2001:db8:0:1::1") == asked_by("2001:db8:0:1:ffff::2") != asked_by("2001:db8:0:2::1")


@pytest.mark.parametrize("said", ["", "nonsense", "203.0.113.7:80"])
def test_what_a_proxy_says_that_is_no_address_is_its_own(said: str) -> None:
    assert asked_by("127.0.0.1", said) in (b"127.0.0.1", asked_by("127.0.0.1"))
