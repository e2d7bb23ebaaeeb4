"""Ending a paid trade before its time, together or by the seller alone: everything comes back, and once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TypeAlias

import pytest
import trio

from lockbay.areas.trades.agreement import AgreeCancel, EndProposal, GiveBack, ProposeCancel
from lockbay.areas.trades.records import (
    AcceptTrade,
    DeclineTrade,
    DeliverTrade,
    JoinTrade,
    PayTrade,
    ReduceTrade,
    ReleaseTrade,
    Role,
    TradeState,
)
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.areas.trades.views import TradePage
from lockbay.postgres.bridge import Connection
from lockbay.postgres.queries import Operation, Refused
from tests.clock import MovedClock
from tests.ledger.world import HOUR, World, creation, payment

Made: TypeAlias = Callable[[World, int, int], Awaitable[TradeState]]
TOLD = "SELECT kind, user_id FROM outbox WHERE kind LIKE 'trade_%' ORDER BY id OFFSET $1"
PAID = [
    pytest.param(World.paid, id="paid"),
    pytest.param(World.accepted, id="accepted"),
    pytest.param(World.delivered, id="delivered"),
]


async def proposed_by(world: World, trade: TradeState, user_id: int) -> Role | None:
    page = await world.database.read(TradePage, user_id, trade.id)
    assert page is not None
    return page.proposed_by


async def may(world: World, trade: TradeState, user_id: int) -> set[str]:
    page = await world.database.read(TradePage, user_id, trade.id)
    assert page is not None
    return set(page.may)


async def notices(raw: Connection, before: int) -> list[tuple[str, int]]:
    return [(row["kind"], row["user_id"]) for row in await raw.fetch(TOLD, before)]


@pytest.mark.parametrize("made", PAID)
@pytest.mark.parametrize("proposes", ["buyer", "seller"])
async def test_what_both_sides_agree_on_gives_everything_back(
    world: World, raw: Connection, made: Made, proposes: Role
) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await made(world, buyer, seller)
    maker, other = (buyer, seller) if proposes == "buyer" else (seller, buyer)
    before = len(await notices(raw, 0))
    await world.done(ProposeCancel(maker, trade.id))
    assert await proposed_by(world, trade, other) == proposes
    assert {"agree", "disagree"} <= await may(world, trade, other)
    assert "withdraw" in await may(world, trade, maker)
    assert not {"propose", "agree"} & await may(world, trade, maker)
    ended = await world.done(AgreeCancel(other, trade.id))
    assert (ended.state, ended.deadline) == ("refunded", None)
    assert await world.money(buyer) == (Decimal(105), Decimal(0))
    page = await world.database.read(TradePage, buyer, trade.id)
    assert page is not None
    assert (page.ended_how, page.proposed_by, page.may) == ("agreed", None, ())
    assert await notices(raw, before) == [("trade_proposed", other), ("trade_agreed", buyer), ("trade_agreed", seller)]
    assert (await world.audited()).totals[0].fees == 0


@pytest.mark.parametrize("made", PAID)
async def test_a_trade_goes_on_when_its_proposal_is_declined_or_withdrawn_and_may_be_proposed_again(
    world: World, raw: Connection, made: Made
) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await made(world, buyer, seller)
    before = len(await notices(raw, 0))
    for _ in range(2):
        await world.done(ProposeCancel(buyer, trade.id))
        await world.done(EndProposal(seller, trade.id))
    await world.done(ProposeCancel(seller, trade.id))
    after = await world.done(EndProposal(seller, trade.id))
    assert (after.state, await proposed_by(world, trade, buyer)) == (trade.state, None)
    assert await notices(raw, before) == [
        *[("trade_proposed", seller), ("trade_disagreed", buyer)] * 2,
        ("trade_proposed", buyer),
        ("trade_withdrawn", buyer),
    ]
    assert await world.do(AgreeCancel(buyer, trade.id)) == Refused(
        "no_proposal", {"state": trade.state, "slug": trade.slug}
    )


async def test_only_who_was_asked_agrees_and_only_a_proposal_can_be_answered(world: World) -> None:
    buyer, seller, stranger = await world.person(105), await world.person(), await world.person()
    trade = await world.accepted(buyer, seller)
    assert await reason(world, AgreeCancel(seller, trade.id)) == "no_proposal"
    assert await reason(world, EndProposal(buyer, trade.id)) == "no_proposal"
    await world.done(ProposeCancel(buyer, trade.id))
    assert await reason(world, AgreeCancel(buyer, trade.id)) == "no_proposal"
    assert await reason(world, ProposeCancel(buyer, trade.id)) == "proposed"
    assert await reason(world, ProposeCancel(seller, trade.id)) == "proposed"
    for operation in (ProposeCancel, AgreeCancel, EndProposal, GiveBack):
        assert await reason(world, operation(stranger, trade.id)) == "not_yours"
    assert await reason(world, GiveBack(buyer, trade.id)) == "not_yours"


async def test_nobody_proposes_to_nobody_or_about_a_trade_that_is_not_paid(world: World) -> None:
    buyer, seller = await world.person(210), await world.person()
    unpaid = await world.trade(buyer, seller)
    assert await reason(world, ProposeCancel(buyer, unpaid.id)) == "wrong_state"
    vacant = await world.done(creation(buyer, "", kind="link"))
    await world.done(PayTrade(buyer, vacant.id, vacant.buyer_pays))
    assert await reason(world, ProposeCancel(buyer, vacant.id)) == "nobody_there"
    assert vacant.token
    await world.done(JoinTrade(seller, vacant.token))
    await world.done(ProposeCancel(buyer, vacant.id))


async def reason(world: World, operation: Operation[TradeState]) -> str:
    refused = await world.do(operation)
    assert isinstance(refused, Refused), refused
    return refused.reason


async def test_the_next_move_of_the_trade_ends_a_proposal(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.paid(buyer, seller)
    for move in (AcceptTrade(seller, trade.id), DeliverTrade(seller, trade.id)):
        await world.done(ProposeCancel(buyer, trade.id))
        await world.done(move)
        assert await reason(world, AgreeCancel(seller, trade.id)) == "no_proposal"
    await world.done(ProposeCancel(seller, trade.id))
    assert (await world.done(ReleaseTrade(buyer, trade.id))).state == "released"
    assert await reason(world, AgreeCancel(buyer, trade.id)) == "wrong_state"
    await world.audited()


@pytest.mark.parametrize("made", PAID[1:])
async def test_the_seller_gives_everything_back_alone(world: World, raw: Connection, made: Made) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await made(world, buyer, seller)
    assert await reason(world, GiveBack(buyer, trade.id)) == "not_yours"
    before = len(await notices(raw, 0))
    assert (await world.done(GiveBack(seller, trade.id))).state == "refunded"
    assert await world.money(buyer) == (Decimal(105), Decimal(0))
    assert await notices(raw, before) == [("trade_returned", buyer)]
    page = await world.database.read(TradePage, seller, trade.id)
    assert page is not None
    assert page.ended_how == "returned"
    await world.audited()


async def test_a_trade_that_went_on_with_less_comes_back_as_it_was_paid(world: World) -> None:
    buyer, seller = await world.person(), await world.person()
    trade = await world.trade(buyer, seller)
    await world.done(payment(await world.payin(buyer, trade=trade.id), "60"))
    await world.done(ReduceTrade(buyer, trade.id, Decimal(60)))
    await world.done(AcceptTrade(seller, trade.id))
    await world.done(ProposeCancel(seller, trade.id))
    assert (await world.done(AgreeCancel(buyer, trade.id))).state == "refunded"
    assert await world.money(buyer) == (Decimal(60), Decimal(0))
    await world.audited()


async def test_a_key_that_agreed_answers_its_first_outcome(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.delivered(buyer, seller)
    for operation in (ProposeCancel(buyer, trade.id), AgreeCancel(seller, trade.id)):
        first = await world.do(operation, f"key.of.{operation.file}")
        assert await world.do(operation, f"key.of.{operation.file}") == first
    assert await world.available(buyer) == 105


RACES: list[Callable[[int, int, int], Operation[TradeState]]] = [
    lambda buyer, _, trade: ReleaseTrade(buyer, trade),
    lambda _, seller, trade: AgreeCancel(seller, trade),
    lambda _, seller, trade: GiveBack(seller, trade),
    lambda buyer, _, trade: EndProposal(buyer, trade),
    lambda _b, _s, trade: ElapseTrade(trade, "release"),
]


async def test_release_agreement_refund_and_the_clock_at_once_have_one_outcome(world: World, clock: MovedClock) -> None:
    buyer, seller = await world.person(10 * 105), await world.person()
    ends = Counter[str]()
    trades = [await world.delivered(buyer, seller) for _ in range(10)]
    for trade in trades:
        await world.done(ProposeCancel(buyer, trade.id))
    clock.advance(48 * HOUR)

    async def make(operation: Operation[TradeState]) -> None:
        answer = await world.do(operation)
        if not isinstance(answer, Refused) and answer.state != "delivered":
            ends[answer.state] += 1

    for trade in trades:
        async with trio.open_nursery() as nursery:
            for race in RACES:
                nursery.start_soon(make, race(buyer, seller, trade.id))
    assert ends.total() == 10
    assert await world.available(seller) == 100 * ends["released"]
    assert await world.money(buyer) == (Decimal(105 * ends["refunded"]), Decimal(0))
    await world.audited()


async def test_two_who_propose_at_once_make_one_proposal(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.paid(buyer, seller)
    answers: list[object] = []

    async def propose(user_id: int) -> None:
        answers.append(await world.do(ProposeCancel(user_id, trade.id)))

    async with trio.open_nursery() as nursery:
        nursery.start_soon(propose, buyer)
        nursery.start_soon(propose, seller)
    assert sorted(answer.reason if isinstance(answer, Refused) else "done" for answer in answers) == [
        "done",
        "proposed",
    ]


async def test_a_declined_trade_has_no_proposal_left(world: World) -> None:
    buyer, seller = await world.person(105), await world.person()
    trade = await world.paid(buyer, seller)
    await world.done(ProposeCancel(buyer, trade.id))
    assert (await world.done(DeclineTrade(seller, trade.id))).state == "declined"
    assert await world.available(buyer) == 105
