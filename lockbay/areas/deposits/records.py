"""Deposits: addresses that people pay to, and the payments that providers tell us of."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar, Literal

from attrs import field, frozen

from lockbay.postgres.queries import Operation, View


@frozen
class DepositAddress:
    """Where a person pays to. Less than `minimum` never arrives."""

    currency: str
    network: str
    provider: str
    address: str
    nonce: str = field(repr=False)
    minimum: Decimal


@frozen
class DepositInfo(View):
    """A person's address for a currency on a network: chat.read(DepositInfo, "USDT", "TRC20"). None in it: not made
    yet.
    """

    file: ClassVar[str] = "deposits/info"
    keys: ClassVar[tuple[str, ...]] = ("currency", "network")

    address: DepositAddress | None


@frozen
class SaveAddress(Operation[DepositAddress]):
    """Keeps a new address of a provider. When there is one already for that currency and network, that one is answered
    and kept. Refused: `unknown_currency`, `taken` (the address belongs to somebody else: the provider made a mistake).
    """

    file: ClassVar[str] = "deposits/save_address"
    user_id: int
    currency: str
    network: str
    provider: str
    address: str
    nonce: str = field(repr=False)  # comes back in the provider's callback, where nobody can guess it
    minimum: Decimal


@frozen
class Deposit:
    """What became of a payment. `ignored`: it was told after it was confirmed. `reason` is that of an unapplied one."""

    outcome: Literal["credited", "seen", "ignored", "unapplied"]
    user_id: int | None
    amount: Decimal
    reason: Literal["unknown_address", "wrong_coin", "below_minimum", "bad_amount"] | None


@frozen
class CreditDeposit(Operation[Deposit]):
    """Keeps the raw event, and credits a confirmed payment once; one that fits nothing becomes unapplied, in the same
    statement.

    Use `request_key`. The provider's repetitions differ in headers and confirmations; only who paid how much where must
    be equal, else KeyReused is raised. `value` is what arrived, `network` as the provider writes it in our table of
    networks. Refused, and not remembered: `wrong_nonce` (it is not proven that this was meant for us).
    """

    file: ClassVar[str] = "deposits/credit"
    provider: str
    event_id: str
    pending: bool
    currency: str
    network: str
    address: str
    nonce: str | None = field(repr=False)  # None: the provider's signature covers the whole request
    value: Decimal
    txid: str
    body: bytes = field(repr=False)
    headers: str = field(repr=False)

    @property
    def request_key(self) -> str:
        """blockbee.<uuid>.<1 for pending, 0 for confirmed>"""
        return f"{self.provider}.{self.event_id}.{self.pending:d}"
