"""History: every movement of a person's money, and statements of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import frozen

from lockbay.postgres.queries import Operation, View

Account: TypeAlias = Literal["available", "credit"]
Format: TypeAlias = Literal["csv", "pdf"]


@frozen
class Movement:
    """One posting on one of the person's accounts; `amount` is negative when money left it.

    A `pay` is positive when more came for a trade than it needed, a `deposit` has a trade when it was paid already;
    parts of a price never touch a wallet. What was paid out had left the wallet with its `cashout`. `slug` is of the
    trade, or of the cash-out. `note` is the transaction of a deposit; of other kinds it is not for people to read.
    """

    id: int
    at: datetime
    kind: str
    account: Account
    currency: str
    amount: Decimal
    balance_after: Decimal
    trade_id: int | None
    slug: str | None
    note: str


@frozen
class History(View):
    """One page, the newest first: chat.read(History, 0, "all", "all") begins, page.next instead of 0 goes on. Looked
    for are movements of a kind (in, out, trades, exchange, fees) and of a currency; `currencies` are those that the
    person has. A page can be short, or empty, and not be the last.
    """

    file: ClassVar[str] = "history/view"
    keys: ClassVar[tuple[str, ...]] = ("before", "kind", "currency")

    movements: tuple[Movement, ...]
    next: int | None
    currencies: tuple[str, ...]


@frozen
class ReceiptTrade:
    """The trade that money moved for. `fee` is what a release would earn, or was earned when it `ended`; `share` this
    person's part of it, None when that is not the fee that was agreed: of less money, or by a decision.
    """

    id: int
    slug: str
    description: str
    currency: str
    amount: Decimal
    ended: bool
    fee: Decimal
    share: Decimal | None


@frozen
class ReceiptCashout:
    """Where it went. `txid` is there when it is known."""

    id: int
    slug: str
    network: str
    net: Decimal
    fee: Decimal
    address: str
    bank_name: str
    account_name: str
    txid: str | None


@frozen
class ReceiptExchange:
    """What was given for what. `price` is in `to_currency`, for one unit."""

    from_currency: str
    from_amount: Decimal
    to_currency: str
    to_amount: Decimal
    price: Decimal


@frozen
class Receipt(View):
    """One movement and what it was for. `network`: which a payment came over."""

    file: ClassVar[str] = "history/receipt"
    keys: ClassVar[tuple[str, ...]] = ("posting",)

    movement: Movement
    trade: ReceiptTrade | None
    cashout: ReceiptCashout | None
    exchange: ReceiptExchange | None
    network: str | None


@frozen
class StatementStart(View):
    """What a statement can be of. No currency: nothing has moved yet."""

    file: ClassVar[str] = "history/currencies"

    currencies: tuple[str, ...]


@frozen
class AskStatement(Operation[int]):
    """Orders a statement, which is sent when it is made; answers the order's id. What is in it is fixed at once.

    `period` is what the file says of it (Period.value); null times: from the first movement, up to the last. Refused:
    `nothing` (there is no such account), `too_many` (three are under way).
    """

    file: ClassVar[str] = "history/ask_statement"
    user_id: int
    period: str
    from_at: datetime | None
    until_at: datetime | None
    currency: str
    format: Format


@frozen
class Span:
    """One account in a statement. `opening` is what it had before, `closing` what after; by the ledger."""

    account: Account
    currency: str
    first: int
    last: int
    opening: Decimal
    closing: Decimal

    @property
    def movements(self) -> int:
        return self.last - self.first + 1


@frozen
class Ordered:
    """What a statement was ordered of. `cut`: it has the newest movements only, as many as fit a file."""

    period: str
    currency: str
    cut: bool
    spans: tuple[Span, ...]
