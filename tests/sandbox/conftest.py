"""A sandbox on a port of the system's choice, a clock that tests move, and a bot's bare client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path

import httpx
import pytest
import trio
from attrs import define, field, frozen
from starlette.applications import Starlette
from starlette.routing import Route

from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.http import Connections
from lockbay.sandbox.person import Person, Town, open_town
from tests.sandbox.service import Service


@define
class Hand:
    """A clock that stands still until a test moves it."""

    now: float = 1_795_000_000.0

    def time(self) -> float:
        return self.now


@frozen
class Bot:
    """Calls the Bot API as a bot does, and reads its answers bare."""

    client: httpx.AsyncClient = field(repr=False)
    root: str = field(repr=False)

    async def raw(self, method: str, **params: object) -> httpx.Response:
        return await self.client.post(f"{self.root}/{method}", json=params)

    async def call(self, method: str, **params: object) -> object:
        body = (await self.raw(method, **params)).json()
        assert body["ok"], body
        return body["result"]

    async def send(self, chat: int, text: str, **params: object) -> Mapping[str, object]:
        message = await self.call("sendMessage", chat_id=chat, text=text, **params)
        assert isinstance(message, dict)
        return message

    async def refused(self, method: str, **params: object) -> tuple[int, str]:
        """Status and description of the refusal; the status stands in the body, too."""
        response = await self.raw(method, **params)
        body = response.json()
        assert body["ok"] is False
        assert body["error_code"] == response.status_code
        return response.status_code, body["description"]

    async def updates(self, **params: object) -> list[dict[str, object]]:
        found = await self.call("getUpdates", **params)
        assert isinstance(found, list)
        return found


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def sandbox(nursery: trio.Nursery, tmp_path: Path, hand: Hand) -> Sandbox:
    options = Options(clock=hand.time)
    started = await nursery.start(partial(serve_sandbox, options=options), "127.0.0.1", 0, tmp_path)
    assert isinstance(started, Sandbox)
    return started


@pytest.fixture
async def town(sandbox: Sandbox) -> AsyncIterator[Town]:
    async with open_town(sandbox.url) as town:
        yield town


@pytest.fixture
async def ada(town: Town) -> Person:
    """Ada has met the bot."""
    person = town.person(1001)
    await person.start()
    return person


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield Bot(client, f"{sandbox.telegram_url}/bot{sandbox.token}")


@pytest.fixture
async def service(nursery: trio.Nursery) -> Service:
    service = Service()
    app = Starlette(routes=[Route("/hook", service.hook, methods=["GET", "POST"])])
    service.url = str(await nursery.start(Connections().serve, app, "127.0.0.1", 0))
    return service


@pytest.fixture
async def dynopay(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"x-api-key": sandbox.dynopay_api_key}
    async with httpx.AsyncClient(base_url=sandbox.dynopay_url, headers=headers, trust_env=False) as client:
        yield client


def keyboard(*rows: list[dict[str, object]]) -> dict[str, object]:
    return {"inline_keyboard": list(rows)}
