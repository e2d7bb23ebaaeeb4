"""Invitations to a trade: shared, opened, and why somebody cannot join; on the real database, killed and replayed at
every answer."""

from __future__ import annotations

import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Copy, Url
from lockbay.areas.trades.records import (
    CancelTrade,
    JoinTrade,
)
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, CLEO, do, offered, onboarded
from tests.areas.sendable import leads_to, sent
from tests.areas.trading import BOT, PLAN, lost_turn, market
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)


async def test_a_joining_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock
) -> None:
    await market(database)
    trade = await offered(database, ANA)
    assert trade.token
    first, again = await lost_turn(database, clock, BEN, "invitation", trade.token).answered(Pressed("confirm"))
    assert first == again
    assert "You have joined." in sent(again)


async def test_the_buyer_shares_the_link_until_somebody_joins(database: Database, talking: Talking) -> None:
    await market(database)
    trade = await offered(database, ANA)
    link = f"https://t.me/{BOT}?start={trade.token}"
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("trade", str(trade.id))
    assert Copy("📋 Copy invitation link", link) in ana.screen.rows[1]
    [share] = [button.url for button in ana.screen.rows[1] if isinstance(button, Url)]
    assert share.startswith(f"https://t.me/share/url?url=https%3A%2F%2Ft.me%2F{BOT}%3Fstart%3D{trade.token}&text=")

    assert trade.token
    await ben.open("invitation", trade.token)
    assert "@ana invites you to a trade" in sent(ben.screen)
    assert "You get: 100 USDT" in sent(ben.screen)
    await ben.press("Join")
    assert "You have joined." in sent(ben.screen)
    assert "The buyer’s turn" in sent(ben.screen)
    await ana.open("trade", str(trade.id))
    assert "Seller: @ben" in sent(ana.screen)
    assert link not in str(ana.screen.rows)


async def test_an_invitation_says_why_somebody_cannot_join(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    await market(database)
    await onboarded(database, CLEO, "Cleo", "cleo")
    for_dan, free = await offered(database, ANA, "username", "@dan_sells"), await offered(database, ANA)
    assert for_dan.token
    assert free.token
    assert "names another person" in sent(await talking(CLEO).open("invitation", for_dan.token))
    assert "your own trade" in sent(await talking(ANA).open("invitation", free.token))
    late = talking(CLEO)
    await late.open("invitation", free.token)
    await do(database, JoinTrade(BEN, free.token))
    await late.press("Join")
    assert "Somebody else has already joined" in sent(late.screen)
    assert "menu" in leads_to(late.screen)
    assert "trade" in leads_to(await talking(BEN).open("invitation", free.token))

    ended = await offered(database, ANA)
    assert ended.token
    await do(database, CancelTrade(ANA, ended.id))
    assert "has ended" in sent(await talking(BEN).open("invitation", ended.token))


@pytest.mark.parametrize("token", ["nothing", "'; DROP TABLE trades", "\x00", "😀", "", "a" * 4000, "<b>"])
async def test_a_token_that_opens_nothing_is_answered_with_a_sentence(
    database: Database, talking: Talking, token: str
) -> None:
    await market(database)
    screen = await talking(BEN).open("invitation", token)
    assert "This invitation cannot be found" in sent(screen)
    assert "menu" in leads_to(screen)
