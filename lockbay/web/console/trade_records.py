"""Trades in the console: the search, and all that is known of one. No row for those who may not; see sql/console."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.postgres.queries import View
from lockbay.web.console.house_records import Act


@frozen
class ListedTrade:
    id: int
    slug: str
    state: str
    at: datetime
    amount: Decimal
    currency: str
    usd: Decimal
    buyer_id: int
    buyer: str
    seller_id: int | None
    seller: str | None
    due_at: datetime | None


@frozen
class TradeSearch(View):
    """A page of 25, the newest first; see sql/console/trades.sql for what `q` may be."""

    file: ClassVar[str] = "console/trades"
    keys: ClassVar[tuple[str, ...]] = ("q", "state", "before")

    trades: tuple[ListedTrade, ...]
    next: int | None


@frozen
class Moment:
    what: str
    at: datetime


@frozen
class Hold:
    """Money of the buyer; `began_by` and `ended_by` are transfers."""

    id: int
    amount: Decimal
    currency: str
    source: str
    began_by: int
    began_at: datetime
    ended_as: str | None
    ended_by: int | None
    ended_at: datetime | None


@frozen
class TradeTransfer:
    id: int
    kind: str
    note: str
    at: datetime


@frozen
class TradePayin:
    id: int
    reference: str
    provider: str | None
    network: str
    currency: str
    at: datetime


@frozen
class Message:
    """A line of a disputed trade's chat. Photos and documents stay with Telegram."""

    n: int
    role: str
    author: str
    kind: str
    text: str
    at: datetime


@frozen
class TradeFile(View):
    """All that is known of a trade. `to_seller`, `to_buyer` and `earned` are what `held` was divided into when it
    ended. `messages` is empty unless it was disputed, and for whoever decides no disputes.
    """

    file: ClassVar[str] = "console/trade"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    id: int
    slug: str
    state: str
    currency: str
    amount: Decimal
    fee: Decimal
    fee_payer: str
    seller_fee: Decimal
    held: Decimal | None
    payout: Decimal | None
    to_seller: Decimal | None
    to_buyer: Decimal | None
    earned: Decimal | None
    usd_worth: Decimal
    description: str
    delivery_hours: int
    seller_kind: str
    seller_handle: str
    ended_how: str | None
    buyer_id: int
    buyer: str
    seller_id: int | None
    seller: str | None
    due_at: datetime | None
    turn: str | None
    timeline: tuple[Moment, ...]
    holds: tuple[Hold, ...]
    transfers: tuple[TradeTransfer, ...]
    payins: tuple[TradePayin, ...]
    messages: tuple[Message, ...]
    is_disputed: bool
    actions: tuple[Act, ...]
