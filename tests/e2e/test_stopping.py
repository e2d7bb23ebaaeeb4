"""A service that stops: what its people did is finished, time begins nothing new, and the next one goes on with it."""

from __future__ import annotations

from datetime import timedelta

import trio.testing
from structlog.testing import capture_logs

from lockbay.sandbox import Sandbox
from lockbay.sandbox.person import Person, Town
from tests.clock import ShiftedClock
from tests.e2e.conftest import ADA, OLU, SAM, Played, running_service, settings_for
from tests.e2e.test_hard_times import rows, settled, struck
from tests.e2e.test_trade import deposit, welcome

ASKED = "SELECT deadline FROM conversations WHERE deadline IS NOT NULL"


async def is_offered_a_price(person: Person) -> None:
    """For ten minutes, and has not answered."""
    await person.say("/exchange")
    await person.press("USDT")
    await person.press("BTC")
    await person.say("100")
    await person.sees("Locked until")


async def is_told_slowly(played: Played) -> None:
    """Telegram has got news for Sam, and will not answer for longer than a service takes to stop."""
    await welcome(played.sam)
    for button in ("Wallet", "Deposit", "USDT", "TRC20"):
        await played.sam.press(button)
    address = (await played.sam.sees("minimum")).copied("Copy")
    await settled(played)
    await played.town.fault("latency", method="sendMessage", chat_id=SAM, seconds=10.0, times=1)
    await played.town.pay(address, "50")
    await struck(played)


async def test_a_question_whose_time_is_over_while_a_service_stops_is_left_to_the_next(
    world: Sandbox, town: Town, database_url: str, clock: ShiftedClock
) -> None:
    """It tells its last news for longer than its clock waits between two looks, and has no actor for who was asked."""
    settings = settings_for(world, database_url)
    played = Played(town, town.person(ADA), town.person(SAM), town.person(OLU), clock, settings)
    async with running_service(settings, clock):
        await welcome(played.ada)
        await deposit(played, played.ada, "200")
        await is_offered_a_price(played.ada)
    with capture_logs() as lines:
        async with running_service(settings, clock) as running:
            await is_told_slowly(played)
            running.stop.set()
            await trio.testing.wait_all_tasks_blocked()
            clock.advance(timedelta(minutes=11))
    assert [line for line in lines if line["event"] == "lookout_failed"] == []
    assert len(await rows(played, ASKED)) == 1
    async with running_service(settings, clock):
        await played.ada.sees("price has ended")
