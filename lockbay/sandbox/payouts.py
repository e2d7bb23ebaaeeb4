"""What the local providers were asked to send to people, how each of them takes that, and what they have left.

An end is a moment: before it a payout is being processed, from then on it is done or has failed, for whoever asks, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, Literal, TypeAlias

import trio
from attrs import evolve, frozen
from starlette.requests import Request
from starlette.responses import Response

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.blockbee_books import COINS
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.http import gone
from lockbay.sandbox.journal import Counters, Journal
from lockbay.sandbox.kraken_books import ASSETS
from lockbay.sandbox.wire import Object

State: TypeAlias = Literal["processing", "done", "failed"]
ENDS_AFTER: Final = 2.0  # seconds
LATE: Final = 10.0  # seconds
# How it is asked for, and what the page calls it.
HOWS: Final = {
    "succeed": "Pays",
    "fail": "Fails",
    "hold": "Waits for you",
    "no_funds": "Has no funds",
    "refuse": "Refuses",
    "timeout": "Never answers, pays",
    "lost": "Never answers, pays nothing",
    "late": "Pays, answers late",
    "slow": "Pays late, answers late",
    "error": "Answers an error, pays",
    "broken": "Answers an error, pays nothing",
    "silent": "Pays, never tells",
    "again": "Pays, tells twice",
}
# What each has to begin with.
STOCK: Final = {
    "NGN": "1000000000", "BTC": "100", "ETH": "1000", "LTC": "10000", "DOGE": "10000000", "TRX": "10000000",
    "USDT": "10000000",
}  # fmt: skip
# What it is paid from: provider, pot, coin.
POTS: Final[Mapping[str, Mapping[str, str]]] = {
    "fincra": {"NGN": "NGN"},
    "blockbee": {ticker: coin for ticker, (_, _, coin) in COINS.items() if coin != "DOGE"},
    "kraken": {asset: coin for asset, (_, coin, _) in ASSETS.items()},
}
PROVIDERS: Final = {"fincra": "Fincra", "blockbee": "BlockBee", "kraken": "Kraken"}


@frozen
class Order:
    """How a provider (empty: any of them) takes the next payouts: `times` of them, or all from now on.

    succeed: it is done `delay` seconds later. fail: it has failed by then. hold: somebody has to end it. no_funds,
    refuse: nothing is taken, and that is answered. timeout: taken, never answered. lost: neither. late: taken at once,
    answered after `delay`. slow: taken after `delay`, and answered then; until then nobody knows it. error: taken, and
    answered with an error. broken: the error without the effect. silent: only who asks learns of the end. again: the
    end is told twice.
    """

    how: str = "succeed"
    times: int | None = None
    delay: float | None = None
    provider: str = ""
    number: int = 0

    @property
    def lateness(self) -> float:
        return LATE if self.delay is None else self.delay

    def end(self, now: float) -> float | None:
        """When what is taken now will have ended, if nobody ends it before. None: not by itself."""
        own = self.how not in ("late", "slow") and self.delay is not None
        return None if self.how == "hold" else now + (self.delay if own and self.delay is not None else ENDS_AFTER)

    async def play(self, request: Request, take: Callable[[], Response], broken: Callable[[], Response]) -> Response:
        """The answer to a payout: `take` has the effect, `broken` is an error of the server. The body must be read."""
        if self.how == "lost":
            await gone(request)
        if self.how in ("lost", "broken"):
            return broken()
        if self.how == "slow":
            await trio.sleep(self.lateness)
        response = take()
        if self.how == "late":
            await trio.sleep(self.lateness)
        if self.how == "timeout":
            await gone(request)
        return broken() if self.how == "error" else response


@frozen
class Payout:
    """Money to be sent, once. `id` is the provider's own, `reference` the asker's where it has one. `amount` arrives,
    `fee` goes besides, both from the provider's `pot` for that coin. `details` and `number` are the provider's own.
    """

    provider: str
    id: str
    reference: str
    coin: str
    pot: str
    amount: str
    fee: str
    to: str
    title: str
    made: float
    how: str
    ends: float | None
    failed: bool = False
    reason: str = ""
    txid: str = ""
    details: str = ""
    number: int = 0

    def state(self, now: float) -> State:
        if self.ends is None or self.ends > now:
            return "processing"
        return "failed" if self.failed else "done"

    @property
    def costs(self) -> Decimal:
        return Decimal(self.amount) + Decimal(self.fee)


class Payouts:
    """All of them, and the ways in which the next ones are taken. Survives restarts."""

    def __init__(self, journal: Journal, counters: Counters, feed: Feed, clock: Callable[[], float]) -> None:
        self._table = journal.table("payout", Payout)
        self._orders = journal.table("payout_order", Order)
        self._filled = journal.table("payout_pot", str)
        self._counters, self.feed, self.clock = counters, feed, clock
        self._references = {(payout.provider, payout.reference): payout.id for payout in self._table}

    def all(self) -> list[Payout]:
        """Newest first."""
        return list(self._table)[::-1]

    def get(self, provider: str, id_: str) -> Payout | None:
        payout = self._table.get(id_)
        return payout if payout and payout.provider == provider else None

    def by_reference(self, provider: str, reference: str) -> Payout | None:
        return self._table.get(self._references.get((provider, reference), ""))

    def find(self, name: str) -> Payout:
        """By the provider's id, the asker's reference, or where it goes to: the newest. Raises Impossible."""
        for payout in self.all():
            if name in (payout.id, payout.reference, payout.to):
                return payout
        raise Impossible(f"There is no payout {name}.")

    def put(self, payout: Payout) -> Payout:
        """Remember it, and say that something is new."""
        self._table.put(payout.id, payout)
        if payout.reference:
            self._references[payout.provider, payout.reference] = payout.id
        self.feed.tell("payout", None, self.shown(payout))
        return payout

    def end(self, payout: Payout, *, failed: bool, reason: str = "") -> Payout:
        """It ends now, whatever was planned. One that has ended may end otherwise: banks send money back."""
        return self.put(evolve(payout, ends=self.clock(), failed=failed, reason=reason if failed else ""))

    def shown(self, payout: Payout) -> Object:
        """As the page and the tests see it."""
        return {
            "provider": payout.provider,
            "id": payout.id,
            "reference": payout.reference,
            "coin": payout.coin,
            "amount": payout.amount,
            "to": payout.to,
            "title": payout.title,
            "made": payout.made,
            "how": payout.how,
            "ends": payout.ends,
            "state": payout.state(self.clock()),
            "reason": payout.reason,
            "txid": payout.txid,
        }

    # how the next ones are taken

    def orders(self) -> list[Order]:
        return list(self._orders)

    def order(self, order: Order) -> None:
        """Those for a number of payouts come one after another; one for all that follow replaces its predecessor."""
        if order.times is None:
            for other in self._orders:
                if other.times is None and other.provider == order.provider:
                    self._orders.drop(other.number)
        number = self._counters.next("payout_order")
        self._orders.put(number, evolve(order, number=number))
        self.feed.tell("payout", None, {})

    def forget_orders(self) -> None:
        for order in self._orders:
            self._orders.drop(order.number)
        self.feed.tell("payout", None, {})

    def next_order(self, provider: str) -> Order:
        """How this payout is to be taken; uses the order up by one. What is for some goes before what is for all."""
        fits = [order for order in self._orders if order.provider in ("", provider)]
        fits.sort(key=lambda order: (order.times is None, not order.provider, order.number))
        if not fits:
            return Order()
        order = fits[0]
        if order.times == 1:
            self._orders.drop(order.number)
        elif order.times is not None:
            self._orders.put(order.number, evolve(order, times=order.times - 1))
        return order

    # what there is to pay from

    def left(self, provider: str, pot: str) -> Decimal:
        """What is in a pot. What failed is in it again."""
        filled = self._filled.get(f"{provider} {pot}") or STOCK[POTS[provider][pot]]
        return Decimal(filled) - self._spent(provider, pot)

    def fill(self, provider: str, pot: str, amount: Decimal) -> None:
        """From now on that much is in it."""
        self._filled.put(f"{provider} {pot}", str(amount + self._spent(provider, pot)))
        self.feed.tell("payout", None, {})

    def _spent(self, provider: str, pot: str) -> Decimal:
        now = self.clock()
        fits = (payout for payout in self._table if (payout.provider, payout.pot) == (provider, pot))
        return sum((payout.costs for payout in fits if payout.state(now) != "failed"), Decimal(0))
