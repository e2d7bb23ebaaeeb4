"""A release before the seller has marked the delivery, in the chat: killed and replayed at every answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from lockbay.actors.parse import Pressed
from lockbay.actors.screen import Answer, Link, Screen
from lockbay.areas.trades import moves
from lockbay.areas.trades.records import DeliverTrade, ReleaseTrade, State
from lockbay.areas.trades.timers import ElapseTrade
from lockbay.postgres.database import Database
from tests.areas.disputing import opening
from tests.areas.drawing import EN, LATER, PAGE, shown
from tests.areas.people import ANA, BEN, do
from tests.areas.sendable import labels, leads_to, sent
from tests.areas.test_trades_agreement import held, told
from tests.areas.trading import PLAN, lost_turn, market, usdt
from tests.clock import START, MovedClock
from tests.talk import Talking, talks

talking = talks(PLAN)

RELEASE = "🔓 Release the money"
WARNINGS = (
    "has NOT marked it as delivered",
    "Release only if you have what you paid for",
    "This cannot be undone",
    "Nobody from LockBay will ever ask you to do this",
)


async def accepted(database: Database) -> str:
    await market(database)
    return await held(database, "accepted")


def styles(screen: Screen) -> dict[str, str | None]:
    return {each.label: each.style for row in screen.rows for each in row if isinstance(each, Answer | Link)}


async def test_the_buyer_releases_what_is_not_marked_as_delivered(database: Database, talking: Talking) -> None:
    ana, ben = talking(ANA), talking(BEN)
    trade_id = await accepted(database)
    await ana.open("trade", trade_id)
    assert "Release it only once you have what you paid for" in sent(ana.screen)
    await ana.press("Release")
    for warning in WARNINGS:
        assert warning in sent(ana.screen)
    await ana.press("Confirm")
    assert "Released." in sent(ana.screen)
    assert "completed" in sent(ana.screen)
    assert await usdt(database, ANA) == (395, 0)
    assert await usdt(database, BEN) == (100, 0)
    heard = await told(database, BEN)
    assert "100 USDT is in your wallet now" in sent(heard)
    assert {"wallet", "rate", "trade"} <= leads_to(heard)
    assert "completed" in sent(await ben.open("trade", trade_id))


async def test_the_seller_reads_that_they_may_and_cannot_do_it_for_them(database: Database, talking: Talking) -> None:
    trade_id = await accepted(database)
    ben = talking(BEN)
    page = await ben.open("trade", trade_id)
    assert "The buyer can release it as soon as they have it" in sent(page)
    assert RELEASE not in labels(page)
    assert "That is not your move" in sent(await ben.open("release", trade_id))


async def test_it_is_not_what_the_page_leads_to_before_it_is_marked(database: Database, talking: Talking) -> None:
    trade_id = await accepted(database)
    ana = talking(ANA)
    assert "release" not in leads_to(await told(database, ANA))
    early = await ana.open("trade", trade_id)
    assert labels(early).index(RELEASE) > labels(early).index("💬 Chat")
    assert styles(early)[RELEASE] is None
    await ana.press("Release")
    assert styles(ana.screen)["✅ Confirm"] == "danger"
    await do(database, DeliverTrade(BEN, int(trade_id)))
    usual = await ana.open("trade", trade_id)
    assert labels(usual)[0] == RELEASE
    assert styles(usual)[RELEASE] == "success"
    await ana.press("Release")
    assert not [warning for warning in WARNINGS[:2] if warning in sent(ana.screen)]
    assert styles(ana.screen)["✅ Confirm"] == "success"


async def test_what_was_marked_while_it_was_asked_is_released_as_confirmed(
    database: Database, talking: Talking
) -> None:
    trade_id = await accepted(database)
    ana = talking(ANA)
    await ana.open("release", trade_id)
    await do(database, DeliverTrade(BEN, int(trade_id)))
    await ana.press("Confirm")
    assert "Released." in sent(ana.screen)
    assert await usdt(database, BEN) == (100, 0)


async def test_of_two_screens_that_ask_one_releases(database: Database, talking: Talking) -> None:
    trade_id = await accepted(database)
    one, other = talking(ANA), talking(ANA)
    await one.open("release", trade_id)
    await other.open("release", trade_id)
    await one.press("Confirm")
    await other.press("Confirm")
    assert "no money moved" in sent(other.screen)
    assert "completed" in sent(other.screen)
    assert await usdt(database, BEN) == (100, 0)


async def test_a_release_whose_turn_was_lost_after_its_commit_is_answered_the_same(
    database: Database, clock: MovedClock
) -> None:
    trade_id = await accepted(database)
    first, again = await lost_turn(database, clock, ANA, "release", trade_id).answered(Pressed("confirm"))
    assert first == again
    assert "Released." in sent(again)
    assert await usdt(database, BEN) == (100, 0)


async def test_who_was_marking_it_meanwhile_sees_that_it_is_completed(database: Database, talking: Talking) -> None:
    trade_id = await accepted(database)
    ben = talking(BEN)
    await ben.open("deliver", trade_id)
    await do(database, ReleaseTrade(ANA, int(trade_id)))
    await ben.press("Confirm")
    assert "The buyer has released the money of this trade: you have it." in sent(ben.screen)
    assert "You got: 100 USDT" in sent(ben.screen)
    assert {"deliver", "give_back"}.isdisjoint(leads_to(ben.screen))


async def test_what_the_clock_gave_back_meanwhile_is_not_released(
    database: Database, talking: Talking, clock: MovedClock
) -> None:
    trade_id = await accepted(database)
    ana = talking(ANA)
    await ana.open("release", trade_id)
    clock.advance(timedelta(hours=72))
    await do(database, ElapseTrade(int(trade_id), "undelivered"))
    await ana.press("Confirm")
    assert "no money moved" in sent(ana.screen)
    assert "The time of this trade has run out: you have everything back." in sent(ana.screen)
    assert await usdt(database, ANA) == (500, 0)


async def test_who_gives_in_about_what_was_never_marked_is_warned_as_well(database: Database, talking: Talking) -> None:
    trade_id = await accepted(database)
    await do(database, opening(ANA, int(trade_id)))
    ana = talking(ANA)
    page = await ana.open("trade", trade_id)
    assert labels(page)[0] != RELEASE
    await ana.press("Release")
    for warning in WARNINGS:
        assert warning in sent(ana.screen)
    assert "Without a delivery in time" not in sent(ana.screen), "no time runs out while it is disputed"
    await ana.press("Confirm")
    assert "completed" in sent(ana.screen)


@pytest.mark.parametrize("state", ["accepted", "disputed"])
def test_the_question_says_what_nobody_can_get_back(state: State) -> None:
    page = evolve(PAGE, state=state, paid_at=START, may=("release",), other_username="ben", refund_at=LATER)
    said = sent(moves.question(EN, page, "release"))
    assert "Seller: @ben" in said
    assert "The seller gets: 100 USDT" in said
    assert ("Without a delivery in time, you get everything back" in said) == (state == "accepted")
    marked = sent(moves.question(EN, evolve(page, state="delivered", delivered_at=START), "release"))
    assert "Release only what you have received and checked." in marked
    assert "NOT" not in marked


def test_a_page_with_nothing_else_to_do_begins_with_the_chat() -> None:
    page = evolve(PAGE, state="accepted", paid_at=START, may=("release", "propose", "dispute"))
    assert [row[0].label for row in shown(page).rows][:2] == ["💬 Chat", RELEASE]
