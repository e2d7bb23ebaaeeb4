"""Payins, the places where people pay in, and the payments that providers tell us of."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import ClassVar, Literal, TypeAlias

from attrs import field, frozen

from lockbay.areas.payin import Payin as Payin  # trades know it, too; here for all who ask about payments
from lockbay.money import plain
from lockbay.postgres.queries import Operation, View


@frozen
class DepositInfo(View):
    """A person's own address for a currency on a network: chat.find(DepositInfo, "USDT", "TRC20"). None in it: not
    made yet.
    """

    file: ClassVar[str] = "deposits/info"
    keys: ClassVar[tuple[str, ...]] = ("currency", "network")

    payin: Payin | None


@frozen
class BankDeposit(View):
    """How little and how much a bank transfer to the wallet may be, in NGN."""

    file: ClassVar[str] = "deposits/bank"

    least: Decimal
    most: Decimal


Outcome: TypeAlias = Literal["credited", "part", "paid", "seen", "ignored", "unapplied"]


@frozen
class Applied:
    """What became of a payment. `credited`: to the wallet; `part`: of a trade's price; `paid`: it covers the trade;
    `seen`: not confirmed yet; `ignored`: told before. `amount` is what it moved, `credited` how much of that went to
    the wallet. `reason` is that of an unapplied one.
    """

    outcome: Outcome
    user_id: int | None
    trade_id: int | None
    amount: Decimal
    credited: Decimal
    reason: str | None


@frozen
class ApplyPayment(Operation[Applied]):
    """Keeps the raw event, and applies a confirmed payment once: to the wallet of whose payin it is, or to the trade
    that it is for, with what is over to the wallet. What fits no legal move becomes unapplied, in the same statement.

    Use `request_key`. `event_id` is the provider's name of the payment, `value` all of it that has arrived so far:
    a repetition moves nothing, a larger value the difference, in whatever order they come. `reference`, `nonce` and
    `address` are as told; `nonce` is None where the signature covers the reference. `doubted`: its provider should have
    confirmed it by now; what is new in it waits for people. Refused, and not remembered: `wrong_nonce` (it is not
    proven that this was meant for us).
    """

    file: ClassVar[str] = "deposits/apply"
    gathers: ClassVar[bool] = True
    provider: str
    event_id: str
    confirmed: bool
    reference: str | None
    nonce: str | None = field(repr=False)
    address: str | None
    currency: str
    network: str
    value: Decimal
    txid: str
    body: bytes = field(repr=False)
    headers: str = field(repr=False)
    doubted: bool = False

    @property
    def gathers_with(self) -> str:
        """Naira and coins touch other balances."""
        return "naira" if self.currency == "NGN" else "coins"

    @property
    def request_key(self) -> str:
        """Who paid how much where: what a provider repeats with other headers is the same request."""
        how = "doubted" if self.doubted else f"{self.confirmed:d}"
        told = (self.event_id, how, self.reference, self.address, self.currency, self.network)
        parts = json.dumps([*told, plain(self.value)]).encode()
        return f"{self.provider}.{hashlib.sha256(parts).hexdigest()[:40]}"


@frozen
class RequestPayin(Operation[Payin]):
    """The open payin for that purpose, else a new one that no provider has made yet.

    Without `trade_id` it is to the wallet: a coin's address is kept as long as it lasts, a bank transfer is of
    `amount`, in NGN, and its page is for one payment. For a trade the database says how much is missing, at a rate that
    is locked as long as the trade can be paid; then `amount` is None. Refused: `unknown_currency`, `bad_amount`
    (details: least, most), `no_rate`, `terms_changed` (nothing is missing any more), and those of a move in the trade.
    """

    file: ClassVar[str] = "deposits/request"
    user_id: int
    trade_id: int | None
    currency: str
    network: str
    amount: Decimal | None


@frozen
class FillPayin(Operation[Payin]):
    """Keeps what a provider made for a payin. What was kept before stays, and is answered: the payer sees one address.
    Refused: `unknown_payin`, `taken` (the address is another payin's already: the provider made a mistake).
    """

    file: ClassVar[str] = "deposits/fill"
    user_id: int
    payin_id: int
    provider: str
    address: str | None
    link: str | None
    external_id: str
    minimum: Decimal
    lasts: bool = True  # False: the provider may give the address to somebody else, so it is shown for a day at most


@frozen
class Kept:
    """It is kept."""


@frozen
class KeepUnreadable(Operation[Kept]):
    """Keeps an event that a provider signed and nobody could read, once, and tells the staff: money may be behind it.
    Use `request_key`.
    """

    file: ClassVar[str] = "deposits/keep_unreadable"
    provider: str
    digest: str
    problem: str
    body: bytes = field(repr=False)
    headers: str = field(repr=False)

    @classmethod
    def of(cls, provider: str, problem: str, body: bytes, headers: str) -> KeepUnreadable:
        return cls(provider, hashlib.sha256(body).hexdigest()[:40], problem, body, headers)

    @property
    def request_key(self) -> str:
        """One for the same words, whatever their headers are."""
        return f"{self.provider}.unreadable.{self.digest}"
