"""A provider that does not answer holds up its own cash-outs, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
import trio
from attrs import define, field

from lockbay.areas.cashout.records import RequestCashout
from lockbay.areas.payout import Cashout, SendCashout
from lockbay.clock.lines import MOST
from lockbay.clock.payouts import AT_ONCE, Payouts
from lockbay.postgres.bridge import Connection
from lockbay.postgres.database import Database
from tests.clock import MovedClock
from tests.ledger.outgoing import request
from tests.ledger.test_cashout_limits import FREE
from tests.ledger.world import World
from tests.payouts.outcome import state
from tests.payouts.payer import Payer

SOON = 10  # s: far less than a provider is given for one answer


@define(slots=False)
class Only(Payer):
    """Pays one coin. `was_called` for the `wanted`-th time."""

    coin: str = "USDT"
    wanted: int = 1
    was_called: trio.Event = field(factory=trio.Event)
    go: trio.Event = field(factory=trio.Event)

    def pays(self, currency: str, network: str) -> bool:
        return currency == self.coin

    async def waits(self, _: Cashout) -> None:
        """Before it answers: for all calls that are wanted, and until it may."""
        if len(self.called) + len(self.asked) == self.wanted:
            self.was_called.set()
        await self.go.wait()


@pytest.fixture
def hung(clock: MovedClock) -> Only:
    hung = Only(clock, "blockbee", wanted=AT_ONCE)
    hung.meanwhile = hung.waits
    return hung


@pytest.fixture
def other(clock: MovedClock) -> Only:
    other = Only(clock, "kraken", coin="ETH")
    other.go.set()
    other.meanwhile = other.waits
    return other


@pytest.fixture
async def rich(world: World) -> int:
    await world.database.run(FREE)
    user = await world.person(10 * (MOST + 1))
    await world.fund(user, Decimal(1), "ETH")
    await world.fund(user, Decimal(1), "BTC")
    return user


@pytest.fixture
async def crowd(world: World, rich: int) -> list[Cashout]:
    """One more than are begun at once, all of who hangs."""
    return [await world.done(request(rich)) for _ in range(MOST + 1)]


@pytest.fixture
def payouts(database: Database, clock: MovedClock, hung: Only, other: Only) -> Payouts:
    payouts = Payouts(database, clock, [hung, other])
    database.on_changed = payouts.changed
    return payouts


@asynccontextmanager
async def running(payouts: Payouts, hung: Only) -> AsyncIterator[None]:
    """The runner at work, from when one of its providers hangs."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(payouts.run)
        with trio.fail_after(SOON):
            await hung.was_called.wait()
        yield
        payouts.stop()
        hung.go.set()


def coin(user: int, code: str) -> RequestCashout:
    net = {"ETH": "0.099", "BTC": "0.09995"}[code]
    return RequestCashout(user, code, code, Decimal("0.1"), Decimal(net), "somewhere", "", "", "", "", None)


async def test_another_pays_at_once(
    world: World, raw: Connection, rich: int, crowd: list[Cashout], payouts: Payouts, hung: Only, other: Only
) -> None:
    async with running(payouts, hung):
        cashout = await world.done(coin(rich, "ETH"))
        with trio.fail_after(SOON):
            await other.was_called.wait()
        assert (other.called, len(hung.called)) == ([cashout.reference], AT_ONCE)
    assert await state(raw, cashout) == "done"
    await world.audited()


async def test_another_pays_what_was_due_with_it(
    world: World, rich: int, crowd: list[Cashout], payouts: Payouts, hung: Only, other: Only
) -> None:
    """One look finds them all."""
    cashout = await world.done(coin(rich, "ETH"))
    async with running(payouts, hung):
        with trio.fail_after(SOON):
            await other.was_called.wait()
        assert other.called == [cashout.reference]


async def test_another_is_asked_at_once(
    world: World, rich: int, crowd: list[Cashout], payouts: Payouts, clock: MovedClock, hung: Only, other: Only
) -> None:
    for each in crowd:
        await world.done(SendCashout(each.id, hung.name))
    cashout = await world.done(coin(rich, "ETH"))
    await world.done(SendCashout(cashout.id, other.name))
    for each in crowd:
        hung.ends[each.reference] = "done"
    clock.advance(timedelta(minutes=2))
    async with running(payouts, hung):
        with trio.fail_after(SOON):
            await other.was_called.wait()
        assert (other.asked, len(hung.asked)) == ([cashout.reference], AT_ONCE)


async def test_what_nobody_pays_reaches_the_staff_at_once(
    world: World, raw: Connection, rich: int, crowd: list[Cashout], database: Database, payouts: Payouts, hung: Only
) -> None:
    await raw.execute("INSERT INTO staff (user_id, role, by_settings) VALUES (77, 'owner', true)")
    told = trio.Event()
    async with running(payouts, hung):
        database.on_told = told.set
        cashout = await world.done(coin(rich, "BTC"))
        with trio.fail_after(SOON):
            await told.wait()
        assert await state(raw, cashout) == "waiting"


async def test_who_hangs_when_asked_pays_at_once(
    world: World, raw: Connection, rich: int, crowd: list[Cashout], payouts: Payouts, clock: MovedClock, hung: Only
) -> None:
    for each in crowd:
        await world.done(SendCashout(each.id, hung.name))
    clock.advance(timedelta(minutes=2))
    await world.fund(rich, Decimal(10))
    paid = trio.Event()

    async def hang_when_asked(cashout: Cashout) -> None:
        if cashout.reference in hung.called:
            paid.set()
        else:
            await hung.waits(cashout)

    hung.meanwhile = hang_when_asked
    async with running(payouts, hung):
        cashout = await world.done(request(rich))
        with trio.fail_after(SOON):
            await paid.wait()
        assert (hung.called, len(hung.asked)) == ([cashout.reference], AT_ONCE)
    assert await state(raw, cashout) == "done"
