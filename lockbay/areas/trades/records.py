"""Trades: what is asked of the database, and what it answers. Amounts are exact in their currency, times aware and in
UTC.

Every operation is atomic and exactly once per request key. Each may be Refused; beside the reasons named there:
`unknown_trade`, `not_yours` (the other side's move, or a stranger), `wrong_state` (details: state), `too_late` (the
deadline has passed), `blocked` (who is blocked creates, joins, pays and accepts nothing), `seller_blocked` (and nobody
creates or pays a trade with them).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.postgres.queries import Operation

State: TypeAlias = Literal[
    "awaiting_payment", "underpaid", "paid", "accepted", "delivered",
    "released", "cancelled", "expired", "declined", "refunded", "disputed", "resolved",
]  # fmt: skip
Role: TypeAlias = Literal["buyer", "seller"]
FeePayer: TypeAlias = Literal["buyer", "seller", "split"]
SellerKind: TypeAlias = Literal["username", "email", "phone", "link"]
Move: TypeAlias = Literal[
    "pay", "reduce", "cancel", "accept", "decline", "deliver", "release",
    "propose", "agree", "disagree", "withdraw", "give_back", "dispute",
]  # fmt: skip


@frozen
class TradeState:
    """A trade after an operation. `token` opens the invitation; None for clocks and sellers.
    `buyer_pays` is what is or was held, `seller_gets` what a release pays out.
    """

    id: int
    slug: str
    state: State
    version: int
    buyer_id: int
    seller_id: int | None
    seller: str
    currency: str
    amount: Decimal
    fee: Decimal
    buyer_pays: Decimal
    seller_gets: Decimal
    deadline: datetime | None
    token: str | None


@frozen
class CreateTrade(Operation[TradeState]):
    """A new trade that awaits the buyer's payment; a seller who is known by the handle is bound and told, one known by
    e-mail gets mail.

    `fee` and `total` (what the buyer pays) are what the person was shown. Refused: `terms_changed` (details: fee,
    total), `unknown_currency`, `inexact_amount`, `no_rate`, `below_minimum` and `above_maximum` (details: limit, worth;
    USD), `nothing_left` (the seller's fee is all of it), `daily_limit` and `hourly_limit` (details: limit, until),
    `unpaid_limit` (details: limit), `own_trade`, `bad_delivery` (details: shortest, longest), `bad_description`,
    `bad_seller`, `not_onboarded`.
    """

    file: ClassVar[str] = "trades/create"
    user_id: int
    currency: str
    amount: Decimal
    description: str
    delivery_hours: int
    fee_payer: FeePayer
    seller_kind: SellerKind
    seller: str  # as typed; "" for a link
    fee: Decimal
    total: Decimal


@frozen
class PayTrade(Operation[TradeState]):
    """Pays what is missing of the price out of the wallet, in the trade's currency. Refused: `terms_changed` (details:
    total), `insufficient` (details: currency, available, total, missing), and `parts_position` of ReduceTrade.
    """

    file: ClassVar[str] = "trades/pay"
    user_id: int
    trade_id: int
    amount: Decimal  # what is missing, as the buyer was shown


@frozen
class PaymentQuote:
    """What a payment costs in another currency, until `valid_until`. `price` is in `to_currency`, for one unit."""

    id: int
    trade_id: int
    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    price: Decimal
    valid_until: datetime


@frozen
class QuotePayment(Operation[PaymentQuote]):
    """Promises what is missing of the price in another of the buyer's currencies. Refused: `no_rate`, `terms_changed`
    (details: total; nothing is missing any more).
    """

    file: ClassVar[str] = "trades/quote"
    user_id: int
    trade_id: int
    currency: str


@frozen
class PayQuoted(Operation[TradeState]):
    """Pays out of another balance what was promised. Refused: `quote_expired` (too old, or used), `terms_changed`
    (details: total; something was paid meanwhile), `insufficient` (details: currency, available, total, missing).
    """

    file: ClassVar[str] = "trades/pay_quoted"
    user_id: int
    quote_id: int


@frozen
class ReduceTrade(Operation[TradeState]):
    """The buyer goes on with what has arrived; the seller, who would get less, accepts or declines. Refused:
    `terms_changed` (details: total; something was paid meanwhile, or counts at another price), `too_little` (it would
    be smaller than a trade may be, or nothing would be left for the seller), `parts_position` (details: currency, left;
    no more of it may be given for other coins that nothing is promised for any more).
    """

    file: ClassVar[str] = "trades/reduce"
    user_id: int
    trade_id: int
    held: Decimal  # what has arrived, as the buyer was shown


@frozen
class CancelTrade(Operation[TradeState]):
    """The buyer ends a trade that is not paid, or that no seller has joined; all that was paid comes back. Refused:
    `seller_there` (details: state; it is paid, and somebody has joined).
    """

    file: ClassVar[str] = "trades/cancel"
    user_id: int
    trade_id: int


@frozen
class JoinTrade(Operation[TradeState]):
    """Whoever opens the invitation becomes the seller; doing it again changes nothing. For a trade with an e-mail,
    a username or a phone number, the person's verified e-mail, current username or proven number must be that one: the
    token alone opens only a link.

    Refused: `unknown_invitation`, `own_trade`, `taken`, `not_for_you`, `ended` (details: state),
    `not_onboarded`.
    """

    file: ClassVar[str] = "trades/join"
    user_id: int
    token: str


@frozen
class AcceptTrade(Operation[TradeState]):
    """The seller takes a paid trade; the delivery window begins. Refused: `not_for_you` (the @username that the buyer
    named was theirs when the trade was made, and is not now).
    """

    file: ClassVar[str] = "trades/accept"
    user_id: int
    trade_id: int


@frozen
class DeclineTrade(Operation[TradeState]):
    """The seller refuses a trade that they have not accepted; the buyer gets back all that was paid."""

    file: ClassVar[str] = "trades/decline"
    user_id: int
    trade_id: int


@frozen
class DeliverTrade(Operation[TradeState]):
    """The seller says that it is delivered; possible until the refund."""

    file: ClassVar[str] = "trades/deliver"
    user_id: int
    trade_id: int


@frozen
class ReleaseTrade(Operation[TradeState]):
    """The buyer lets the money go, from the acceptance on: the seller's part to the seller, the fee is earned."""

    file: ClassVar[str] = "trades/release"
    user_id: int
    trade_id: int
