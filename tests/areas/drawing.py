"""A trade, an invitation and news of them, with nothing special about them or with the longest of everything."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas.standing import Standing as Earned
from lockbay.areas.trades import screens
from lockbay.areas.trades.news import News
from lockbay.areas.trades.views import InvitationPage, NewTrade, TradePage
from tests.clock import START

Standing: TypeAlias = Literal["open", "joined", "own_trade", "taken", "not_for_you", "ended"]
EN = words("en", "UTC")
LATER = START + timedelta(hours=3)
MOST = Decimal("9999.123456789012345678")
NASTY = "<b>" + "&" * 61  # what a first name may be
PAGE = TradePage(
    id=2**62, slug="T-7K3Q9X", role="buyer", state="awaiting_payment", other="Ben", other_username=None,
    seller_kind="username", seller="@ben", currency="USDT", amount=Decimal(100), fee_payer="buyer", fee=Decimal(5),
    buyer_pays=Decimal(105), seller_gets=Decimal(100),
    promised=Decimal(100), in_part=False, missing=Decimal(105), parts=(), description="A bicycle", delivery_hours=48,
    paid_at=None, delivered_at=None, deliver_by=None, refund_at=None, ended_at=None, ended_how=None, proposed_by=None,
    turn="buyer", deadline=LATER, token=None, available=Decimal(200), may=("pay", "cancel"), newest_message=0, unread=0,
)  # fmt: skip
STANDING = Earned(Decimal("4.8"), 23, 1000, Decimal(10_000), 0, 6, START)
INVITATION = InvitationPage(
    trade_id=2**62, slug="T-7K3Q9X", state="paid", buyer=NASTY, buyer_standing=STANDING,
    seller_kind="link", currency="ETH", amount=MOST,
    seller_fee=MOST, seller_gets=MOST, description="&" * 1000, delivery_hours=1, deadline=LATER, standing="open",
)  # fmt: skip
NEWS = News(
    2**62, "T-7K3Q9X", "paid", "seller", NASTY, "ETH", MOST, MOST, MOST, "&" * 1000, LATER
)  # fmt: skip


TERMS = NewTrade(
    username="ana", email=None, currencies=(), fee_percent=Decimal("4.5"), level=2,
    discount_percent=Decimal(10), smallest_trade_usd=Decimal(2), largest_trade_usd=Decimal(10_000), limit_reached=None,
    limit_most=None, limit_until=None, shortest_delivery_hours=1, longest_delivery_hours=168, sellers=(),
)  # fmt: skip


def shown(page: TradePage) -> Screen:
    return screens.trade(EN, page, START, "lockbay_bot")
