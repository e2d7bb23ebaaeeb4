"""Disputes in the ledger: who opens one and when, and what stops meanwhile."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from decimal import Decimal

import pytest

from lockbay.areas.disputes.answers import REASONS
from lockbay.areas.disputes.records import (
    OpenDispute,
    Opened,
)
from lockbay.areas.trades.agreement import AgreeCancel, ProposeCancel
from lockbay.areas.trades.chat_records import ChatPage, SayMessage
from lockbay.areas.trades.records import DeliverTrade, ReleaseTrade, TradeState
from lockbay.areas.trades.timers import DueReminder, DueTimer
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Refused
from tests.altered import altered
from tests.areas.disputing import STORY, disputed, on_duty, opening
from tests.clock import MovedClock
from tests.ledger.quarrel import state, told
from tests.ledger.world import HOUR, World


@pytest.mark.parametrize("delivered", [False, True])
@pytest.mark.parametrize("by_seller", [False, True])
async def test_either_side_disputes_what_is_in_delivery_or_delivered(
    world: World, raw: Connection, delivered: bool, by_seller: bool
) -> None:
    staff = await on_duty(world)
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await (world.delivered if delivered else world.accepted)(buyer, seller)
    who, other = (seller, buyer) if by_seller else (buyer, seller)
    assert await world.do(opening(who, trade.id, by_seller=by_seller)) == Opened(trade.id, trade.slug, 1)
    assert await state(world, buyer, trade) == "disputed"
    assert await told(raw, "dispute_opened") == [other]
    assert await told(raw, "dispute_to_decide") == [staff]
    assert await world.money(buyer) == (Decimal(95), Decimal(105))
    await world.audited()


@pytest.mark.parametrize("made", [World.trade, World.paid])
async def test_before_it_is_accepted_there_is_nothing_to_dispute(
    world: World, made: Callable[[World, int, int], Awaitable[TradeState]]
) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await made(world, buyer, seller)
    refused = await world.do(opening(buyer, trade.id))
    assert refused == Refused("wrong_state", {"state": trade.state, "slug": trade.slug})


async def test_who_is_no_side_of_it_cannot_dispute_a_trade(world: World) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    assert await world.do(opening(await on_duty(world), trade.id)) == Refused("not_yours")
    assert await world.do(opening(buyer, 10**9)) == Refused("unknown_trade")


async def test_there_is_no_dispute_after_the_money_is_gone(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=400), await world.person()
    released, late = await world.delivered(buyer, seller), await world.delivered(buyer, seller)
    await world.done(ReleaseTrade(buyer, released.id))
    assert isinstance(refused := await world.do(opening(buyer, released.id)), Refused)
    assert refused.reason == "wrong_state"
    clock.advance(48 * HOUR)  # the clock has not acted yet
    assert isinstance(refused := await world.do(opening(buyer, late.id)), Refused)
    assert refused.reason == "too_late"


async def test_what_was_not_delivered_can_be_disputed_until_its_refund(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=400), await world.person()
    one, other = await world.accepted(buyer, seller), await world.accepted(buyer, seller)
    clock.advance(48 * HOUR - timedelta(seconds=1))
    assert isinstance(await world.do(opening(buyer, one.id)), Opened)
    clock.advance(timedelta(seconds=1))
    assert isinstance(refused := await world.do(opening(seller, other.id, by_seller=True)), Refused)
    assert refused.reason == "too_late"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"reason": "not_released"}, "bad_reason"),  # the seller's
        ({"text": "too short"}, "bad_text"),
        ({"text": " " * 20}, "bad_text"),
        ({"text": "x" * 1001}, "bad_text"),
        ({"kinds": ["photo"] * 11, "file_ids": ["id"] * 11, "captions": [""] * 11}, "bad_files"),
        ({"kinds": ["voice"], "file_ids": ["id"], "captions": [""]}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": [""], "captions": [""]}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": ["id"], "captions": []}, "bad_files"),
        ({"kinds": ["photo"], "file_ids": ["id"], "captions": ["x" * 1001]}, "bad_files"),
    ],
)
async def test_what_is_no_dispute_is_refused(world: World, change: dict[str, object], reason: str) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    refused = await world.do(altered(opening(buyer, trade.id), **change))
    assert isinstance(refused, Refused)
    assert refused.reason == reason
    assert await state(world, buyer, trade) == "accepted"


async def test_the_reasons_on_the_buttons_are_those_of_the_database(raw: Connection) -> None:
    for role, reasons in REASONS.items():
        [row] = await raw.fetch("SELECT disputes_reasons($1) AS reasons", role)
        assert row["reasons"] == list(reasons)


async def test_evidence_is_kept_in_the_chat_in_order(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(SayMessage(seller, trade.id, "text", "hello", ""))
    await world.done(OpenDispute(buyer, trade.id, "damaged", STORY, ["photo", "document"], ["p", "d"], ["a crack", ""]))
    page = await world.database.read(ChatPage, seller, trade.id, 0)
    assert page is not None
    found = [(each.n, each.role, each.kind, each.text, each.file_id) for each in page.messages]
    assert found == [
        (1, "seller", "text", "hello", ""),
        (2, "buyer", "text", STORY, ""),
        (3, "buyer", "photo", "a crack", "p"),
        (4, "buyer", "document", "", "d"),
    ]
    with pytest.raises(Exception, match="never changed"):
        await raw.fetch("UPDATE chat_messages SET text = 'other'")


async def test_a_dispute_freezes_every_timer_and_reminder(world: World, clock: MovedClock) -> None:
    _, _, trade = await disputed(world)
    clock.advance(timedelta(days=60))
    assert not [each for each in world_ids(await world.timers()) if each == trade.id]
    assert not [each for each in world_ids(await world.reminders()) if each == trade.id]


def world_ids(due: Sequence[DueTimer | DueReminder]) -> list[int]:
    return [each.trade_id for each in due]


async def test_a_timer_that_was_due_before_finds_the_dispute(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.delivered(buyer, seller)
    clock.advance(49 * HOUR)
    [timer] = await world.timers()
    clock.advance(-2 * HOUR)
    await world.done(opening(buyer, trade.id))
    clock.advance(2 * HOUR)
    refused = await world.do(timer.operation, timer.key)
    assert isinstance(refused, Refused)
    assert refused.reason == "wrong_state"
    assert await state(world, buyer, trade) == "disputed"


async def test_a_proposal_from_before_is_forgotten_and_a_delivery_is_not_possible(world: World) -> None:
    buyer, seller = await world.person(usdt=200), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(ProposeCancel(seller, trade.id))
    await world.done(opening(buyer, trade.id))
    assert await world.do(AgreeCancel(buyer, trade.id)) == Refused(
        "no_proposal", {"state": "disputed", "slug": trade.slug}
    )
    assert isinstance(await world.do(DeliverTrade(seller, trade.id)), Refused)
