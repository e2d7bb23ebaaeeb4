"""The caller, as far as counting goes: an address, or the one for whom a proxy says that it speaks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, TypeAlias

from attrs import frozen
from starlette.requests import Request

Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address

ONE_HOUSEHOLD: Final = 8  # bytes of an IPv6 address: whoever has one has 2^64 of them


@frozen
class Callers:
    """`proxies` are believed about whom they speak for, each other too. A proxy writes that at the end, behind what it
    was told.
    """

    proxies: tuple[Network, ...]

    def of(self, request: Request) -> bytes:
        """The same for the same caller; an IPv6 network of the size that one household gets is one caller."""
        peer = request.client.host if request.client else ""
        told = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
        address: Address | None = None
        for said in (peer, *reversed(told)):
            try:
                address = _address(said)
            except ValueError:
                break
            if not any(address in network for network in self.proxies):
                break
        return peer.encode() if address is None else _household(address)


def _address(text: str) -> Address:
    address = ip_address(text)
    return getattr(address, "ipv4_mapped", None) or address


def _household(address: Address) -> bytes:
    return address.packed[:ONE_HOUSEHOLD]
