"""HTTP to the outside, where speed does not matter: httpx on trio, through the environment's proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

import httpx
import trio

from lockbay.errors import ProviderUnavailable, SettingsError
from lockbay.payments.reading import is_word, parse, text

LIMIT: Final = 7.0  # s for a whole call to a provider: the turn that waits for it may take 10


class Declined(ProviderUnavailable):
    """The provider answered, and what it said is no."""


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

    async def _call(self, request: httpx.Request) -> Mapping[str, object]:
        # The causes stay out: their messages and frames hold what was asked, with its nonce.
        try:
            with trio.fail_after(self._limit):
                response = await self._client.send(request)
        except (httpx.HTTPError, trio.TooSlowError) as error:
            raise ProviderUnavailable(f"{self._name} does not answer: {type(error).__name__}") from None
        answer = parse(response.content)
        if response.is_success and answer is not None and not _says_no(answer):
            return answer
        kind = Declined if response.is_client_error or (response.is_success and answer) else ProviderUnavailable
        raise kind(f"{self._name} answered {response.status_code}: {_complaint(answer)}")


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
    """A client for paths under `url`; `limit` (s) bounds each wait of a call. Raises SettingsError."""
    try:
        base = httpx.URL(url)
    except httpx.InvalidURL:
        base = httpx.URL()
    if base.scheme not in ("http", "https") or not base.host:
        raise SettingsError(f"{setting} must begin with http:// or https:// and name a host")
    async with httpx.AsyncClient(base_url=base, headers=headers, timeout=limit) as client:
        yield client


@asynccontextmanager
async def open_api(url: str, headers: Mapping[str, str], name: str, limit: float = LIMIT) -> AsyncIterator[Api]:
    """The API of the provider that is called `name`, with connections of its own. Raises SettingsError.

    Keys are to travel in headers only: never in a URL, log or error.
    """
    if not all(is_word(value) for value in headers.values()):
        raise SettingsError(f"the keys of {name} must be visible ASCII without spaces")
    async with open_client(url, headers, f"LOCKBAY_{name.upper()}_URL", limit) as client:
        yield Api(client, name, limit)
