"""Notices about trades, pure: reminders, and what happened."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import get_args

import pytest
from attrs import evolve

from lockbay.areas.trades.news_screens import notices
from lockbay.areas.trades.records import (
    Role,
    State,
)
from tests.areas.drawing import EN, LATER, NEWS
from tests.areas.sendable import leads_to, sent


@pytest.mark.parametrize(
    ("state", "role", "said", "button"),
    [
        ("awaiting_payment", "buyer", "The time to pay ends in 2 hours. Then the trade expires.", "Pay"),
        ("underpaid", "buyer", "The time to pay the rest ends in 2 hours.", "Top up"),
        ("paid", "seller", "The time to accept or decline ends in 2 hours.", "Accept"),
        ("accepted", "seller", "The time to deliver ends in 2 hours.", "delivered"),
        ("delivered", "buyer", "The time to check ends in 2 hours.", "Release"),
    ],
)
def test_a_reminder_says_how_long_is_left_and_has_the_moves_button(
    state: State, role: Role, said: str, button: str
) -> None:
    news = evolve(NEWS, state=state, role=role, deadline=LATER, told_at=LATER - timedelta(hours=2))
    screen = notices("lockbay_bot")["trade_reminder"].draw(EN, news)
    assert said in sent(screen)
    assert button in screen.rows[0][0].label
    assert "Until: 22 Nov, 15:00 UTC" in sent(screen)


def test_a_reduced_trade_is_told_with_both_amounts_and_its_buttons() -> None:
    news = evolve(NEWS, other="@ana", currency="USDT", seller_gets=Decimal("57.1"), promised=Decimal(100))
    screen = notices("lockbay_bot")["trade_reduced"].draw(EN, news)
    assert "@ana paid less than agreed: you would get 57.1 USDT instead of 100 USDT." in sent(screen)
    assert [button.label for button in screen.rows[0]] == ["✅ Accept", "🚫 Decline"]


@pytest.mark.parametrize(
    ("kind", "role", "state"),
    [
        ("trade_reduced", "seller", "paid"),
        ("trade_accepted", "buyer", "accepted"),
        ("trade_delivered", "buyer", "delivered"),
        ("trade_released", "buyer", "released"),
        ("trade_released", "seller", "released"),
        ("trade_reminder", "seller", "accepted"),
        ("trade_refunded", "buyer", "refunded"),
    ],
)
def test_news_of_a_trade_that_went_on_with_less_name_what_was_paid(kind: str, role: Role, state: State) -> None:
    news = evolve(
        NEWS, role=role, state=state, currency="USDT", amount=Decimal(100), buyer_pays=Decimal(60),
        seller_gets=Decimal("57.1"), promised=Decimal(100), in_part=True, is_paid=True,
    )  # fmt: skip
    whole = evolve(news, buyer_pays=Decimal(105), seller_gets=Decimal(100))
    draw = notices("lockbay_bot")[kind].draw
    assert "Agreed: 100 USDT\nPaid instead: 60 USDT" in sent(draw(EN, news))
    assert "Amount:" not in sent(draw(EN, news))
    assert "Amount: 100 USDT" in sent(draw(EN, whole))
    assert "Amount: 100 USDT" in sent(draw(EN, evolve(whole, is_paid=False, promised=None)))


@pytest.mark.parametrize("kind", sorted(notices("lockbay_bot")))
@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("token", [None, "f" * 24])
def test_every_notice_fits_names_the_trade_and_leads_to_it(kind: str, role: Role, token: str | None) -> None:
    notice = notices("lockbay_bot")[kind]
    screen = notice.draw(EN, evolve(NEWS, role=role, token=token))
    assert "&" * 1000 in sent(screen)
    assert "\n" not in sent(screen).splitlines()[0]  # the subject of a mail
    assert ({"trade", "menu"} <= leads_to(screen)) == (token is None)
    assert ("t.me/lockbay_bot?start=ffff" in sent(screen)) == (token is not None)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("awaiting_payment", "Pay when you are ready"),
        ("underpaid", "A part of the price is still missing"),
        ("paid", "Your money is held. The seller can accept or decline now"),
    ],
)
def test_who_hears_that_the_seller_joined_hears_how_the_trade_stands(state: State, said: str) -> None:
    notice = notices("lockbay_bot")["trade_joined"]
    text = sent(notice.draw(EN, evolve(NEWS, role="buyer", state=state, amount=Decimal(1), buyer_pays=Decimal(1))))
    assert said in text
    assert ("held" in text) == (state == "paid")
