"""A release before the seller has marked the delivery: the buyer's own money, let go as after it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TypeAlias

import pytest

from lockbay.areas.admin.people_records import BlockPerson
from lockbay.areas.disputes.records import TakeDispute
from lockbay.areas.standing import Profile
from lockbay.areas.trades.agreement import GiveBack, ProposeCancel
from lockbay.areas.trades.records import DeliverTrade, ReleaseTrade, TradeState
from lockbay.areas.trades.timers import ElapseTrade, RemindTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.areas.disputing import on_duty, opening
from tests.clock import MovedClock
from tests.ledger.referring import brought
from tests.ledger.world import HOUR, World, while_it_waits

Facts: TypeAlias = list[tuple[object, ...]]
LISTENS = """
INSERT INTO groups (chat_id, slug, title, added_by, topics, added_at, heard_at, next_at)
SELECT -1, 'G', 'Traders', id, ARRAY['completed'], now(), now(), now() FROM users LIMIT 1
"""
MOVED = """
SELECT f.kind, a.kind, a.owner, p.currency, p.amount FROM postings p
JOIN transfers f ON f.id = p.transfer_id JOIN accounts a ON a.id = p.account_id
WHERE f.at = $1 AND f.kind <> 'deposit' ORDER BY 1, 2, 3, 5
"""
TOLD = "SELECT kind, user_id FROM outbox WHERE created_at = $1 ORDER BY 1, 2"
NEWS = "SELECT topic FROM announcements WHERE at = $1"


async def reason(world: World, operation: Operation[TradeState]) -> str:
    refused = await world.do(operation)
    assert isinstance(refused, Refused), refused
    return refused.reason


async def seen(world: World, user_id: int, trade_id: int) -> TradePage:
    page = await world.database.read(TradePage, user_id, trade_id)
    assert page is not None
    return page


async def test_the_buyer_releases_what_is_not_marked_as_delivered(world: World, raw: Connection) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    assert "release" in (await seen(world, buyer, trade.id)).may
    ended = await world.done(ReleaseTrade(buyer, trade.id))
    assert (ended.state, ended.deadline) == ("released", None)
    assert await world.money(buyer) == (Decimal(0), Decimal(0))
    assert await world.money(seller) == (Decimal(100), Decimal(0))
    [row] = await raw.fetch("SELECT delivered_at, release_at, remind_at, due_at FROM trades")
    assert set(row.values()) == {None}
    assert (await world.audited()).totals[0].fees == 5


async def aftermath(world: World, raw: Connection, clock: MovedClock, *, is_delivered: bool) -> Facts:
    """All that a release writes and shows, with the names of their parts in place of people."""
    ann = await world.person()
    ben, sam = await brought(world, ann, 400), await brought(world, ann)
    trade = await world.accepted(ben, sam, "120")
    clock.advance(HOUR)
    if is_delivered:
        await world.done(DeliverTrade(sam, trade.id))
    clock.advance(HOUR)
    await world.done(ReleaseTrade(ben, trade.id))
    names = {ann: "referrer", ben: "buyer", sam: "seller"}
    rows = [row for ask in (MOVED, TOLD, NEWS) for row in await raw.fetch(ask, clock.now())]
    facts: Facts = [tuple(names.get(value, value) for value in row.values()) for row in rows]
    for person in (ben, sam):
        page, profile = await seen(world, person, trade.id), await world.database.read(Profile, person, "", "")
        assert profile is not None
        earned = profile.standing
        shown = (page.may, page.may_rate, page.credit_back, earned.completed, earned.volume_usd, earned.level)
        facts.append((names[person], *shown, profile.achievements))
    return facts


async def test_it_does_all_that_a_release_does(world: World, raw: Connection, clock: MovedClock) -> None:
    """The fee, fee credit, rewards, levels, news for the seller and for groups."""
    await world.without_levels()
    await world.person()
    await raw.execute(LISTENS)
    usual = await aftermath(world, raw, clock, is_delivered=True)
    assert {"trade_released", "referral_earned", "completed", "fees", "credit"} <= {
        name for fact in usual for name in fact if isinstance(name, str)
    }
    assert await aftermath(world, raw, clock, is_delivered=False) == usual
    await world.audited()


async def test_the_same_key_is_answered_the_same_and_another_one_finds_it_done(world: World) -> None:
    buyer, seller = await world.person(210), await world.person()
    trade = await world.accepted(buyer, seller)
    first = await world.do(ReleaseTrade(buyer, trade.id), "the.key")
    assert await world.do(ReleaseTrade(buyer, trade.id), "the.key") == first
    assert await reason(world, ReleaseTrade(buyer, trade.id)) == "wrong_state"
    assert await world.available(seller) == 100
    await world.audited()


async def test_only_the_buyer_releases_and_only_what_the_seller_has_accepted(world: World) -> None:
    buyer, seller, stranger = await world.person(210), await world.person(), await world.person()
    accepted, paid = await world.accepted(buyer, seller), await world.paid(buyer, seller)
    for somebody in (seller, stranger):
        assert await reason(world, ReleaseTrade(somebody, accepted.id)) == "not_yours"
        assert await reason(world, ReleaseTrade(somebody, paid.id)) == "not_yours"
    assert await reason(world, ReleaseTrade(buyer, paid.id)) == "wrong_state"
    assert "release" not in (await seen(world, buyer, paid.id)).may
    assert "release" not in (await seen(world, seller, accepted.id)).may
    assert await world.money(buyer) == (Decimal(0), Decimal(210))


async def test_no_clock_and_no_reminder_knows_it_afterwards(world: World, raw: Connection, clock: MovedClock) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    [reminder] = await raw.fetch("SELECT remind_at FROM trades")
    await world.done(ReleaseTrade(buyer, trade.id))
    told = await raw.fetch("SELECT count(*) FROM outbox")
    clock.advance(30 * 24 * HOUR)
    assert not await world.timers()
    assert not await world.reminders()
    for timer in ("undelivered", "release"):
        assert await reason(world, ElapseTrade(trade.id, timer)) == "wrong_state"
    assert isinstance(await world.do(RemindTrade(trade.id, reminder["remind_at"])), Refused)
    assert await raw.fetch("SELECT count(*) FROM outbox") == told
    assert (await world.available(buyer), await world.available(seller)) == (0, 100)
    await world.audited()


async def test_what_could_be_done_before_cannot_be_done_any_more(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(ProposeCancel(seller, trade.id))
    await world.done(ReleaseTrade(buyer, trade.id))
    assert (await seen(world, buyer, trade.id)).proposed_by is None
    for move in (DeliverTrade(seller, trade.id), GiveBack(seller, trade.id)):
        assert await reason(world, move) == "wrong_state"
    assert isinstance(await world.do(opening(buyer, trade.id)), Refused)


async def test_until_the_clock_gives_it_back_it_is_the_buyers_to_release(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(210), await world.person()
    late, later = await world.accepted(buyer, seller), await world.accepted(buyer, seller)
    clock.advance(48 * HOUR + timedelta(seconds=1))
    assert (await world.done(ReleaseTrade(buyer, late.id))).state == "released"
    [timer] = await world.timers()
    assert timer.trade_id == later.id
    await world.do(timer.operation, timer.key)
    assert await reason(world, ReleaseTrade(buyer, later.id)) == "wrong_state"
    assert (await world.available(buyer), await world.available(seller)) == (105, 100)
    await world.audited()


async def test_of_releasing_and_another_move_at_once_the_first_wins(world: World, raw: Connection) -> None:
    """A delivery that is marked first does not keep the money from going."""
    buyer, seller = await world.person(4 * 105), await world.person()
    for other, ends in ((DeliverTrade, ["done", "done"]), (GiveBack, ["done", "wrong_state"])):
        for is_first in (True, False):
            trade = await world.accepted(buyer, seller)
            seat = f"SELECT FROM trades WHERE id = {trade.id} FOR NO KEY UPDATE"
            release, move = ReleaseTrade(buyer, trade.id), other(seller, trade.id)
            moves = (release, move) if is_first else (move, release)
            expected = ["done", "wrong_state"] if is_first else ends
            assert await while_it_waits(world, raw, seat, *moves) == expected
    assert (await world.available(buyer), await world.available(seller)) == (105, 300)
    await world.audited()


@pytest.mark.parametrize("by_seller", [False, True])
async def test_the_buyer_gives_in_about_what_was_never_marked_as_delivered(
    world: World, raw: Connection, by_seller: bool
) -> None:
    staff, buyer, seller = await on_duty(world), await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(opening(seller if by_seller else buyer, trade.id, by_seller=by_seller))
    await world.done(TakeDispute(staff, trade.id, 0))
    assert (await world.done(ReleaseTrade(buyer, trade.id))).state == "released"
    found = (await seen(world, buyer, trade.id)).dispute
    assert found is not None
    assert (found.buyer_gets, found.seller_gets, found.fee) == (0, 100, 5)
    assert await raw.fetch("SELECT FROM outbox WHERE kind = 'dispute_conceded' AND user_id = $1", staff)
    await world.audited()


async def test_who_is_blocked_can_end_what_was_begun(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.accepted(buyer, seller)
    await world.done(BlockPerson(await on_duty(world), buyer, True, "fraud"))
    assert (await world.done(ReleaseTrade(buyer, trade.id))).state == "released"
