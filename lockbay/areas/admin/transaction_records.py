"""All that moves money: trades, cash-outs, deposits and exchanges in one list. For finance and owners."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.actors.person import Role
from lockbay.areas.admin.acts import Act
from lockbay.postgres.queries import View

Kind: TypeAlias = Literal["t", "c", "d", "x"]  # trade, cash-out, deposit, exchange


@frozen
class Place:
    """The last number of each kind that was shown; 0: none yet."""

    trades: int = 0
    cashouts: int = 0
    deposits: int = 0
    exchanges: int = 0


@frozen
class TransactionLine:
    """One of the list. `other` is the seller of a trade, the network of a cash-out, the provider of a deposit, the
    currency that an exchange led to.
    """

    kind: Kind
    id: int
    slug: str
    at: datetime
    state: str
    amount: Decimal
    currency: str
    person: str | None
    other: str | None


@frozen
class Transactions(View):
    """A page of them, the newest first; `kind` "a" is all, `state` "" any, `person` 0 anybody. The numbers are those of
    a Place.
    """

    file: ClassVar[str] = "admin/transactions"
    keys: ClassVar[tuple[str, ...]] = ("kind", "state", "person", "trades", "cashouts", "deposits", "exchanges")
    passes: ClassVar[bool] = True

    lines: tuple[TransactionLine, ...]
    next: Place | None
    of_whom: str | None


@frozen
class TransactionCase(View):
    """A trade, a deposit or an exchange. `person` is its buyer, who paid, or who exchanged; `other` the seller. `note`
    is the trade's description, or why a deposit fitted nothing. A trade's `fee` is what a release would earn; once it
    has ended, what was earned, with what of `held` went `to_seller` and `to_buyer`.
    """

    file: ClassVar[str] = "admin/transaction"
    keys: ClassVar[tuple[str, ...]] = ("kind", "id")
    passes: ClassVar[bool] = True

    kind: Kind
    id: int
    slug: str
    state: str
    at: datetime
    paid_at: datetime | None
    accepted_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    amount: Decimal
    currency: str
    fee: Decimal | None
    held: Decimal | None
    to_seller: Decimal | None
    to_buyer: Decimal | None
    other_amount: Decimal | None
    other_currency: str | None
    note: str = field(repr=False)
    person_id: int | None
    person: str | None
    other_id: int | None
    other: str | None
    provider: str | None
    network: str | None
    txid: str | None
    trade_id: int | None
    trade_slug: str | None
    unapplied_id: int | None
    is_disputed: bool
    viewer: Role
    actions: tuple[Act, ...]
