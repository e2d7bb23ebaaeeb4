"""What the two sides of a trade are told of it; on the real database."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from lockbay.areas.trades import news_screens
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeliverTrade,
    PayTrade,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, do, offered
from tests.areas.sendable import leads_to, sent
from tests.areas.trading import BOT, PLAN, invited, market, notice
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def to_end(database: Database, clock: MovedClock, how: str) -> None:
    """Brings Ana's trade with Ben to one of its ends, by people or by time."""
    trade = int(await invited(database))
    if how == "cancelled":
        return await do(database, CancelTrade(ANA, trade))
    if how == "expired":
        clock.advance(timedelta(hours=2))
        return await do(database, ElapseTrade(trade, "expire"))
    await do(database, PayTrade(ANA, trade, Decimal(105)))
    if how == "refunded":
        clock.advance(timedelta(hours=25))
        return await do(database, ElapseTrade(trade, "unanswered"))
    await do(database, AcceptTrade(BEN, trade))
    if how == "accepted":
        return None
    await do(database, DeliverTrade(BEN, trade))
    clock.advance(timedelta(hours=49))
    return await do(database, ElapseTrade(trade, "release"))


@pytest.mark.parametrize(
    ("how", "told_last"),
    [
        ("cancelled", "cancelled it before paying"),
        ("expired", "It was not paid in time"),
        ("refunded", "Your time ran out"),
        ("accepted", "@ben delivers now"),
        ("released", "100 USDT is in your wallet now"),
    ],
)
async def test_whatever_happens_is_told_in_words_with_a_way_to_the_trade(
    database: Database, talking: Talking, clock: MovedClock, how: str, told_last: str
) -> None:
    await market(database)
    await to_end(database, clock, how)
    kind, told = await notice(database)
    assert kind == f"trade_{how}"
    assert told_last in sent(told)
    assert {"trade", "menu"} <= leads_to(told)
    for user_id in (ANA, BEN):
        screen = await talking(user_id).open("trade", "1")
        assert ("Ended: " in sent(screen)) == (how != "accepted")
        assert "menu" in leads_to(screen)


async def test_a_seller_without_account_is_mailed_the_link(database: Database) -> None:
    await market(database)
    trade = await offered(database, ANA, "email", "dan@example.com")
    kind, told = await notice(database)
    assert kind == "trade_invited"
    assert sent(told).splitlines()[0] == "📨 @ana invites you to a trade"
    assert f"https://t.me/{BOT}?start={trade.token}" in sent(told)
    assert leads_to(told) == set()


def test_every_kind_that_the_sql_tells_has_a_notice() -> None:
    """The clock tells how a trade has ended, by the name of its state."""
    told = {"trade_expired", "trade_refunded", "trade_released"}
    for file in (Path(__file__).parents[2] / "sql").rglob("*.sql"):
        if "trades_tell(" in file.read_text():
            told |= set(re.findall(r"'(trade_[a-z]+)'", file.read_text()))
    assert told - {"trade_id"} == news_screens.notices(BOT).keys()
