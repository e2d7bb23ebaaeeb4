from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import structlog
import trio
from structlog.testing import capture_logs

from lockbay.telegram.api import BotApi, open_bot_api
from lockbay.telegram.courier import Courier
from tests.telegram.desk import Desk
from tests.telegram.stub import TOKEN, Stub, serving_stub


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def logs() -> Iterator[list[structlog.typing.EventDict]]:
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def stub() -> AsyncIterator[Stub]:
    async with serving_stub() as stub:
        yield stub


@pytest.fixture
async def api(stub: Stub) -> AsyncIterator[BotApi]:
    async with open_bot_api(TOKEN, url=stub.url) as api:
        yield api


@pytest.fixture
async def courier(api: BotApi, nursery: trio.Nursery) -> Courier:
    return Courier(api, nursery, random=lambda: 0.0, first_pause=0.001, bulk_rate=50)


@pytest.fixture
def desk(courier: Courier) -> Desk:
    return Desk(courier)
