"""Whom the reconciler asks, when, and how little those who do not answer hold up the others."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import trio

from lockbay.areas.admin.records import AdminDashboard, SaveStaff
from lockbay.areas.deposits.records import Payin, RequestPayin
from lockbay.areas.trades.records import CancelTrade
from lockbay.clock.reconciler import (
    LONGEST_PAUSE,
    MOST,
    POSTPONED,
    Reconciler,
    pause,
    reconcile,
)
from lockbay.payments.client import Declined
from lockbay.postgres.bridge import Connection
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World
from tests.timers.outside import Outside
from tests.timers.reconciling import DAY, FIRST, ask_at
from tests.timers.reconciling import outside as outside
from tests.timers.reconciling import reconciler as reconciler


async def test_it_asks_less_and_less_often_and_of_a_wallet_weekly_for_ever(
    world: World, clock: MovedClock, reconciler: Reconciler, raw: Connection
) -> None:
    payin = await world.payin(await world.person())
    waits: list[timedelta] = []
    for _ in range(40):
        due = await ask_at(raw, payin)
        assert due is not None
        waits.append(due - clock.now())
        clock.advance(waits[-1])
        await reconciler.tick()
    assert waits[:3] == [FIRST, FIRST, FIRST]
    assert sorted(waits) == waits
    assert waits[-1] == timedelta(days=7)


async def test_a_payment_that_was_seen_is_asked_about_soon_until_it_is_there(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    payin = await world.payin(person)
    clock.advance(365 * DAY)
    await reconciler.tick()
    clock.advance(DAY)
    seen = outside.pay(payin, 30, "slow", confirmed=False)
    await world.do(seen, seen.request_key)
    waits: list[timedelta] = []
    for _ in range(4):
        due = await ask_at(raw, payin)
        assert due is not None
        waits.append(due - clock.now())
        clock.advance(waits[-1])
        await reconciler.tick()
    assert waits == [FIRST] * 3 + [FIRST * 1.5]
    outside.pay(payin, 30, "slow")
    clock.advance(HOUR)
    await reconciler.tick()
    assert await world.available(person) == 30


@pytest.mark.parametrize("what", ["trade", "bank"])
async def test_thirty_days_after_its_end_nothing_is_asked_any_more(
    world: World, clock: MovedClock, raw: Connection, what: str
) -> None:
    buyer, seller = await world.person(), await world.person()
    outside = Outside("fincra" if what == "bank" else "blockbee")
    if what == "bank":
        payin = await world.payin(buyer, "NGN", "BANK", amount=Decimal(1000))
    else:
        trade = await world.trade(buyer, seller)
        payin = await world.payin(buyer, trade=trade.id)
        await world.done(CancelTrade(buyer, trade.id))
    clock.advance(30 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    clock.advance(7 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    assert await ask_at(raw, payin) is None
    clock.advance(100 * DAY)
    await Reconciler(world.database, clock, outside).tick()
    assert len(outside.asked) <= 2


async def test_a_trade_that_goes_on_is_asked_about(world: World, clock: MovedClock, raw: Connection) -> None:
    buyer, seller = await world.person(200), await world.person()
    payin = await world.payin(buyer, trade=(await world.trade(buyer, seller)).id)
    clock.advance(60 * DAY)
    await Reconciler(world.database, clock, Outside()).tick()
    assert await ask_at(raw, payin) == clock.now() + timedelta(days=7)


async def test_a_place_that_nobody_has_made_is_not_asked_about(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    await world.done(RequestPayin(await world.person(), None, "USDT", "TRC20", None))
    clock.advance(DAY)
    await reconciler.tick()
    assert outside.asked == []


async def test_more_than_a_look_takes_is_asked_in_one_tick_each_once(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection
) -> None:
    person = await world.person()
    await raw.execute(
        "INSERT INTO payins (user_id, currency, network, provider, link, created_at, valid_until, ask_at) "
        f"SELECT {person}, 'NGN', 'BANK', 'blockbee', 'https://pay.example', now(), now(), '2026-11-22' "
        f"FROM generate_series(1, {2 * MOST + 7})"
    )
    await reconciler.tick()
    assert len(outside.asked) == len(set(outside.asked)) == 2 * MOST + 7


async def test_a_provider_that_is_away_is_left_alone_the_longer_the_more_often(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    staff = await world.person()
    await world.database.run(SaveStaff([staff]))
    for _ in range(40):
        await world.payin(await world.person())
    outside.is_away = True
    clock.advance(FIRST)
    gone_at = clock.now()
    asked = []
    for _ in range(60):
        before = len(outside.asked)
        await reconciler.tick()
        asked.append(len(outside.asked) - before)
        clock.advance(timedelta(seconds=30))
    assert max(asked) <= 4
    assert 0 < sum(asked) < 30
    board = await world.database.read(AdminDashboard, staff)
    assert board is not None
    assert board.providers[0].away_since == gone_at

    outside.is_away = False
    clock.advance(LONGEST_PAUSE + POSTPONED)
    await reconciler.tick()
    assert len(set(outside.asked)) == 40
    board = await world.database.read(AdminDashboard, staff)
    assert board is not None
    assert (board.providers[0].away_since, board.providers[0].answered_at) == (None, clock.now())


def test_a_provider_that_is_away_for_ever_is_asked_every_quarter_of_an_hour() -> None:
    assert [pause(failures) for failures in (1, 4, 5, 1_000_000)] == [
        timedelta(minutes=1), timedelta(minutes=8), LONGEST_PAUSE, LONGEST_PAUSE,
    ]  # fmt: skip


async def test_a_clock_that_is_put_back_leaves_nobody_alone_for_as_long(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    await world.payin(await world.person())
    outside.is_away = True
    clock.advance(DAY)
    await reconciler.tick()
    assert outside.asked != []
    clock.advance(-DAY)
    outside.is_away = False
    payin = await world.payin(await world.person())
    clock.advance(FIRST)
    await reconciler.tick()
    assert outside.asked[-1] == payin.id


async def test_one_provider_that_hangs_holds_up_no_other(world: World, clock: MovedClock, raw: Connection) -> None:
    person = await world.person()
    coin = await world.payin(person)
    naira = await world.payin(person, "NGN", "BANK", amount=Decimal(1000))
    fincra, paid = Outside("fincra"), trio.Event()

    async def hang(_: Payin) -> None:
        await trio.sleep_forever()

    fincra.pay(naira, 1000, "lost")
    hanging = Outside(meanwhile=hang)
    world.database.on_changed = lambda changes: paid.set()
    clock.advance(FIRST)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(reconcile, world.database, clock, [hanging, fincra])
        with trio.fail_after(10):
            await paid.wait()
        nursery.cancel_scope.cancel()
    assert await world.available(person, "NGN") == 1000
    assert hanging.asked == [coin.id]


@pytest.mark.parametrize("error", [Declined("no"), RuntimeError("a bug")], ids=["it says no", "a bug"])
async def test_one_payin_that_cannot_be_asked_about_holds_up_no_other(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler, raw: Connection, error: Exception
) -> None:
    person = await world.person()
    bad = await world.payin(person, "BTC", "BTC")
    good = await world.payin(person)
    outside.fails[bad.id] = error
    outside.pay(good, 30, "lost")
    clock.advance(FIRST)
    await reconciler.tick()
    assert await world.available(person) == 30
    assert await ask_at(raw, bad) == clock.now() + POSTPONED


async def test_a_provider_that_says_no_to_everything_is_as_good_as_away(
    world: World, clock: MovedClock, outside: Outside, reconciler: Reconciler
) -> None:
    for _ in range(20):
        payin = await world.payin(await world.person())
        outside.fails[payin.id] = Declined("429")
    clock.advance(FIRST)
    await reconciler.tick()
    assert len(outside.asked) < 10
