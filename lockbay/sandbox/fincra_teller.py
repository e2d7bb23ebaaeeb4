"""What comes to the local Fincra's accounts, and its webhook charge.successful (docs/apis.md §3.4).

Only success is told, to one URL. How often the real one tries is not documented; here it is as often as `PAUSES` says,
and then somebody has to resend it, as in Fincra's dashboard.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import httpx
import orjson
from attrs import evolve, field, frozen

from lockbay.sandbox import signing
from lockbay.sandbox.callbacks import Callbacks, Delivery, Verdict, post
from lockbay.sandbox.fincra_books import MISTAKEN, Charge, Checkout, charge_data, exact
from lockbay.sandbox.journal import Counters, Journal, Table
from lockbay.sandbox.till import Webhooks
from lockbay.sandbox.ways import Wish, plain
from lockbay.sandbox.wire import Object

PAUSES: Final = (5.0, 10.0, 20.0)  # seconds before each further try
SUCCESS: Final = "charge.successful"


@frozen
class FincraTeller:
    """Checkouts, charges, and who is told of them. Survives restarts."""

    secret: str = field(repr=False)
    callbacks: Callbacks = field(repr=False)
    counters: Counters = field(repr=False)
    webhooks: Webhooks
    clock: Callable[[], float]
    checkouts: Table[Checkout]
    charges: Table[Charge]
    name: str = "fincra"

    @classmethod
    def open(
        cls, journal: Journal, counters: Counters, secret: str, callbacks: Callbacks, webhooks: Webhooks,
        clock: Callable[[], float],
    ) -> FincraTeller:  # fmt: skip
        tables = journal.table("fincra_checkout", Checkout), journal.table("fincra_charge", Charge)
        return cls(secret, callbacks, counters, webhooks, clock, *tables)

    def checkout_of(self, reference: str) -> Checkout | None:
        return next((checkout for checkout in self.checkouts if checkout.reference == reference), None)

    def newest(self, checkout: Checkout) -> Charge | None:
        """The last one that has happened by now, told or not."""
        real = [charge for charge in self._to(checkout) if not charge.forged and self._has_happened(charge)]
        return real[-1] if real else None

    # the Payee

    def knows(self, to: str) -> bool:
        return self._found(to) is not None

    def pay(self, wish: Wish) -> list[str]:
        """Transfer naira to a checkout's account. Raises Impossible.

        There is only one event to a transfer; told out of order are two of them, each of half the amount.
        """
        checkout, sums = self._found(wish.to), wish.way.sums(wish.amount, exact)
        assert checkout is not None
        if wish.way.how == "out_of_order":
            half = exact(sums[0] / 2)
            sums = [half, sums[0] - half]
        charges = [self._charged(checkout, value, wish) for value in sums if value]
        told = charges[::-1] if wish.way.how == "out_of_order" else charges
        for charge in told:
            tellings = wish.way.tellings(self.clock(), [], [SUCCESS])
            self.callbacks.plan(self.name, charge.reference, tellings)
        return [charge.reference for charge in charges]

    def places(self) -> list[Object]:
        return [self.shown(checkout) for checkout in list(self.checkouts)[::-1]]

    def resent(self, uuid: str) -> Sequence[str] | None:
        return (SUCCESS,) if self.charges.get(uuid) else None

    def copies(self, uuid: str) -> Sequence[str]:
        return ("",)

    def shown(self, checkout: Checkout) -> Object:
        paid = [self._paid(charge) for charge in self._to(checkout)[::-1]]
        return {**checkout.as_json(), "callback": self.webhooks.of(self.name), "payments": paid}

    def _charged(self, checkout: Checkout, value: Decimal, wish: Wish) -> Charge:
        reference, currency = f"fcr-c-{secrets.token_hex(8)}", MISTAKEN if wish.way.how == "wrong_coin" else "NGN"
        session = "".join(str(secrets.randbelow(10)) for _ in range(30))
        number = self.counters.next("fincra_charge", 2_000_001)
        charge = Charge(reference, checkout.pay_code, plain(value), currency, session, self.clock(), number)
        return self.charges.put(reference, evolve(charge, forged=wish.way.how == "bad_signature"))

    def _found(self, to: str) -> Checkout | None:
        """By reference, pay code, account or link."""
        for checkout in self.checkouts:
            if to in (checkout.reference, checkout.pay_code, checkout.account, checkout.link):
                return checkout
        return None

    def _to(self, checkout: Checkout) -> list[Charge]:
        return [charge for charge in self.charges if charge.pay_code == checkout.pay_code]

    def _has_happened(self, charge: Charge) -> bool:
        told = self.callbacks.of(charge.reference)
        return not told or any(delivery.known(self.clock()) for delivery in told)

    def _paid(self, charge: Charge) -> Object:
        told = [delivery.as_json() for delivery in self.callbacks.of(charge.reference)]
        said: Object = {"uuid": charge.reference, "value": charge.value, "coin": charge.currency, "at": charge.at}
        return {**said, "forged": charge.forged, "deliveries": told}

    # the Teller

    def request(self, delivery: Delivery) -> httpx.Request | str:
        """The body is what JSON.stringify makes of it: compact, letters of all alphabets as they are."""
        url, charge = self.webhooks.of(self.name), self.charges.get(delivery.uuid)
        checkout = self.checkouts.get(charge.pay_code) if charge else None
        if not url:
            return "No webhook URL is set"
        if charge is None or checkout is None:
            return "There is no such charge"
        body = orjson.dumps({"event": SUCCESS, "data": charge_data(checkout, charge)})
        key = "somebody else's" if delivery.forged else self.secret
        return post(url, body, {"signature": signing.fincra(key, body)})

    def verdict(self, delivery: Delivery, status: int, text: str) -> Verdict:
        return Verdict.TAKEN if 200 <= status < 300 else Verdict.AGAIN

    def pause(self, tries: int) -> float | None:
        return PAUSES[tries - 1] if tries <= len(PAUSES) else None
