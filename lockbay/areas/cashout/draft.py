"""A cash-out before it is requested: what was answered so far, and what it comes to. Pure."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve, frozen

from lockbay.areas.cashout.records import CashoutStart, Coin, Cost, RequestCashout
from lockbay.areas.codes import Outgoing, outgoing
from lockbay.areas.destinations import Destination
from lockbay.money import EXACT


@frozen
class Quote:
    """The numbers that are shown and agreed to: the fee, and what arrives."""

    fee: Decimal
    net: Decimal

    @property
    def amount(self) -> Decimal:
        """What leaves the wallet."""
        return EXACT.add(self.fee, self.net)


@frozen
class Draft:
    """`amount` None: all there is when it is confirmed."""

    coin: Coin
    amount: Decimal | None
    cost: Cost
    destination: Destination

    def quote(self) -> Quote:
        """By what is known. With all of a small balance nothing may be left to arrive."""
        whole = self.coin.available if self.amount is None else self.amount
        return Quote(self.cost.fee, EXACT.subtract(whole, self.cost.fee))

    def renewed(self, start: CashoutStart) -> Draft:
        """By what is there now. A network that has closed stays as it was: the statement says so."""
        coin = start.coin(self.coin.currency) or self.coin
        cost = next((each for each in coin.networks if each.network == self.cost.network), self.cost)
        return evolve(self, coin=coin, cost=cost)

    def outgoing(self, net: Decimal) -> Outgoing:
        """What a code is for."""
        return outgoing(self.coin.currency, net, self.destination)

    def operation(self, user_id: int, net: Decimal, code: str | None) -> RequestCashout:
        """`net` is what the person agreed to."""
        to = self.destination
        return RequestCashout(
            user_id, self.coin.currency, self.cost.network, self.amount, net,
            to.address, to.bank_code, to.bank_name, to.account_name, to.label, code,
        )  # fmt: skip
