"""Trades as people look at them: each view is one statement, with all that a flow needs. Amounts are exact in their
currency, times aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import Factory, frozen

from lockbay.areas.disputed import Reason
from lockbay.areas.standing import Standing
from lockbay.areas.trades.records import FeePayer, Move, Role, SellerKind, State
from lockbay.postgres.queries import View

Limit: TypeAlias = Literal["daily_limit", "hourly_limit", "unpaid_limit"]


@frozen
class TradeLine:
    """A trade in the list. `role` is the viewer's. `deadline` is whose turn it is's; `your_turn` says whether that is
    the viewer. `unread` counts what the other side wrote in the chat.
    """

    id: int
    slug: str
    role: Role
    other: str | None
    state: State
    currency: str
    amount: Decimal
    description: str
    your_turn: bool
    deadline: datetime | None
    created_at: datetime
    unread: int
    deliver_by: datetime | None = None


@frozen
class TradeList(View):
    """One page of a person's trades as buyer and seller, the open ones first, each the newest first:
    chat.read(TradeList, 0) begins, chat.read(TradeList, page.next) goes on.
    """

    file: ClassVar[str] = "trades/list"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    trades: tuple[TradeLine, ...]
    next: int | None
    turns: int


@frozen
class Part:
    """What has arrived of a price in one coin; `worth` is in the trade's currency: at a price that is promised until
    `price_until`, after that at the one of now, if that is lower.
    """

    currency: str
    amount: Decimal
    worth: Decimal
    price_until: datetime | None = None


@frozen
class TradeDispute:
    """The dispute of a trade: which side opened it, for which `reason`, and who got what in the end; None: not yet. A
    decision has a `why`.
    """

    role: Role
    reason: Reason
    opened_at: datetime
    why: str | None = None
    buyer_gets: Decimal | None = None
    seller_gets: Decimal | None = None
    fee: Decimal | None = None


@frozen
class TradePage(View):
    """A trade as one of its two sides sees it. `may` lists what the viewer can do now; `turn` is who has to move until
    `deadline`. The chat's `newest_message` is 0 before the first, None without a seller to write with. `parts` is what
    has arrived of a price of which some is still `missing`, `in_part` whether it came in parts. Once paid, `buyer_pays`
    is what was, and `seller_gets` may be less than was `promised`. `delivered_at` is when the seller marked it as
    delivered; None: not yet, or never. `proposed_by` wants to end it together; `ended_how` tells why it was refunded,
    and that the buyer released it; None: time ran out. `credit_back`, USDT, is what the viewer's fee credit would pay
    back of the fee now, or has; None: nothing. `barred` says of every other move why the viewer cannot make it now.
    """

    file: ClassVar[str] = "trades/page"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    id: int
    slug: str
    role: Role
    state: State
    other: str | None
    other_username: str | None
    seller_kind: SellerKind
    seller: str
    currency: str
    amount: Decimal
    fee_payer: FeePayer
    fee: Decimal
    buyer_pays: Decimal
    seller_gets: Decimal
    promised: Decimal
    in_part: bool
    missing: Decimal
    parts: tuple[Part, ...]
    description: str
    delivery_hours: int
    paid_at: datetime | None
    delivered_at: datetime | None
    deliver_by: datetime | None
    refund_at: datetime | None
    ended_at: datetime | None
    ended_how: Literal["agreed", "returned", "released"] | None
    proposed_by: Role | None
    turn: Role | None
    deadline: datetime | None
    token: str | None
    available: Decimal
    may: tuple[Move, ...]
    newest_message: int | None
    unread: int
    dispute: TradeDispute | None = None
    credit_back: Decimal | None = None
    other_slug: str | None = None  # of their page
    may_rate: bool = False
    barred: Mapping[Move, str] = Factory(dict)


@frozen
class Spendable:
    """What a person could trade with. `usd` is the worth of one unit; None: no fresh rate, no trade in it."""

    currency: str
    available: Decimal
    usd: Decimal | None


@frozen
class NewTrade(View):
    """Everything that the creation of a trade asks about. `fee_percent` is what this person pays, the discount of their
    level (0: none yet) taken off; `limit_reached` says why the next trade has to wait, `limit_until` how long; None:
    until one is paid or cancelled.
    """

    file: ClassVar[str] = "trades/new"

    username: str | None
    email: str | None
    currencies: tuple[Spendable, ...]
    fee_percent: Decimal
    level: int
    discount_percent: Decimal
    smallest_trade_usd: Decimal
    largest_trade_usd: Decimal
    limit_reached: Limit | None
    limit_most: int | None
    limit_until: datetime | None
    shortest_delivery_hours: int
    longest_delivery_hours: int
    sellers: tuple[str, ...]  # usernames of people bought from, the latest first


@frozen
class InvitationPage(View):
    """A trade as its invitation shows it to somebody who has the token. None: there is no such invitation.
    `standing` says what the viewer is to it: may join, has joined, is the buyer, or cannot join.
    """

    file: ClassVar[str] = "trades/invitation"
    keys: ClassVar[tuple[str, ...]] = ("token",)

    trade_id: int
    slug: str
    state: State
    buyer: str
    buyer_standing: Standing
    seller_kind: SellerKind
    currency: str
    amount: Decimal
    seller_fee: Decimal
    seller_gets: Decimal
    description: str
    delivery_hours: int
    deadline: datetime | None
    standing: Literal["open", "joined", "own_trade", "taken", "not_for_you", "ended"]
