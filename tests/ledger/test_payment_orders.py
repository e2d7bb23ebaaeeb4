"""Payments in random orders and repetitions: the books depend on what was really paid alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest
from attrs import evolve, frozen

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.areas.trades.records import TradeState
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.queries import Refused
from tests.ledger.world import World, payment

SEEDS = (1, 22, 20261122)
SEQUENCES = 80  # a seed
TOTAL = Decimal(105)


@frozen
class Real:
    """A payment that was really made, and where."""

    payin: Payin
    name: str
    value: Decimal


def tellings(dice: random.Random, real: Real) -> list[ApplyPayment]:
    """All that is told of one payment, in any order: pending, less of it, all of it, by one URL or by another."""
    whole = payment(real.payin, real.value, event=real.name)
    part = (real.value * dice.choice([Decimal("0.25"), Decimal("0.5")])).quantize(Decimal("0.000001"))
    told = [whole, evolve(whole, confirmed=False), evolve(whole, reference=None), evolve(whole, address=None)]
    sometimes = [evolve(whole, value=part), evolve(whole, confirmed=False, value=part), *told]
    story = [whole, *dice.choices(sometimes, k=dice.randrange(6))]
    dice.shuffle(story)
    return story


async def tell(world: World, dice: random.Random, reals: Sequence[Real]) -> None:
    """Everything, mixed; sometimes under the key that the event itself makes, sometimes as something new."""
    events = [event for real in reals for event in tellings(dice, real)]
    dice.shuffle(events)
    for event in events:
        key = event.request_key if dice.random() < 0.7 else None
        assert not isinstance(await world.do(event, key), Refused)


def amounts(dice: random.Random, most: int) -> list[Decimal]:
    return [Decimal(dice.randrange(1, most * 1_000_000)).scaleb(-6) for _ in range(dice.randrange(1, 5))]


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_wallet_has_what_was_paid_to_it(world: World, seed: int) -> None:
    dice = random.Random(seed)
    user = await world.person()
    payin = await world.payin(user)
    paid = Decimal(0)
    for turn in range(SEQUENCES):
        reals = [Real(payin, f"{turn}.{n}", value) for n, value in enumerate(amounts(dice, 50))]
        await tell(world, dice, reals)
        paid += sum(real.value for real in reals)
        assert await world.available(user) == paid, (seed, turn)
    await world.audited()


async def outcome(world: World, dice: random.Random, values: Sequence[Decimal]) -> tuple[str, Decimal, Decimal]:
    """What becomes of a trade that these are paid for: its state, what is held, what is in the wallet."""
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    payin = await world.payin(buyer, trade=trade.id)
    await tell(world, dice, [Real(payin, f"{trade.id}.{n}", value) for n, value in enumerate(values)])
    page = await world.database.read(TradePage, buyer, trade.id)
    assert page is not None
    available, held = await world.money(buyer)
    return page.state, held, available


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_trade_holds_what_was_paid_for_it_in_whatever_order(world: World, seed: int) -> None:
    dice = random.Random(seed)
    states: Counter[str] = Counter()
    for turn in range(SEQUENCES):
        values = amounts(dice, 90)
        state, held, available = await outcome(world, dice, values)
        paid = sum(values)
        states[state] += 1
        assert held + available == paid, (seed, turn)
        assert held == min(paid, TOTAL), (seed, turn)
        assert (state == "paid") == (paid >= Decimal("101.85")), (seed, turn)
    assert set(states) == {"paid", "underpaid"}
    await world.audited()


async def coins(world: World, trade: TradeState) -> dict[str, Payin]:
    buyer = trade.buyer_id
    return {
        "USDT": await world.payin(buyer, trade=trade.id),
        "BTC": await world.payin(buyer, "BTC", trade=trade.id),
        "NGN": await world.payin(buyer, "NGN", "BANK", trade=trade.id),
    }


@pytest.mark.parametrize("seed", SEEDS)
async def test_what_comes_in_several_coins_is_all_there(world: World, seed: int) -> None:
    dice = random.Random(seed)
    paid: Counter[str] = Counter()
    units = {"USDT": "30.5", "BTC": "0.0004", "NGN": "40000.25"}
    for turn in range(SEQUENCES // 2):
        trade = await world.trade(await world.person(), await world.person())
        payins = await coins(world, trade)
        chosen = [dice.choice(list(units)) for _ in range(dice.randrange(1, 6))]
        reals = [Real(payins[code], f"{turn}.{n}", Decimal(units[code])) for n, code in enumerate(chosen)]
        whole = [payment(real.payin, real.value, event=real.name) for real in reals]
        dice.shuffle(whole)
        for event in [*whole, *dice.sample(whole, len(whole) // 2)]:
            assert not isinstance(await world.do(event, event.request_key), Refused)
        for real in reals:
            paid[real.payin.currency] += real.value  # type: ignore[assignment]  # a Counter of Decimals
        totals = {total.currency: total for total in (await world.audited()).totals}
        assert {code: totals[code].came_in for code in paid} == dict(paid), (seed, turn)
