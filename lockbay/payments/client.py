"""HTTP to the outside, where speed does not matter: httpx on trio, through the environment's proxy."""

from __future__ import annotations

import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from functools import cache
from typing import Final

import httpx
import trio
from attrs import define, field, frozen

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.reading import is_word, parse, text

LIMIT: Final = 7.0  # s for a whole call to a provider: the turn that waits for it may take 10
LONGEST: Final = 4_000_000  # bytes of an answer, unpacked; the longest lists have some 100 000
PACKED: Final = ("gzip", "x-gzip", "deflate")
AT_THE_DOOR: Final = (401, 403, 429)  # our key, or how often: says nothing of what was asked


class Declined(ProviderUnavailable):
    """The provider looked at what was asked, and what it said is no."""


class NotSent(ProviderUnavailable):
    """The provider was not reached: it knows nothing of what it was to be asked."""


class TooLong(Exception):
    """An answer goes on and on."""


@frozen
class Reply:
    """What a provider answered, whatever it is; `fields` is empty when it is no JSON object."""

    status: int
    fields: Mapping[str, object] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_yes(self) -> bool:
        return 200 <= self.status < 300 and bool(self.fields) and not _says_no(self.fields)

    @property
    def complaint(self) -> str:
        return _complaint(self.fields)


class Api:
    """A provider's API: each call answers a JSON object within the limit. Any number of tasks may call.

    Raises Declined when the provider says no, else ProviderUnavailable when it does not answer as it should.
    """

    def __init__(self, client: httpx.AsyncClient, name: str, limit: float) -> None:
        self._client = client
        self._name = name
        self._limit = limit

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Mapping[str, object]:
        return await self._call(self._client.build_request("GET", path, params=query))

    async def post(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Mapping[str, object]:
        """`body` is JSON."""
        sent = {"content-type": "application/json", **(headers or {})}
        return await self._call(self._client.build_request("POST", path, content=body, headers=sent))

    async def exchange(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Asks, and answers whatever the provider said. Raises NotSent when it has not heard the question for certain,
        else ProviderUnavailable: it may have.
        """
        return await self._send(self._client.build_request(method, path, content=body or None, headers=headers))

    async def _call(self, request: httpx.Request) -> Mapping[str, object]:
        reply = await self._send(request)
        if reply.is_yes:
            return reply.fields
        is_heard = reply.status not in AT_THE_DOOR
        is_no = is_heard and (400 <= reply.status < 500 or (200 <= reply.status < 300 and reply.fields))
        kind = Declined if is_no else ProviderUnavailable
        raise kind(f"{self._name} answered {reply.status}: {reply.complaint}")

    async def _send(self, request: httpx.Request) -> Reply:
        # The causes stay out: their messages and frames hold what was asked, with its nonce.
        try:
            with trio.fail_after(self._limit):
                status, body = await received(self._client, request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotSent(f"{self._name} cannot be reached: {type(error).__name__}") from None
        except (httpx.HTTPError, trio.TooSlowError, TooLong) as error:
            raise ProviderUnavailable(f"{self._name} does not answer: {type(error).__name__}") from None
        return Reply(status, parse(body) or {}, body)


async def received(client: httpx.AsyncClient, request: httpx.Request) -> tuple[int, bytes]:
    """Status and body of what is answered. Raises TooLong for what would fill the memory, and as httpx."""
    async with aclosing(await _answer(client, request)) as response:
        body = Body.of(response.headers.get("content-encoding", ""))
        async for part in response.aiter_raw():  # to its end or the caller's limit: httpx leaves what is broken off
            body.add(part)
    return response.status_code, body.whole()


async def _answer(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """httpx makes the next request of every redirect, also of those that it is not to follow."""
    try:
        return await client.send(request, stream=True)
    except (httpx.InvalidURL, ValueError):  # ValueError: a host that no DNS can know
        raise httpx.RemoteProtocolError("a redirect to nowhere") from None


@define
class Body:
    """What comes, unpacked no further than it is read: httpx unfolds a part of 64 kB to whatever is in it, a gigabyte
    if it was packed twice.
    """

    _unpacker: zlib._Decompress | None
    _read: bytearray = field(factory=bytearray, init=False)
    _has_begun: bool = field(default=False, init=False)

    @classmethod
    def of(cls, encoding: str) -> Body:
        """Raises httpx.DecodingError for what we did not ask for."""
        if encoding.lower() in ("", "identity"):
            return cls(None)
        if encoding.lower() not in PACKED:
            raise httpx.DecodingError("packed in a way that we did not ask for")
        return cls(zlib.decompressobj(zlib.MAX_WBITS | 32))

    def add(self, part: bytes) -> None:
        room = LONGEST + 1 - len(self._read)
        if room > 0 and part:
            self._has_begun = True
            self._read += self._unpacked(part, room)

    def whole(self) -> bytes:
        """Raises TooLong, and httpx.DecodingError where the end is missing."""
        if len(self._read) > LONGEST:
            raise TooLong
        if self._unpacker is not None and self._has_begun and not self._unpacker.eof:
            raise httpx.DecodingError("what was packed has no end")
        return bytes(self._read)

    def _unpacked(self, part: bytes, room: int) -> bytes:
        if self._unpacker is None:
            return part
        try:
            return b"" if self._unpacker.eof else self._unpacker.decompress(part, room)
        except zlib.error:
            raise httpx.DecodingError("not packed as it says") from None


def _says_no(answer: Mapping[str, object]) -> bool:
    return answer.get("success") is False or answer.get("status") in (False, "error")


def _complaint(answer: Mapping[str, object] | None) -> str:
    said = answer or {}
    error = text(said, "error") or text(said, "message")
    return ascii(error[:200]) if error else "nothing to be read"


@asynccontextmanager
async def open_client(
    url: str, headers: Mapping[str, str], setting: str, limit: float
) -> AsyncIterator[httpx.AsyncClient]:
    """A client for paths under `url`; `limit` (s) bounds each wait of a call. Raises SettingsError.

    Each call has a connection of its own: none can turn out to have been closed meanwhile, and what somebody sends
    behind one answer is not taken for the answer to the next question.
    """
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise SettingsError(f"{setting} must begin with http:// or https:// and name a host")
    limits, sent = httpx.Limits(max_keepalive_connections=0), {"accept-encoding": "gzip", **headers}
    async with httpx.AsyncClient(base_url=base, headers=sent, timeout=limit, limits=limits, verify=_tls()) as client:
        yield client


@cache
def _tls() -> ssl.SSLContext:
    """What httpx makes for each client, made once: reading all certificates takes 12 ms."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_api(url: str, headers: Mapping[str, str], name: str, limit: float = LIMIT) -> AsyncIterator[Api]:
    """The API of the provider that is called `name`. Raises SettingsError.

    Keys are to travel in headers only: never in a URL, log or error.
    """
    if not all(is_word(value) for value in headers.values()):
        raise SettingsError(f"the keys of {name} must be visible ASCII without spaces")
    async with open_client(url, headers, f"LOCKBAY_{name.upper()}_URL", limit) as client:
        yield Api(client, name, limit)
