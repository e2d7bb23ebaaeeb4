"""A whole town for end-to-end tests: the service and the outside world, over real HTTP, in the test's own process."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import trio
from attrs import define, frozen

from lockbay import service
from lockbay.areas.terms import Terms
from lockbay.sandbox import Options, Sandbox, serve_sandbox
from lockbay.sandbox.person import Person, Town, open_town
from lockbay.settings import Binance, BlockBee, FastForex, KrakenRates, Rates, Settings
from tests.clock import ShiftedClock

ADA, SAM, OLU = 1001, 1002, 1003


@frozen
class Played:
    """Three people and the town they are in. `clock` is the service's, not Telegram's."""

    town: Town
    ada: Person
    sam: Person
    olu: Person
    clock: ShiftedClock
    settings: Settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def settings_for(world: Sandbox, database_url: str, **more: object) -> Settings:
    """The service's settings in that world. It does not know where it is: only URLs differ, and its clock may be moved
    while it runs, which is else what an outage looks like.
    """
    more.setdefault("terms", Terms(shortest_outage=timedelta()))
    return Settings(
        bot_token=world.token,
        telegram_url=world.telegram_url,
        database_url=database_url,
        smtp_url=world.smtp_url,
        admin_ids=",".join(map(str, world.admin_ids)),
        web_bind=f"127.0.0.1:{free_port()}",
        blockbee=BlockBee(world.blockbee_url, world.blockbee_api_key, world.blockbee_public_key),
        rates=Rates(world.rates_url, world.rates_key),
        fastforex=FastForex(world.fastforex_url, world.fastforex_key),
        kraken_rates=KrakenRates(world.kraken_rates_url),
        binance=Binance(world.binance_url),
        **more,  # type: ignore[arg-type]
    )


@define
class Running:
    """A service in this process that can be stopped, as by SIGTERM."""

    stop: trio.Event
    ended: trio.Event

    async def shut_down(self) -> None:
        self.stop.set()
        with trio.fail_after(15):
            await self.ended.wait()


@asynccontextmanager
async def running_service(settings: Settings, clock: ShiftedClock) -> AsyncIterator[Running]:
    running = Running(trio.Event(), trio.Event())

    async def run(*, task_status: trio.TaskStatus[None]) -> None:
        try:
            await service.serve(settings, clock, stop=running.stop, task_status=task_status)
        finally:
            running.ended.set()

    async with trio.open_nursery() as nursery:
        await nursery.start(run)
        yield running
        await running.shut_down()


@pytest.fixture
def clock() -> ShiftedClock:
    """Begins now, as rates and payments come with the outside world's time."""
    return ShiftedClock()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Sandbox]:
    """The outside world, of this test's own."""
    async with trio.open_nursery() as nursery:
        serve = partial(serve_sandbox, options=Options(first_retry=0.2))
        yield await nursery.start(serve, "127.0.0.1", 0, tmp_path / "sandbox")
        nursery.cancel_scope.cancel()


@pytest.fixture
async def town(world: Sandbox) -> AsyncIterator[Town]:
    async with open_town(world.url) as town:
        yield town


@pytest.fixture
async def played(world: Sandbox, town: Town, database_url: str, clock: ShiftedClock) -> AsyncIterator[Played]:
    """The service runs; nobody has met it yet."""
    settings = settings_for(world, database_url)
    async with running_service(settings, clock):
        yield Played(town, town.person(ADA), town.person(SAM), town.person(OLU), clock, settings)
