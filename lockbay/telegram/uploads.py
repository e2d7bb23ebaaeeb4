"""Files to Telegram, through httpx: multipart bodies are its trade, and nothing here is in a hurry."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from contextlib import aclosing
from typing import Final

import httpx
import orjson
import trio

from lockbay.errors import TelegramUnavailable
from lockbay.telegram.connection import Answer
from lockbay.telegram.proxy import Endpoint, Proxy
from lockbay.telegram.refusals import AnswerLost
from lockbay.telegram.transport import ANSWER_LIMIT, default_tls

TIMEOUT: Final = 60.0  # s without progress
LONGEST: Final = 600.0  # s for all of one
HIDDEN: Final = "/bot-/"  # stands for /bot<token>/ in every URL that httpx may log or put into an error
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


class _TokenInserted(httpx.AsyncBaseTransport):
    """Puts the token into the path at the last moment: httpx logs every URL that it knows."""

    def __init__(self, inner: httpx.AsyncBaseTransport, token_path: str) -> None:
        self._inner = inner
        self._token_path = token_path.encode()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.replace(HIDDEN.encode(), self._token_path, 1)
        real = httpx.Request(
            request.method,
            request.url.copy_with(raw_path=path),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(real)

    async def aclose(self) -> None:
        await self._inner.aclose()


class Uploads:
    """One bot's. `token_path` is '/bot<token>/', with what a test server wants after it."""

    def __init__(self, server: Endpoint, token_path: str, proxy: Proxy | None, tls: ssl.SSLContext | None) -> None:
        self._token_path = token_path
        self._base = f"{server.scheme}://{server.authority}{server.path}"
        self._proxy = proxy
        self._tls = tls
        self._made: httpx.AsyncClient | None = None

    @property
    def _client(self) -> httpx.AsyncClient:
        """Made when it is needed, which in a poller is never."""
        if self._made is None:
            proxy = httpx.Proxy(self._proxy.url) if self._proxy else None
            inner = httpx.AsyncHTTPTransport(verify=self._tls or default_tls(), proxy=proxy)
            self._made = httpx.AsyncClient(transport=_TokenInserted(inner, self._token_path), timeout=TIMEOUT)
        return self._made

    async def upload(self, method: str, params: Mapping[str, object], field: str, name: str, content: bytes) -> Answer:
        """Raises TelegramUnavailable when nothing was sent, else AnswerLost."""
        # Objects travel as JSON strings: docs/apis.md §1.2.
        form = {key: value if isinstance(value, str) else orjson.dumps(value).decode() for key, value in params.items()}
        request = self._client.build_request(
            "POST", self._base + HIDDEN + method, data=form, files={field: (name, content)}
        )
        try:
            return await self._answer(request)
        except httpx.HTTPError as error:
            raise _failure(error) from None  # httpx's frames hold the real URL

    async def _answer(self, request: httpx.Request) -> Answer:
        body = bytearray()
        with trio.move_on_after(LONGEST) as limits:
            async with aclosing(await self._client.send(request, stream=True)) as answer:
                async for part in answer.aiter_bytes():
                    body += part
                    if len(body) > ANSWER_LIMIT:
                        limits.cancel()  # httpx leaves what is broken off, but not what is cancelled
            return answer.status_code, bytes(body)
        raise AnswerLost("an upload got no whole answer in time, or one without an end")

    async def aclose(self) -> None:
        if self._made is not None:
            await self._made.aclose()


def _failure(error: httpx.HTTPError) -> TelegramUnavailable:
    if isinstance(error, _NOT_SENT):
        return TelegramUnavailable(f"no connection for an upload: {type(error).__name__}")
    return AnswerLost(f"an upload got no answer: {type(error).__name__}")
