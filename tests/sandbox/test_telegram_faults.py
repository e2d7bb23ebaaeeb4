"""A Telegram that is as bad as one wishes: floods, faults, connections that break."""

from __future__ import annotations

import json

import httpx
import pytest
import trio

from lockbay.sandbox.person import Person, Town
from tests.sandbox.conftest import Bot, Hand


async def test_a_bot_that_hangs_up_takes_nothing_with_it(bot: Bot, town: Town) -> None:
    with trio.move_on_after(0.3):
        await bot.raw("getUpdates", timeout=50)
    await town.person(1002).say("hello")
    (update,) = await bot.updates(timeout=5)
    assert update["message"]["text"] == "hello"  # type: ignore[index]


async def test_faults_strike_when_they_are_asked_for(bot: Bot, town: Town, ada: Person) -> None:
    await town.fault("flood", chat_id=1001, retry_after=7, times=1)
    flooded = await bot.raw("sendMessage", chat_id=1001, text="x")
    assert (flooded.status_code, flooded.headers["retry-after"]) == (429, "7")
    assert flooded.json()["parameters"] == {"retry_after": 7}
    assert flooded.json()["description"] == "Too Many Requests: retry after 7"
    assert (await bot.send(1001, "after"))["text"] == "after"

    await town.fault("server_error", status=502, method="getMe", times=1)
    assert (await bot.raw("getMe")).status_code == 502
    await town.fault("malformed", method="getMe", times=1)
    with pytest.raises(json.JSONDecodeError):
        (await bot.raw("getMe")).json()


async def test_a_flood_lasts_its_time_and_counts_down(bot: Bot, town: Town, ada: Person, hand: Hand) -> None:
    await town.fault("flood", lasts=10)
    hand.now += 7.5
    assert (await bot.raw("getMe")).headers["retry-after"] == "3"
    hand.now += 2.5
    assert await bot.call("getMe")


async def test_connections_break_before_or_after_the_effect(bot: Bot, town: Town, ada: Person) -> None:
    for kind in ("reset_before", "reset_after"):
        await town.fault(kind, times=1)
        with pytest.raises(httpx.TransportError):
            await bot.raw("sendMessage", chat_id=1001, text=kind)
    await town.heal()
    assert [message.text for message in await ada.messages()] == ["/start", "reset_after"]
