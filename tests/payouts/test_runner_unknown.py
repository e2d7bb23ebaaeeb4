"""Payouts of which nobody knows whether they were paid: asked about, never sent again, and then people decide."""

from __future__ import annotations

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from lockbay.areas.admin.cashout_records import DecideCashout
from lockbay.areas.payout import Cashout, SendCashout
from lockbay.clock.payouts import LOST, SILENT, Payouts
from lockbay.payments.payout import SETTLED
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.outgoing import request
from tests.ledger.world import World
from tests.payouts.outcome import alerts, state
from tests.payouts.payer import Payer

MINUTE = timedelta(minutes=1)


async def test_an_unknown_one_is_asked_about_less_and_less_often_and_never_sent_again(
    world: World, raw: Connection, user: int, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    payer.how = "lost"
    payer.is_away = True
    await payouts.tick()
    asked_at = []
    for minute in range(180):
        clock.advance(MINUTE)
        before = len(payer.asked)
        await payouts.tick()
        if len(payer.asked) > before:
            asked_at.append(minute + 1)
    assert asked_at == [1, 2, 4, 8, 16, 32, 64, 124]
    payer.is_away = False
    clock.advance(timedelta(hours=1))
    await payouts.tick()
    assert await state(raw, cashout) == "done"
    assert payer.paid == {cashout.reference: 1}
    assert await world.money(user) == (90, 0)
    await world.audited()


@pytest.mark.parametrize("was_paid", [True, False])
async def test_found_in_sending_after_a_crash_it_is_asked_about_first(
    world: World, raw: Connection, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock, was_paid: bool,
) -> None:  # fmt: skip
    """Whether the provider was called before the crash, nobody here knows."""
    await world.done(SendCashout(cashout.id, "blockbee"))
    if was_paid:
        payer.paid[cashout.reference] = 1
        payer.ends[cashout.reference] = "done"
    await payouts.tick()
    assert payer.called == payer.asked == []
    clock.advance(2 * MINUTE)
    await payouts.tick()
    assert payer.asked == [cashout.reference]
    assert payer.called == []
    clock.advance(SETTLED)
    await payouts.tick()
    clock.advance(15 * MINUTE)
    await payouts.tick()
    assert await state(raw, cashout) == "done"
    assert payer.paid == {cashout.reference: 1}
    await world.audited()


async def test_in_sending_and_nobody_can_say_anything_it_is_unknown_and_the_staff_hears_of_it_once(
    world: World, raw: Connection, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    await world.done(SendCashout(cashout.id, "blockbee"))
    payer.is_away = True
    clock.advance(SILENT)
    await payouts.tick()
    assert await state(raw, cashout) == "unknown"
    assert await alerts(raw, "payout_unknown") == 1


HOUR = timedelta(hours=1)


@pytest.fixture
async def staff(raw: Connection) -> int:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    return 77


async def passes(payouts: Payouts, clock: MovedClock, time: timedelta) -> None:
    """With a look every hour."""
    for _ in range(time // HOUR):
        clock.advance(HOUR)
        await payouts.tick()


async def test_sent_and_nobody_can_say_anything_for_a_day_it_is_unknown_and_people_decide(
    world: World, raw: Connection, user: int, staff: int, cashout: Cashout, database: Database, payouts: Payouts,
    payer: Payer, clock: MovedClock,
) -> None:  # fmt: skip
    """Its key is not in the settings any more."""
    payer.how = "sent"
    await payouts.tick()
    nobody = Payouts(database, clock, [])
    await passes(nobody, clock, LOST - HOUR)
    assert (await state(raw, cashout), await alerts(raw, "payout_unknown")) == ("sent", 0)
    await passes(nobody, clock, 4 * HOUR)
    assert (await state(raw, cashout), await alerts(raw, "payout_unknown")) == ("unknown", 1)
    done = await world.done(DecideCashout(staff, cashout.id, "unknown", "paid", "seen-in-its-dashboard", ""))
    assert (done.state, await world.money(user)) == ("done", (90, 0))
    await world.audited()


async def test_of_a_provider_that_is_not_in_the_settings_one_line_says_what_to_do(
    world: World, user: int, cashout: Cashout, database: Database, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    """As after a restore, with LOCKBAY_PAYOUTS=manual: each look wrote a line for each cash-out under way."""
    await world.done(request(user, address="T-elsewhere"))
    payer.how = "sent"
    await payouts.tick()
    nobody = Payouts(database, clock, [])
    with capture_logs() as logs:
        await passes(nobody, clock, LOST)
    [said] = [entry for entry in logs if "without" in entry["event"]]
    assert (said["event"], said["provider"], said["setting"]) == (
        "payouts_without_provider",
        payer.name,
        "LOCKBAY_PAYOUTS",
    )


async def test_the_day_begins_with_the_last_answer(
    raw: Connection, cashout: Cashout, payouts: Payouts, payer: Payer, clock: MovedClock
) -> None:
    payer.how = "sent"
    await payouts.tick()
    payer.ends[cashout.reference] = "sent"
    await passes(payouts, clock, 3 * LOST)
    payer.is_away = True
    await passes(payouts, clock, LOST - HOUR)
    assert await state(raw, cashout) == "sent"
    await passes(payouts, clock, HOUR)
    assert await state(raw, cashout) == "unknown"


async def test_what_is_unknown_for_that_is_asked_about_on_and_never_sent_again(
    world: World, raw: Connection, user: int, staff: int, cashout: Cashout, payouts: Payouts, payer: Payer,
    clock: MovedClock,
) -> None:  # fmt: skip
    """It was unknown before it was sent, too: of each the staff hears."""
    payer.how = "lost"
    payer.ends[cashout.reference] = "sent"
    await payouts.tick()
    await passes(payouts, clock, HOUR)
    assert (await state(raw, cashout), await alerts(raw, "payout_unknown")) == ("sent", 1)
    for is_away, time, expected in (
        (True, LOST, "unknown"), (False, HOUR, "sent"), (True, LOST - HOUR, "sent"), (True, HOUR, "unknown"),
    ):  # fmt: skip
        payer.is_away = is_away
        await passes(payouts, clock, time)
        assert await state(raw, cashout) == expected
    assert await alerts(raw, "payout_unknown") == 2
    payer.is_away, payer.ends[cashout.reference] = False, "done"
    await passes(payouts, clock, HOUR)
    assert (payer.paid, await world.money(user)) == ({cashout.reference: 1}, (90, 0))
    await world.audited()
