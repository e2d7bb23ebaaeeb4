"""The law that chaos judges by can be broken, and then says so."""

from __future__ import annotations

import pytest

from lockbay.sandbox.keyboard import Button
from scripts.chaos import law
from scripts.chaos.crowd import Member, Shown

STAFF = frozenset({9})


@pytest.mark.parametrize(
    ("before", "after", "operation", "key"),
    [
        ("paid", "released", "trades/release", "1.5.confirm"),  # no such move
        ("accepted", "released", "trades/elapse", "release.7"),  # the clock, where only the buyer may
        ("accepted", "released", "trades/release", "2.5.confirm"),  # the seller, in the buyer's place
        ("paid", "accepted", "trades/pay", "2.5.confirm"),  # not by that
        ("paid", "accepted", "trades/accept", "1.5.confirm"),  # the buyer, in the seller's place
        ("disputed", "resolved", "disputes/resolve", "2.5.confirm"),  # nobody of the staff
        ("awaiting_payment", "paid", None, None),  # by no operation at all
    ],
)
def test_a_move_against_the_law_is_found(before: str, after: str, operation: str | None, key: str | None) -> None:
    assert law.broken([("trade", 7, before, after, operation, key, 1, 2)], STAFF)


def test_legal_moves_are_none() -> None:
    rows = [
        ("trade", 7, "paid", "accepted", "trades/accept", "2.5.confirm", 1, 2),
        ("trade", 7, "accepted", "released", "trades/release", "1.5.confirm", 1, 2),
        ("trade", 7, "disputed", "resolved", "disputes/resolve", "9.5.confirm", 1, 2),
        ("cashout", 8, "requested", "cancelled", "cashout/cancel", "3.5.confirm", 3, None),
    ]
    assert law.broken(rows, STAFF) == []


def test_a_button_that_the_state_forbids_is_found() -> None:
    text = "📦 Trade T-7K3Q9: paid and held\n\nYou paid: 10 USDT"
    shown = Shown(1, text, ((Button("✅", "callback_data", "l:accept:7"), Button("🤝", "callback_data", "l:pay:7")),))
    assert law.Court(STAFF).judge(Member(5), shown) == [
        "accept on a trade that is paid and held, as its buyer",
        "pay on a trade that is paid and held, as its buyer",
    ]


@pytest.mark.parametrize("said", ["You get: 10 USDT", "You get, if released: 10 USDT"])
def test_a_sellers_page_is_judged_as_one(said: str) -> None:
    shown = Shown(1, f"⚖️ Trade T-7K3Q9X: disputed\n\n{said}", ((Button("🔓", "callback_data", "l:release:7"),),))
    assert law.Court(STAFF).judge(Member(5), shown) == ["release on a trade that is disputed, as its seller"]


def test_a_paid_trade_is_cancelled_only_while_nobody_has_joined() -> None:
    text = "🔒 Trade T-7K3Q9: paid and held\n\nSeller: {}\nYou paid: 10 USDT"
    cancel = ((Button("✖️", "callback_data", "l:cancel_trade:7"),),)
    alone, joined = (Shown(1, text.format(seller), cancel) for seller in ("sam (not here yet)", "sam"))
    assert law.Court(STAFF).judge(Member(5), alone) == []
    assert law.Court(STAFF).judge(Member(5), joined) == ["cancel_trade on a trade that is paid and held, as its buyer"]


def test_a_trade_that_was_shown_to_a_stranger_is_found_unless_they_may_have_its_link() -> None:
    trades = [("T-7K3Q9", 1, 2, None, "secret", "user3")]
    saw = [(1, "T-7K3Q9"), (3, "T-7K3Q9"), (4, "T-7K3Q9")]
    assert law.leaked(saw, [], trades) == ["4 was shown T-7K3Q9"]
    assert law.leaked(saw, ["i_secret"], trades) == []
