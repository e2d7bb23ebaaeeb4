"""Which HTTP proxy stands between us and a server, as the environment says, and how to pass through it.

HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in lower case, too (which then wins), read by the standard library's
urllib.request like everywhere in Python. CONNECT: RFC 9110 §9.3.6; credentials: §11.7.2, Basic.
"""

from __future__ import annotations

import re
from base64 import b64encode
from contextlib import suppress
from typing import Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment, proxy_bypass_environment  # type: ignore[attr-defined]

import trio
from attrs import field, frozen

from lockbay.errors import SettingsError, TelegramUnavailable

LONGEST_HEAD: Final = 16384  # bytes of a proxy's answer to CONNECT
PORTS: Final = {"http": 80, "https": 443}
VISIBLE: Final = re.compile(r"[!-~]+")  # what may stand in a request line
NO_ANSWER: Final = "the proxy did not answer CONNECT as HTTP wants it"


@frozen
class Endpoint:
    """Where a base URL points to. `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = ""

    @classmethod
    def of(cls, url: str) -> Endpoint:
        """Raises SettingsError."""
        with suppress(KeyError, ValueError):  # ValueError also for a host that no DNS can know
            parts = urlsplit(url)
            host, usual = (parts.hostname or "").encode("idna").decode(), PORTS[parts.scheme]
            if VISIBLE.fullmatch(host) and VISIBLE.fullmatch(f"/{parts.path}"):
                return cls(parts.scheme, host, parts.port or usual, parts.path.rstrip("/"))
        raise SettingsError("a web address must begin with http:// or https:// and name a host")

    @property
    def authority(self) -> str:
        """As in the Host header: with brackets around IPv6, without the scheme's own port."""
        return self.bracketed if self.port == PORTS[self.scheme] else f"{self.bracketed}:{self.port}"

    @property
    def bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


@frozen
class Proxy:
    """`credentials`: the value of Proxy-Authorization. `url` holds them as well, for httpx."""

    endpoint: Endpoint
    url: str = field(repr=False)
    credentials: bytes | None = field(default=None, repr=False)

    @property
    def header(self) -> bytes:
        """The header line that lets us in, or nothing."""
        return b"" if self.credentials is None else b"Proxy-Authorization: %b\r\n" % self.credentials


def proxy_for(target: Endpoint) -> Proxy | None:
    """The environment's proxy for this server. Raises SettingsError for one that is not HTTP."""
    proxies = getproxies_environment()
    name = target.scheme if proxies.get(target.scheme) else "all"
    url = proxies.get(name)
    if not url or proxy_bypass_environment(f"{target.host}:{target.port}"):
        return None
    if "://" not in url:
        url = f"http://{url}"
    try:
        return Proxy(Endpoint.of(url), url, _credentials(url))
    except SettingsError:
        raise SettingsError(f"{name.upper()}_PROXY must be an http:// or https:// address that names a host") from None


def _credentials(url: str) -> bytes | None:
    parts = urlsplit(url)
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return b"Basic " + b64encode(pair.encode())


async def tunnel(stream: trio.abc.Stream, proxy: Proxy, target: Endpoint) -> None:
    """Asks the proxy for a line to the target. Raises TelegramUnavailable when it refuses."""
    where = f"{target.bracketed}:{target.port}".encode()
    await stream.send_all(b"CONNECT %b HTTP/1.1\r\nHost: %b\r\n%b\r\n" % (where, where, proxy.header))
    head, behind = await _head(stream)
    status = _status(head)
    if not 200 <= status < 300:
        raise TelegramUnavailable(f"the proxy {proxy.endpoint.host}:{proxy.endpoint.port} answered {status}")
    if behind:  # the server behind the tunnel does not speak before us
        raise TelegramUnavailable(NO_ANSWER)


async def _head(stream: trio.abc.Stream) -> tuple[bytes, bytes]:
    """What comes before the empty line, and what came with it from behind: of a refusal its page."""
    head = b""
    while b"\r\n\r\n" not in head:
        data = await stream.receive_some()
        head += data
        if not data or len(head) > LONGEST_HEAD:
            raise TelegramUnavailable(NO_ANSWER)
    head, _, behind = head.partition(b"\r\n\r\n")
    return head, behind


def _status(head: bytes) -> int:
    match head.split(b" ", 2):
        case [version, status, *_] if version.startswith(b"HTTP/1.") and status[:3].isdigit():
            return int(status[:3])
    raise TelegramUnavailable(NO_ANSWER)
