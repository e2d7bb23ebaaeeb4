"""Two services on one database and one token: one serves, the other waits for its end. As in every roll-out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx
import pytest
import trio
from prometheus_client import REGISTRY

from lockbay import service
from lockbay.postgres import bridge
from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person, Town
from lockbay.settings import Settings
from lockbay.web.health import PERIOD
from tests.clock import ShiftedClock
from tests.e2e.conftest import ADA, Running, running_service, settings_for
from tests.e2e.test_trade import welcome


async def waiting(settings: Settings) -> None:
    """Returns once somebody waits for the place of the one who serves."""
    async with bridge.open_connection(settings.database_url) as connection:
        with trio.fail_after(10):
            while not await connection.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"):
                await trio.lowlevel.checkpoint()


@asynccontextmanager
async def two_services(
    world: Sandbox, database_url: str, clock: ShiftedClock
) -> AsyncIterator[tuple[Running, Running]]:
    """The first serves, the second waits."""
    pair = Running(trio.Event(), trio.Event()), Running(trio.Event(), trio.Event())
    settings = [settings_for(world, database_url) for _ in pair]

    async def run(number: int, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        try:
            await service.serve(settings[number], clock, stop=pair[number].stop, task_status=task_status)
        finally:
            pair[number].ended.set()

    async with trio.open_nursery() as nursery:
        await nursery.start(run, 0)
        nursery.start_soon(partial(run, 1))
        await waiting(settings[1])
        yield pair
        for running in pair:
            await running.shut_down()


@pytest.fixture
def ada(town: Town) -> Person:
    return town.person(ADA)


async def answers_once(person: Person, command: str, answer: str) -> None:
    """One answer to one command: nobody else handled it, too."""
    before = sum(answer in message.text for message in await person.messages())
    await person.say(command)
    await person.sees(answer)
    await person.say("/help")
    await person.sees("The buyer makes a trade")
    assert sum(answer in message.text for message in await person.messages()) == before + 1


async def test_the_second_waits_and_takes_over_when_the_first_has_ended(
    world: Sandbox, database_url: str, clock: ShiftedClock, ada: Person
) -> None:
    async with two_services(world, database_url, clock) as (first, _):
        await welcome(ada)
        await answers_once(ada, "/wallet", "It is empty")
        await first.shut_down()
        await answers_once(ada, "/wallet", "It is empty")


async def test_a_conversation_goes_on_with_the_other_service(
    world: Sandbox, database_url: str, clock: ShiftedClock, ada: Person
) -> None:
    async with two_services(world, database_url, clock) as (first, _):
        await welcome(ada)
        await ada.say("/trade")
        await ada.press("Invitation link")
        await ada.press("USDT")
        await ada.sees("how much")
        await first.shut_down()
        await ada.say("25")
        await ada.sees("what do you buy")
        assert sum("what do you buy" in message.text for message in await ada.messages()) == 1


async def test_what_the_first_still_handles_is_not_handled_by_the_second(
    world: Sandbox, database_url: str, clock: ShiftedClock, town: Town, ada: Person
) -> None:
    """The first is told to stop while its answer is on its way: until it has stopped, the second leaves it alone."""
    async with two_services(world, database_url, clock) as (first, _):
        await welcome(ada)
        await town.fault("latency", method="sendMessage", seconds=1.0, times=1)
        await ada.say("/wallet")
        async with bridge.open_connection(database_url) as connection:
            with trio.fail_after(10):
                while not await connection.fetch("SELECT FROM inbox"):
                    await trio.lowlevel.checkpoint()
        await first.shut_down()
        await ada.say("/help")
        await ada.sees("The buyer makes a trade")
        assert sum("It is empty" in message.text for message in await ada.messages()) == 1


async def health_of(settings: Settings, status: int) -> list[str]:
    """What is wrong, as soon as /health answers with that status."""
    async with httpx.AsyncClient(base_url=f"http://{settings.web_bind}", trust_env=False) as client:
        with trio.fail_after(20):
            while True:
                with suppress(httpx.TransportError):
                    answer = await client.get("/health")
                    if answer.status_code == status:
                        assert (await client.get("/health/live")).status_code == 200
                        return list(answer.json()["wrong"])
                await trio.sleep(0.05)


def looks() -> float:
    """How often it was asked of the database what waits, by both services."""
    return REGISTRY.get_sample_value("lockbay_statement_seconds_count", {"file": "web/waiting"}) or 0


async def test_who_asks_one_that_waits_asks_nothing_of_the_database(
    world: Sandbox, database_url: str, clock: ShiftedClock
) -> None:
    serving, waits = settings_for(world, database_url), settings_for(world, database_url)
    async with running_service(serving, clock), trio.open_nursery() as nursery:
        nursery.start_soon(partial(service.serve, waits, clock, stop=trio.Event()))
        await health_of(waits, 503)
        before, began = looks(), trio.current_time()
        async with httpx.AsyncClient(base_url=f"http://{waits.web_bind}", trust_env=False) as client:
            for _ in range(50):
                assert (await client.get("/health")).json()["wrong"] == ["standby"]
        by_themselves = 2 * (1 + (trio.current_time() - began) / PERIOD)
        assert looks() - before <= by_themselves
        nursery.cancel_scope.cancel()


async def test_who_waits_is_alive_and_not_ready_until_it_serves(
    world: Sandbox, database_url: str, clock: ShiftedClock
) -> None:
    serving, waits = settings_for(world, database_url), settings_for(world, database_url)
    async with running_service(serving, clock) as first, trio.open_nursery() as nursery:
        nursery.start_soon(partial(service.serve, waits, clock, stop=trio.Event()))
        assert await health_of(waits, 503) == ["standby"]
        assert await health_of(serving, 200) == []
        await first.shut_down()
        assert await health_of(waits, 200) == []
        nursery.cancel_scope.cancel()
