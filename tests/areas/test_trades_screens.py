"""The screens of trades, pure: every state on both sides, whatever people call themselves."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Literal, get_args

import pytest
from attrs import evolve

from lockbay.actors.words import words
from lockbay.areas.text import isolated
from lockbay.areas.trades import invitations, list_screens, moves, questions, screens
from lockbay.areas.trades.draft import Draft, Quote, Seller
from lockbay.areas.trades.records import (
    FeePayer,
    Move,
    Role,
    State,
)
from lockbay.areas.trades.views import Limit, Part, TradeLine, TradeList
from lockbay.money import ETH, Money
from tests.areas.drawing import EN, INVITATION, LATER, MOST, NASTY, PAGE, TERMS, Standing, shown
from tests.areas.sendable import leads_to, sent
from tests.clock import START

HEBREW = "דנה"


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("state", get_args(State))
def test_every_state_fits_into_a_message_and_leads_on(state: State, role: Role) -> None:
    page = evolve(
        PAGE, state=state, role=role, other=NASTY, description="&" * 1000, currency="ETH", amount=MOST, fee=MOST,
        buyer_pays=MOST, seller_gets=MOST, deliver_by=LATER, token="f" * 24 if role == "buyer" else None,
        may=get_args(Move), seller_kind="email", seller="&" * 254, paid_at=START, promised=MOST * 2,
        proposed_by="seller",
    )  # fmt: skip
    screen = screens.trade(EN, page, START, "lockbay_bot", screens.done(EN, "create"))
    assert "&" * 1000 in sent(screen)
    assert {"trades", "menu"} <= leads_to(screen)


def test_the_page_of_a_new_trade_reads_well() -> None:
    assert sent(shown(PAGE)).splitlines() == [
        "⏳ Trade T-7K3Q9X: not paid yet",
        "👉 Your turn until 22 Nov, 15:00 UTC (in 3 hours)",
        "",
        "Seller: Ben",
        "Amount: 100 USDT",
        "Fee: 5 USDT · you pay it",
        "You pay: 105 USDT",
        "In your wallet: 200 USDT",
        "Delivery within: 48 hours",
        "A bicycle",
        "LockBay holds your money until you release it. Not paid in time, the trade expires.",
    ]


def test_a_delivery_is_due_before_the_refund_and_both_times_are_shown() -> None:
    page = evolve(
        PAGE, state="accepted", turn="seller", deliver_by=LATER, refund_at=LATER + timedelta(hours=24),
        deadline=LATER + timedelta(hours=24),
    )  # fmt: skip
    in_time, late = shown(page), screens.trade(EN, page, LATER + timedelta(hours=1), "lockbay_bot")
    assert "The seller’s turn until 22 Nov, 15:00 UTC (in 3 hours)" in sent(in_time)
    assert "The seller’s turn until 23 Nov, 15:00 UTC (in 23 hours)" in sent(late)
    for screen in (in_time, late):
        assert "Refund to the buyer after: 23 Nov, 15:00 UTC" in sent(screen)


def test_a_trade_of_which_too_little_has_arrived_is_not_said_to_go_on() -> None:
    """What has arrived may be less than any trade, and then there is no button for it."""
    page = evolve(
        PAGE, state="underpaid", parts=(Part("USDT", Decimal(1), Decimal(1)),), may=("pay", "reduce", "cancel")
    )
    assert "Top up what is missing, go on with it if the seller agrees, or take it back." in sent(shown(page))
    less = shown(evolve(page, may=("pay", "cancel")))
    assert "What arrived is safe. Top up what is missing, or take it back." in sent(less)
    assert "go on" not in sent(less).lower()


def test_times_are_those_of_the_person() -> None:
    lagos = screens.trade(words("en", "Africa/Lagos"), PAGE, START, "lockbay_bot")
    assert "22 Nov, 16:00 (in 3 hours)" in sent(lagos)


@pytest.mark.parametrize(
    ("payer", "role", "said"),
    [
        ("buyer", "buyer", "you pay it"),
        ("buyer", "seller", "the buyer pays it"),
        ("seller", "buyer", "the seller pays it"),
        ("seller", "seller", "you pay it"),
        ("split", "seller", "half each"),
    ],
)
def test_the_fee_says_who_pays_it(payer: FeePayer, role: Role, said: str) -> None:
    assert f"Fee: 5 USDT · {said}" in sent(shown(evolve(PAGE, fee_payer=payer, role=role)))


def test_a_name_written_from_right_to_left_stays_in_its_place() -> None:
    page = evolve(PAGE, other=HEBREW)
    assert f"Seller: \u2068{HEBREW}\u2069\n" in sent(shown(page))


def test_a_name_cannot_turn_around_what_stands_beside_it() -> None:
    assert isolated("\u2069\u202e" + HEBREW) == f"\u2068{HEBREW}\u2069"


@pytest.mark.parametrize("move", get_args(moves.Asked))
def test_every_move_asks_before_it_is_done(move: moves.Asked) -> None:
    page = evolve(PAGE, may=(move,), currency="ETH", buyer_pays=MOST, seller_gets=MOST, available=MOST)
    screen = moves.question(EN, page, move)
    assert "T-7K3Q9X" in sent(screen)
    assert screen.rows[0][0].label == "✅ Confirm"
    assert {"trade", "menu"} == leads_to(screen)


def test_a_seller_who_would_get_less_is_told_before_accepting_and_on_the_page() -> None:
    page = evolve(
        PAGE, role="seller", state="paid", turn="seller", paid_at=START, buyer_pays=Decimal(60),
        seller_gets=Decimal("57.142857"), may=("accept", "decline"),
    )  # fmt: skip
    warning = "The buyer paid less: a release pays you 57.142857 USDT instead of 100 USDT."
    assert warning in sent(moves.question(EN, page, "accept"))
    assert warning in sent(shown(page))
    assert "Fee: 2.857143 USDT" in sent(shown(page))
    assert "You paid less: a release pays the seller 57.142857 USDT" in sent(shown(evolve(page, role="buyer")))
    assert "paid less" not in sent(shown(evolve(page, state="refunded", ended_at=LATER)))
    over = evolve(page, state="released", ended_at=LATER)
    assert "The buyer paid less: you got 57.142857 USDT instead of 100 USDT." in sent(shown(over))
    assert "You paid less: the seller got 57.142857 USDT instead of 100" in sent(shown(evolve(over, role="buyer")))
    whole = evolve(page, buyer_pays=Decimal(104), seller_gets=Decimal(100))  # what the tolerance forgives costs nobody
    assert "paid less" not in sent(moves.question(EN, whole, "accept")) + sent(shown(whole))


def test_a_proposal_is_shown_to_both_sides() -> None:
    page = evolve(PAGE, state="accepted", paid_at=START, proposed_by="seller", other_username="ben")
    assert "@ben proposes to cancel together: the buyer gets 105 USDT back." in sent(shown(page))
    assert "You have proposed to cancel together." in sent(shown(evolve(page, role="seller")))


@pytest.mark.parametrize(
    ("ended_how", "said"),
    [("agreed", "ended it together"), ("returned", "seller gave everything"), (None, "time ran out")],
)
def test_a_refunded_trade_says_why(ended_how: Literal["agreed", "returned"] | None, said: str) -> None:
    page = evolve(PAGE, state="refunded", turn=None, deadline=None, may=(), ended_at=LATER, ended_how=ended_how)
    assert said in sent(shown(page))


@pytest.mark.parametrize("state", ["declined", "refunded", "cancelled", "expired"])
def test_who_got_nothing_is_not_told_that_they_get_it_and_nobody_pays_a_fee(state: State) -> None:
    ended = evolve(PAGE, state=state, turn=None, deadline=None, may=(), ended_at=LATER)
    for page in (ended, evolve(ended, paid_at=START), evolve(ended, role="seller", paid_at=START)):
        said = sent(shown(page))
        assert "You get" not in said
        assert "You pay:" not in said
        assert "Fee:" not in said


def test_a_disputed_trade_promises_nobody_anything() -> None:
    page = evolve(
        PAGE, state="disputed", turn=None, deadline=None, may=(), paid_at=START, buyer_pays=Decimal(60),
        seller_gets=Decimal("57.142857"),
    )  # fmt: skip
    for role in get_args(Role):
        said = sent(shown(evolve(page, role=role)))
        assert "Fee, if released: 2.857143 USDT" in said
        assert ("You get, if released: 57.142857 USDT" in said) == (role == "seller")
        assert "You get:" not in said
        assert "you get " not in said


def test_what_a_buyer_paid_and_got_back_is_told() -> None:
    ended = evolve(PAGE, state="declined", turn=None, deadline=None, may=(), ended_at=LATER, paid_at=START)
    assert "Paid, and back in your wallet: 105 USDT" in sent(shown(ended))


@pytest.mark.parametrize(
    ("state", "buyers", "sellers"),
    [
        ("paid", "you get everything back", "the buyer gets everything back"),
        ("accepted", "you get everything back", "the buyer gets everything back"),
        ("declined", "you got everything back", "the buyer got everything back"),
        ("refunded", "you got everything back", "the buyer got everything back"),
        ("released", "released to the seller", "is in your wallet"),
    ],
)
def test_a_page_speaks_to_who_looks_at_it(state: State, buyers: str, sellers: str) -> None:
    page = evolve(PAGE, state=state, paid_at=START)
    assert buyers in sent(shown(page))
    assert sellers in sent(shown(evolve(page, role="seller")))


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_a_trade_that_was_not_paid_in_full_says_where_the_parts_are(state: State) -> None:
    page = evolve(PAGE, state=state, turn=None, deadline=None, may=(), ended_at=LATER)
    assert "It was not paid before it ended. What comes later is not lost" in sent(shown(page)), "it may have come"
    assert "What had arrived is back in your wallet." in sent(shown(evolve(page, in_part=True)))
    theirs = evolve(page, in_part=True, role="seller")
    assert "What had arrived is back in the buyer’s wallet." in sent(shown(theirs))


def test_the_question_and_the_review_show_the_level_and_its_discount() -> None:
    said = "Level 2: 10% of the fee are taken off already."
    draft = Draft(Seller("link"), Money.of(100, "USDT"), "A bicycle", 24, "buyer")
    for terms, expected in ((TERMS, True), (evolve(TERMS, level=1, discount_percent=Decimal(0)), False)):
        assert (said in sent(questions.payer(EN, terms, draft.amount))) == expected
        assert (said in sent(questions.review(EN, draft, draft.quote(terms.fee_percent), terms))) == expected
    assert "LockBay’s fee is 4.5%: 4.5 USDT" in sent(questions.payer(EN, TERMS, draft.amount))


@pytest.mark.parametrize("reached", get_args(Limit))
def test_a_limit_that_is_reached_is_said_before_anything_is_typed(reached: Limit) -> None:
    until = None if reached == "unpaid_limit" else START
    asked = sent(questions.seller(EN, evolve(TERMS, limit_reached=reached, limit_most=5, limit_until=until)))
    assert re.search(r"⚠️.*5", asked)
    assert ("The next one is possible from 22 Nov, 12:00 UTC on." in asked) == (until is not None)
    assert "⚠️" not in sent(questions.seller(EN, TERMS))


@pytest.mark.parametrize("standing", get_args(Standing))
def test_an_invitation_fits_and_leads_on(standing: Standing) -> None:
    page = evolve(INVITATION, standing=standing)
    screen = invitations.opened(EN, page, "token", START)
    assert "<b>&&&" in sent(screen)
    assert "menu" in leads_to(screen)
    assert ("Join" in str(screen.rows)) == (standing == "open")


def test_a_page_of_the_list_with_the_longest_of_everything_fits() -> None:
    line = TradeLine(
        2**62, "T-7K3Q9X", "seller", NASTY * 4, "accepted", "ETH", MOST, "😀&\n" * 300, True, LATER, START, 99
    )  # fmt: skip
    screen = list_screens.trades(EN, TradeList((line,) * 8, 2**62, 8), START, 2**62)
    assert sent(screen).count("T-7K3Q9X") == 8


def test_the_list_tells_the_seller_the_day_of_the_delivery_not_that_of_the_refund() -> None:
    """As the page does: the list gave them a day more than they had."""
    refund = LATER + timedelta(hours=24)
    line = TradeLine(
        1, "T-7K3Q9X", "seller", "Ana", "accepted", "USDT", Decimal(1), "x", True, refund, START, 0, deliver_by=LATER
    )
    page = TradeList((line,), None, 1)
    assert "· until 22 Nov, 15:00 UTC (in 3 hours)" in sent(list_screens.trades(EN, page, START, 0))
    assert "· until 23 Nov, 15:00 UTC" in sent(list_screens.trades(EN, page, LATER + timedelta(hours=1), 0))


def test_the_numbers_that_are_agreed_to_fit_into_the_button() -> None:
    amount = Money(Decimal("12.123456789012345678"), ETH)
    draft = Draft(Seller("email", "&" * 254), amount, "&" * 1000, 168, "split")
    quote = Quote(Decimal("0.606172839450617284"), Decimal("12.426543208737654320"))
    screen = questions.review(EN, draft, quote, TERMS)
    assert sent(screen)
    assert Quote.decoded(quote.encoded()) == quote
