"""An exchange before it is confirmed: what was answered so far, and what it comes to. Pure."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve, frozen

from lockbay.areas.codes import Outgoing, outgoing
from lockbay.areas.destinations import Destination
from lockbay.areas.exchange.records import Coin, ConfirmExchange, Cost, ExchangeQuote
from lockbay.areas.proof import Typed
from lockbay.money import EXACT


@frozen
class Target:
    """Where what comes of it is sent on to, and what that costs."""

    cost: Cost
    to: Destination


@frozen
class Draft:
    """`amount` None: to be asked for. `quote` None: a new price is needed. `target` None: it stays in the wallet."""

    give: Coin
    get: Coin
    amount: Decimal | None = None
    quote: ExchangeQuote | None = None
    target: Target | None = None
    code: Typed | None = None

    def net(self, quote: ExchangeQuote) -> Decimal:
        """What arrives: in the wallet, or at the destination."""
        fee = self.target.cost.fee if self.target else Decimal(0)
        return EXACT.subtract(quote.to_amount, fee)

    def is_too_small(self, quote: ExchangeQuote) -> bool:
        """Whether the network does not send that little on."""
        return self.target is not None and quote.to_amount < self.target.cost.least

    def with_fee(self, fee: Decimal) -> Draft:
        """The network's fee is another one by now."""
        if self.target is None:
            return self
        return evolve(self, target=evolve(self.target, cost=evolve(self.target.cost, fee=fee)))

    def outgoing(self, quote: ExchangeQuote, net: Decimal) -> Outgoing:
        """What a code is for: none is asked for while all of it stays in the wallet."""
        assert self.target is not None
        return outgoing(quote.to_currency, net, self.target.to)

    def operation(self, user_id: int, quote: ExchangeQuote, net: Decimal) -> ConfirmExchange:
        """`net` is what the person agreed to."""
        if self.target is None:
            return ConfirmExchange(user_id, quote.id)
        to = self.target.to
        return ConfirmExchange(
            user_id, quote.id, self.target.cost.network, net, to.address, to.bank_code, to.bank_name, to.account_name,
            to.label, self.code.digits if self.code else None,
        )  # fmt: skip
