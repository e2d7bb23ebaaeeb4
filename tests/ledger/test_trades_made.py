"""Trades as they are made: what is refused before there is one."""

from __future__ import annotations

from decimal import Decimal

import pytest
from attrs import evolve

from lockbay.areas.trades.records import (
    CreateTrade,
    JoinTrade,
)
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.clock import START, MovedClock
from tests.ledger.world import HOUR, ROWS, UNLIMITED, World, creation


def changed(trade: CreateTrade, **changes: object) -> CreateTrade:
    values = {name: getattr(trade, name) for name in CreateTrade.__annotations__ if name != "file"}
    return CreateTrade(**{**values, **changes})


@pytest.mark.parametrize(("amount", "fee"), [("0", "0"), ("0.000001", "0.000001")])
async def test_a_trade_that_would_be_all_fee_is_refused(world: World, raw: Connection, amount: str, fee: str) -> None:
    """Where no least amount forbids it."""
    await world.database.run(evolve(UNLIMITED, smallest_trade_usd=Decimal(0), fee_percent=Decimal(50)))
    buyer = await world.person()
    whole, part = Decimal(amount), Decimal(fee)
    wanted = changed(creation(buyer, "@somebody", payer="seller"), amount=whole, fee=part, total=whole)
    assert await world.do(wanted) == Refused("nothing_left")
    assert await raw.fetch("SELECT FROM trades") == []


BAD: list[tuple[dict[str, object], str]] = [
    ({"amount": Decimal("1.99")}, "below_minimum"),
    ({"amount": Decimal("10000.01")}, "above_maximum"),
    ({"amount": Decimal("-5")}, "below_minimum"),
    ({"amount": Decimal("1e30")}, "above_maximum"),
    ({"amount": Decimal("5.0000001")}, "inexact_amount"),
    ({"currency": "XYZ"}, "unknown_currency"),
    ({"currency": "DOGE"}, "no_rate"),
    ({"description": " \n "}, "bad_description"),
    ({"description": "x" * 1001}, "bad_description"),
    ({"delivery_hours": 0}, "bad_delivery"),
    ({"delivery_hours": 169}, "bad_delivery"),
    ({"seller": "no spaces allowed"}, "bad_seller"),
    ({"seller": ""}, "bad_seller"),
    ({"seller_kind": "email", "seller": "nobody"}, "bad_seller"),
    ({"fee": Decimal("4.99")}, "terms_changed"),
    ({"total": Decimal("104.99")}, "terms_changed"),
    ({"fee_payer": "seller"}, "terms_changed"),
]


async def test_a_trade_that_cannot_be_is_refused_and_leaves_nothing_behind(world: World, raw: Connection) -> None:
    buyer = await world.person()
    before = await raw.fetch(ROWS)
    for changes, reason in BAD:
        refused = await world.do(changed(creation(buyer, "@somebody"), **changes))
        assert isinstance(refused, Refused), changes
        assert refused.reason == reason, changes
    assert await raw.fetch(ROWS) == before


async def test_nobody_trades_with_themselves(world: World) -> None:
    buyer = await world.person(username="Ann_Smith")
    assert await world.do(creation(buyer, "@ANN_smith")) == Refused("own_trade")
    trade = await world.done(creation(buyer, "", kind="link"))
    assert trade.token is not None
    assert await world.do(JoinTrade(buyer, trade.token)) == Refused("own_trade")


async def test_who_has_not_accepted_the_terms_makes_no_trade(world: World) -> None:
    assert await world.do(creation(await world.meet(), "@somebody")) == Refused("not_onboarded")


async def test_the_eleventh_trade_of_a_day_is_refused_until_the_day_is_over(world: World, clock: MovedClock) -> None:
    await world.prepare(evolve(UNLIMITED, trades_a_day=10))
    buyer = await world.person()
    for _ in range(10):
        await world.done(creation(buyer, "@somebody"))
    until = (START + 24 * HOUR).isoformat()
    assert await world.do(creation(buyer, "@somebody")) == Refused("daily_limit", {"limit": "10", "until": until})
    clock.advance(24 * HOUR)
    await world.prepare(evolve(UNLIMITED, trades_a_day=10), clock.now())
    await world.done(creation(buyer, "@somebody"))


async def test_an_old_rate_tells_no_worth(world: World, clock: MovedClock) -> None:
    buyer = await world.person()
    clock.advance(25 * HOUR)
    refused = await world.do(creation(buyer, "@somebody"))
    assert isinstance(refused, Refused)
    assert refused.reason == "no_rate"
