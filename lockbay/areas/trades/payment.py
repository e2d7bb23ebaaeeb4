"""The payment of a trade: everything that its buyer needs to choose a way to pay."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from attrs import frozen

from lockbay.areas.trades.records import Move
from lockbay.areas.trades.views import Part
from lockbay.postgres.queries import View


@frozen
class Purse:
    """A currency: what the buyer has of it, and what paying with it would cost now. None: there is no fresh price
    that enough sources agree on.
    """

    currency: str
    available: Decimal
    cost: Decimal | None

    @property
    def is_enough(self) -> bool:
        return self.cost is not None and self.available >= self.cost


@frozen
class Place:
    """Where the buyer can pay the trade already: what is missing, at the price that counts there."""

    currency: str
    network: str
    amount: Decimal


@frozen
class TradePayment(View):
    """The payment of a trade, for its buyer: chat.find(TradePayment, 17). None for everybody else.

    `purses` are all currencies, the trade's own first. `reduced` is what the seller would get when the buyer goes on
    with what has arrived. Costs are of now; what is charged is what a quote or a payin says.
    """

    file: ClassVar[str] = "trades/payment"
    keys: ClassVar[tuple[str, ...]] = ("trade_id",)

    id: int
    slug: str
    currency: str
    total: Decimal
    missing: Decimal
    deadline: datetime | None
    seller_gets: Decimal
    reduced: Decimal
    parts: tuple[Part, ...]
    purses: tuple[Purse, ...]
    places: tuple[Place, ...]
    may: tuple[Move, ...]

    @property
    def own(self) -> Purse:
        """The buyer's money in the trade's currency."""
        return self.purses[0]

    @property
    def arrived(self) -> Decimal:
        return self.total - self.missing

    def cost(self, currency: str, network: str = "") -> Decimal | None:
        """What paying in a currency costs: at the price of the place that there is for it already, if any."""
        for place in self.places:
            if place.currency == currency and network in ("", place.network):
                return place.amount
        return next((purse.cost for purse in self.purses if purse.currency == currency), None)
