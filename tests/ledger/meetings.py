"""Pairs of operations of which the second must find what the first has done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Final, TypeAlias

from lockbay.areas.cashout.records import CancelCashout, RequestCashout
from lockbay.areas.onboarding.records import ComeByLink
from lockbay.areas.payout import Cashout, SendCashout
from lockbay.areas.referrals.records import ReferralPage
from lockbay.areas.trades.agreement import AgreeCancel, EndProposal, GiveBack, ProposeCancel
from lockbay.areas.trades.records import (
    AcceptTrade,
    CancelTrade,
    DeclineTrade,
    DeliverTrade,
    JoinTrade,
    PayQuoted,
    PayTrade,
    QuotePayment,
    ReduceTrade,
    ReleaseTrade,
    TradeState,
)
from lockbay.postgres.queries import Operation
from tests.areas.disputing import opening
from tests.ledger.world import World, creation, payment

# What is taken, two operations that each look at it, and why the second is refused.
Meeting: TypeAlias = tuple[str, Operation[object], Operation[object], str]


async def unpaid(world: World) -> TradeState:
    return await world.trade(await world.person(500), await world.person())


async def paid(world: World) -> TradeState:
    return await world.paid(await world.person(500), await world.person())


async def delivered(world: World) -> TradeState:
    return await world.delivered(await world.person(500), await world.person())


def found(trade: TradeState) -> str:
    return f"SELECT FROM trades WHERE id = {trade.id} FOR UPDATE"


def seller_of(trade: TradeState) -> int:
    assert trade.seller_id is not None
    return trade.seller_id


async def pays_and_cancels(world: World) -> Meeting:
    trade = await unpaid(world)
    pays = PayTrade(trade.buyer_id, trade.id, trade.buyer_pays)
    return found(trade), pays, CancelTrade(trade.buyer_id, trade.id), "seller_there"


async def cancels_and_pays(world: World) -> Meeting:
    taken, pays, cancels, _ = await pays_and_cancels(world)
    return taken, cancels, pays, "wrong_state"


async def pays_in_a_coin_twice(world: World) -> Meeting:
    """By two quotes of the same price."""
    trade = await unpaid(world)
    await world.fund(trade.buyer_id, Decimal(1), "BTC")
    first, second = [await world.done(QuotePayment(trade.buyer_id, trade.id, "BTC")) for _ in range(2)]
    return found(trade), PayQuoted(trade.buyer_id, first.id), PayQuoted(trade.buyer_id, second.id), "wrong_state"


async def reduces_and_cancels(world: World) -> Meeting:
    trade = await unpaid(world)
    place = await world.payin(trade.buyer_id, trade=trade.id)
    await world.done(payment(place, 50))
    reduces = ReduceTrade(trade.buyer_id, trade.id, Decimal(50))
    return found(trade), reduces, CancelTrade(trade.buyer_id, trade.id), "seller_there"


async def cancels_and_reduces(world: World) -> Meeting:
    taken, reduces, cancels, _ = await reduces_and_cancels(world)
    return taken, cancels, reduces, "wrong_state"


async def accepts_and_declines(world: World) -> Meeting:
    trade = await paid(world)
    return (
        found(trade),
        AcceptTrade(seller_of(trade), trade.id),
        DeclineTrade(seller_of(trade), trade.id),
        "wrong_state",
    )


async def declines_and_accepts(world: World) -> Meeting:
    taken, accepts, declines, reason = await accepts_and_declines(world)
    return taken, declines, accepts, reason


async def gives_back_and_delivers(world: World) -> Meeting:
    trade = await world.accepted(await world.person(500), await world.person())
    return found(trade), GiveBack(seller_of(trade), trade.id), DeliverTrade(seller_of(trade), trade.id), "wrong_state"


async def releases_and_gives_back(world: World) -> Meeting:
    trade = await delivered(world)
    return found(trade), ReleaseTrade(trade.buyer_id, trade.id), GiveBack(seller_of(trade), trade.id), "wrong_state"


async def gives_back_and_releases(world: World) -> Meeting:
    taken, releases, gives_back, reason = await releases_and_gives_back(world)
    return taken, gives_back, releases, reason


async def releases_and_disputes(world: World) -> Meeting:
    trade = await delivered(world)
    return found(trade), ReleaseTrade(trade.buyer_id, trade.id), opening(trade.buyer_id, trade.id), "wrong_state"


async def releases_and_proposes(world: World) -> Meeting:
    trade = await delivered(world)
    proposes = ProposeCancel(seller_of(trade), trade.id)
    return found(trade), ReleaseTrade(trade.buyer_id, trade.id), proposes, "wrong_state"


async def releases_and_agrees(world: World) -> Meeting:
    trade = await delivered(world)
    await world.done(ProposeCancel(trade.buyer_id, trade.id))
    return found(trade), ReleaseTrade(trade.buyer_id, trade.id), AgreeCancel(seller_of(trade), trade.id), "wrong_state"


async def takes_back_and_agrees(world: World) -> Meeting:
    trade = await delivered(world)
    await world.done(ProposeCancel(trade.buyer_id, trade.id))
    takes_back = EndProposal(trade.buyer_id, trade.id)
    return found(trade), takes_back, AgreeCancel(seller_of(trade), trade.id), "no_proposal"


async def agrees_and_takes_back(world: World) -> Meeting:
    taken, takes_back, agrees, _ = await takes_back_and_agrees(world)
    return taken, agrees, takes_back, "wrong_state"


async def two_join(world: World) -> Meeting:
    buyer, *others = [await world.person() for _ in range(3)]
    trade = await world.done(creation(buyer, "", kind="link"))
    assert trade.token is not None
    first, second = (JoinTrade(other, trade.token) for other in others)
    return found(trade), first, second, "taken"


async def requested(world: World) -> Cashout:
    person = await world.person(100)
    return await world.done(
        RequestCashout(person, "USDT", "TRC20", Decimal(10), Decimal(9), "T-somewhere", "", "", "", "", None)
    )


async def sends_and_takes_back(world: World) -> Meeting:
    asked = await requested(world)
    taken = f"SELECT FROM cashouts WHERE id = {asked.id} FOR UPDATE"
    return taken, SendCashout(asked.id, "blockbee"), CancelCashout(asked.user_id, asked.id), "wrong_state"


async def takes_back_and_sends(world: World) -> Meeting:
    taken, sends, takes_back, reason = await sends_and_takes_back(world)
    return taken, takes_back, sends, reason


async def comes_by_two_links(world: World) -> Meeting:
    newcomer = await world.meet()
    pages = [await world.database.read(ReferralPage, await world.person()) for _ in range(2)]
    first, second = (ComeByLink(newcomer, page.code) for page in pages if page is not None)
    return f"SELECT FROM users WHERE id = {newcomer} FOR UPDATE", first, second, "came_before"


MEETINGS: Final[tuple[Callable[[World], Awaitable[Meeting]], ...]] = (
    pays_and_cancels, cancels_and_pays, pays_in_a_coin_twice, reduces_and_cancels, cancels_and_reduces,
    accepts_and_declines, declines_and_accepts, gives_back_and_delivers, releases_and_gives_back,
    gives_back_and_releases, releases_and_disputes, releases_and_proposes, releases_and_agrees, takes_back_and_agrees,
    agrees_and_takes_back, two_join, sends_and_takes_back, takes_back_and_sends, comes_by_two_links,
)  # fmt: skip
