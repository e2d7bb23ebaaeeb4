"""Ending a paid trade before its time, in the chat: killed and replayed at every answer."""

from __future__ import annotations

from decimal import Decimal

import orjson
import pytest

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas import trades
from lockbay.areas.trades.agreement import ProposeCancel
from lockbay.areas.trades.records import (
    AcceptTrade,
    DeliverTrade,
    JoinTrade,
    PayTrade,
)
from lockbay.postgres import rows
from lockbay.postgres.database import Database
from tests.areas.people import ANA, BEN, do, offered
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.trading import BOT, PLAN, confirm, invited, lost_turn, market, usdt
from tests.clock import MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)

EN = words("en", "UTC")
LAST = "SELECT kind, data::text FROM outbox WHERE user_id = $1 ORDER BY id DESC LIMIT 1"
BLOCK = "UPDATE users SET blocked_at = now() WHERE id = $1"


async def told(database: Database, user_id: int) -> Screen:
    """What somebody was told last."""
    [row] = await database.pool.fetch("notice", LAST, (user_id,), reads=True)
    notice = trades.notices(BOT)[row["kind"]]
    return notice.draw(EN, rows.structurer(notice.record)(orjson.loads(row["data"])))


async def held(database: Database, state: str) -> str:
    """The id of Ana's trade with Ben, in a state in which it holds her money."""
    trade_id = await invited(database)
    await do(database, PayTrade(ANA, int(trade_id), Decimal(105)))
    if state in ("accepted", "delivered"):
        await do(database, AcceptTrade(BEN, int(trade_id)))
    if state == "delivered":
        await do(database, DeliverTrade(BEN, int(trade_id)))
    return trade_id


@pytest.mark.parametrize("state", ["paid", "accepted", "delivered"])
@pytest.mark.parametrize(("proposes", "agrees"), [(ANA, BEN), (BEN, ANA)])
async def test_one_side_proposes_and_the_other_agrees_by_the_notices_buttons(
    database: Database, talking: Talking, state: str, proposes: int, agrees: int
) -> None:
    await market(database)
    trade_id = await held(database, state)
    one, other = talking(proposes), talking(agrees)
    await one.open("trade", trade_id)
    await one.press("Cancel together")
    assert "Back to the buyer: 105 USDT" in sent(one.screen)
    await one.press("Confirm")
    assert "Proposed." in sent(one.screen)
    assert "You have proposed to cancel together" in sent(one.screen)
    assert await usdt(database, ANA) == (395, 105)

    other.screens.append(await told(database, agrees))
    assert "proposes to cancel trade" in sent(other.screen)
    await other.press("Agree to cancel")
    assert "Back to the buyer: 105 USDT" in sent(other.screen)
    await other.press("Confirm")
    assert "Cancelled together." in sent(other.screen)
    assert "Both sides ended it together" in sent(other.screen)
    assert await usdt(database, ANA) == (500, 0)
    for user_id in (ANA, BEN):
        notice = await told(database, user_id)
        assert "was cancelled together" in sent(notice)
        assert ("105 USDT is back in your wallet. No fee was taken." in sent(notice)) == (user_id == ANA)
        assert ("wallet" in leads_to(notice)) == (user_id == ANA)


async def test_a_proposal_is_declined_and_the_trade_goes_on(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await held(database, "accepted")
    await confirm(talking(ANA), "propose_cancel", trade_id)
    ben = talking(BEN)
    ben.screens.append(await told(database, BEN))
    await ben.press("Do not cancel")
    await ben.press("Confirm")
    assert "The trade goes on." in sent(ben.screen)
    assert "📦 Mark delivered" in labels(ben.screen)
    notice = await told(database, ANA)
    assert "@ben does not want to cancel" in sent(notice)
    assert "trade" in leads_to(notice)
    assert await usdt(database, ANA) == (395, 105)


async def test_a_proposal_is_withdrawn_and_an_old_button_for_it_does_nothing(
    database: Database, talking: Talking
) -> None:
    await market(database)
    trade_id = await held(database, "delivered")
    await confirm(talking(BEN), "propose_cancel", trade_id)
    ana, ben = talking(ANA), talking(BEN)
    await ana.open("agree_cancel", trade_id)
    await ben.open("trade", trade_id)
    await ben.press("Withdraw")
    await ben.press("Confirm")
    assert "Withdrawn." in sent(ben.screen)
    assert "any more" in sent(await told(database, ANA))
    await ana.press("Confirm")
    assert "That proposal is not there any more" in sent(ana.screen)
    assert "That proposal is not there any more" in sent(await talking(ANA).open("agree_cancel", trade_id))
    assert await usdt(database, ANA) == (395, 105)


@pytest.mark.parametrize("state", ["accepted", "delivered"])
async def test_the_seller_refunds_the_buyer_alone(database: Database, talking: Talking, state: str) -> None:
    await market(database)
    trade_id = await held(database, state)
    ben = talking(BEN)
    await ben.open("trade", trade_id)
    await ben.press("Refund the buyer")
    assert "you get nothing for it" in sent(ben.screen)
    await ben.press("Confirm")
    assert "Refunded." in sent(ben.screen)
    assert await usdt(database, ANA) == (500, 0)
    notice = await told(database, ANA)
    assert "@ben has refunded trade" in sent(notice)
    assert "105 USDT is back in your wallet" in sent(notice)


@pytest.mark.parametrize("flow", ["propose_cancel", "give_back"])
async def test_a_move_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock, flow: str
) -> None:
    await market(database)
    trade_id = await held(database, "accepted")
    first, again = await lost_turn(database, clock, BEN, flow, trade_id).answered(Pressed("confirm"))
    assert first == again
    assert "✅" in sent(again)


@pytest.mark.parametrize("flow", ["agree_cancel", "decline_cancel"])
async def test_an_answer_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock, flow: str
) -> None:
    await market(database)
    trade_id = await held(database, "accepted")
    await do(database, ProposeCancel(ANA, int(trade_id)))
    first, again = await lost_turn(database, clock, BEN, flow, trade_id).answered(Pressed("confirm"))
    assert first == again
    assert "✅" in sent(again)


async def test_while_nobody_has_joined_there_is_nobody_to_agree(database: Database, talking: Talking) -> None:
    await market(database)
    trade = await offered(database, ANA)
    await do(database, PayTrade(ANA, trade.id, Decimal(105)))
    assert "🤝 Cancel together" not in labels(await talking(ANA).open("trade", str(trade.id)))
    assert trade.token
    await do(database, JoinTrade(BEN, trade.token))
    assert "🤝 Cancel together" in labels(await talking(ANA).open("trade", str(trade.id)))


async def test_who_is_blocked_is_told_so_and_that_trades_can_be_ended(database: Database, talking: Talking) -> None:
    await market(database)
    trade_id = await held(database, "paid")
    ben = talking(BEN)
    await ben.open("accept", trade_id)
    await database.pool.fetch("block", BLOCK, (BEN,))
    await ben.press("Confirm")
    assert "Your account is blocked" in sent(ben.screen)
    assert {"decline", "propose_cancel"} <= leads_to(ben.screen)
    assert await usdt(database, ANA) == (395, 105)
