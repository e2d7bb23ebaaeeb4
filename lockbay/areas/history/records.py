"""History: every movement of a person's money."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal

from attrs import frozen

from lockbay.postgres.queries import View


@frozen
class Movement:
    """One posting on one of the person's accounts; `amount` is negative when money left it.

    A `pay` is positive when more came for a trade than it needed, a `deposit` has a trade when it was paid already;
    parts of a price never touch a wallet. What was paid out had left the wallet with its `cashout`.
    """

    id: int
    at: datetime
    kind: Literal["deposit", "pay", "release", "refund", "opening", "cashout", "cashout_refund", "exchange"]
    account: Literal["available", "credit"]
    currency: str
    amount: Decimal
    balance_after: Decimal
    trade_id: int | None
    slug: str | None
    note: str


@frozen
class History(View):
    """One page, the newest first: chat.read(History, 0) begins, chat.read(History, page.next) goes on."""

    file: ClassVar[str] = "history/view"
    keys: ClassVar[tuple[str, ...]] = ("before",)

    movements: tuple[Movement, ...]
    next: int | None
