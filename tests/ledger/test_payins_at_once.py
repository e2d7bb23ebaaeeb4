"""Places to pay in that two ask for, fill or pay at the same moment: the second finds what the first has done."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.deposits.records import FillPayin, RequestPayin
from lockbay.postgres.bridge import Connection
from tests.ledger.world import World, payment, while_it_waits


@pytest.mark.parametrize("is_for_a_trade", [False, True])
async def test_who_asks_twice_at_once_gets_one_place(world: World, raw: Connection, is_for_a_trade: bool) -> None:
    person = await world.person()
    trade = (await world.trade(person, await world.person())).id if is_for_a_trade else None
    wanted = RequestPayin(person, trade, "USDT", "TRC20", None)
    coin = "SELECT FROM currencies WHERE code = 'USDT' FOR UPDATE"  # which a new place names
    assert await while_it_waits(world, raw, coin, wanted, wanted) == ["done", "done"]
    assert len(await raw.fetch("SELECT FROM payins")) == 1


async def test_a_place_that_is_filled_twice_at_once_keeps_the_address_that_was_first(
    world: World, raw: Connection
) -> None:
    """Its owner is shown it by then: nobody is told of another one."""
    wanted = await world.done(RequestPayin(await world.person(), None, "USDT", "TRC20", None))
    first, second = [
        FillPayin(wanted.user_id, wanted.id, "blockbee", name, None, "", Decimal(0)) for name in ("first", "second")
    ]
    address = "SELECT pg_advisory_xact_lock(hashtextextended('blockbee first', 0))"
    assert await while_it_waits(world, raw, address, first, second) == ["done", "done"]
    answers = await raw.fetch(
        "SELECT outcome -> 'answer' ->> 'address' AS address FROM requests WHERE operation = 'deposits/fill'"
    )
    assert [each["address"] for each in answers] == ["first", "first"]


async def test_one_payment_that_is_told_of_two_peoples_places_at_once_counts_at_one(
    world: World, raw: Connection
) -> None:
    ann, ben = await world.person(1), await world.person(1)
    one, other = await world.payin(ann), await world.payin(ben)
    told = payment(one, 5, event="e")
    again = evolve(told, reference=other.reference, nonce=other.nonce, address=other.address)
    balance = f"SELECT FROM accounts WHERE owner = {ann} FOR NO KEY UPDATE"
    assert await while_it_waits(world, raw, balance, told, again) == ["done", "done"]
    assert [await world.available(person) for person in (ann, ben)] == [6, 1]
    await world.audited()


async def test_two_parts_of_a_trade_that_come_at_once_by_two_places_count_one_after_the_other(
    world: World, raw: Connection
) -> None:
    """To each by itself something would be missing; what both leave over is the buyer's."""
    buyer = await world.person(1)
    trade = await world.trade(buyer, await world.person())
    bitcoin, dollars = [await world.payin(buyer, coin, trade=trade.id) for coin in ("BTC", "USDT")]
    parts = payment(bitcoin, "0.0005"), payment(dollars, 70)  # 44.1 and 70 of 105
    assert await while_it_waits(world, raw, "LOCK TABLE holds IN SHARE MODE", *parts) == ["done", "done"]
    [now] = await raw.fetch("SELECT state FROM trades")
    assert now["state"] == "paid"
    assert await world.money(buyer) == (Decimal("10.1"), 105)
    await world.audited()
