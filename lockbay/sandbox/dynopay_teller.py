"""What comes to the local DynoPay's addresses, and its webhooks (docs/apis.md §4.2).

Each event goes out twice, as with a merchant who has set a company URL: to the payment's webhook_url, and to the
company URL under another webhook id, with meta_data as a JSON string, and also signed with a secret of yesterday.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

import httpx
import orjson
from attrs import evolve, field, frozen

from lockbay.sandbox.callbacks import Callbacks, Delivery, Verdict, post
from lockbay.sandbox.dynopay_books import COINS, MISTAKEN, Bill, Transfer, exact, payload
from lockbay.sandbox.journal import Journal, Table
from lockbay.sandbox.signing import dynopay_v1, dynopay_v2
from lockbay.sandbox.till import Webhooks
from lockbay.sandbox.ways import Wish, plain
from lockbay.sandbox.wire import Json, Object

PAUSES: Final = (1.0, 2.0)  # seconds before the second and the third try; there is no fourth
MISSES: Final = 5  # 404s in a row
DISABLED: Final = 24 * 3600.0
PENDING: Final = "payment.pending"
COMPANY: Final = "company"
PUBLIC_SECRET: Final = "default-webhook-secret"  # noqa: S105  stands for the one that was readable by everybody


@frozen
class Url:
    """How a URL has answered of late: 404s in a row, and until when nothing is sent there."""

    misses: int = 0
    until: float = 0.0


@frozen
class DynoPayTeller:
    """Bills, transfers, and who is told of them. Survives restarts."""

    secret: str = field(repr=False)
    callbacks: Callbacks = field(repr=False)
    webhooks: Webhooks
    clock: Callable[[], float]
    bills: Table[Bill]
    transfers: Table[Transfer]
    urls: Table[Url]
    name: str = "dynopay"

    @classmethod
    def open(
        cls, journal: Journal, secret: str, callbacks: Callbacks, webhooks: Webhooks, clock: Callable[[], float]
    ) -> DynoPayTeller:
        bills, transfers = journal.table("dynopay_bill", Bill), journal.table("dynopay_transfer", Transfer)
        return cls(secret, callbacks, webhooks, clock, bills, transfers, journal.table("dynopay_url", Url))

    def bill_of(self, key: str) -> Bill | None:
        """The bill that was made under an idempotency key."""
        return next((bill for bill in self.bills if bill.key == key), None)

    def known(self, bill: Bill) -> tuple[list[Transfer], str]:
        """What has come by now, and the newest event of it."""
        found, status = list[Transfer](), "waiting"
        for transfer in self._to(bill):
            told = self.callbacks.of(transfer.id)
            names = [delivery.name for delivery in told if delivery.known(self.clock())]
            if not transfer.forged and (names or not told):
                found.append(transfer)
                finals = bill.finals(Decimal(transfer.total))
                status = next((name for name in reversed(finals) if name in names or not told), PENDING)
        return found, status

    # the Payee

    def knows(self, to: str) -> bool:
        return any(bill.address == to for bill in self.bills)

    def pay(self, wish: Wish) -> list[str]:
        """Send coins to an address. Raises Impossible."""
        bill = next(bill for bill in self.bills if bill.address == wish.to)
        currency = MISTAKEN[bill.currency] if wish.way.how == "wrong_coin" else bill.currency
        sums = wish.way.sums(wish.amount, lambda value: exact(value, currency))
        return [self._sent(bill, currency, value, wish) for value in sums]

    def places(self) -> list[Object]:
        return [self._shown(bill) for bill in list(self.bills)[::-1]]

    def resent(self, uuid: str) -> Sequence[str] | None:
        """URLs that were given up are tried again."""
        transfer = self.transfers.get(uuid)
        if transfer is None:
            return None
        for url, known in self.urls.items():
            self.urls.put(url, evolve(known, misses=0, until=0.0))
        return self._bill(transfer).finals(Decimal(transfer.total))

    def copies(self, uuid: str) -> Sequence[str]:
        return ("", COMPANY)

    def _sent(self, bill: Bill, currency: str, value: Decimal, wish: Wish) -> str:
        before = [t for t in self._to(bill) if t.currency == currency and not t.forged]
        total = value + (Decimal(before[-1].total) if before else 0)
        number, forged = str(uuid.uuid4()), wish.way.how == "bad_signature"
        texts = plain(value), plain(total), secrets.token_hex(32)
        self.transfers.put(number, Transfer(number, bill.id, currency, *texts, self.clock(), forged))
        tellings = wish.way.tellings(self.clock(), [PENDING], bill.finals(total))
        self.callbacks.plan(self.name, number, tellings, [""] if forged else self.copies(number))
        return number

    def _to(self, bill: Bill) -> list[Transfer]:
        return [transfer for transfer in self.transfers if transfer.bill == bill.id]

    def _bill(self, transfer: Transfer) -> Bill:
        bill = self.bills.get(transfer.bill)
        assert bill is not None
        return bill

    def _shown(self, bill: Bill) -> Object:
        ticker, coin = COINS[bill.currency]
        network, _, _ = ticker.rpartition("/")
        return {
            "provider": self.name,
            "to": bill.address,
            "title": f"{coin} on {network.upper()}" if network else coin,
            "coin": coin,
            "address": bill.address,
            "callback": bill.webhook_url,
            "made": bill.created,
            "expected": bill.amount,
            "payments": [self._paid(transfer) for transfer in self._to(bill)[::-1]],
        }

    def _paid(self, transfer: Transfer) -> Object:
        told = [delivery.as_json() for delivery in self.callbacks.of(transfer.id)]
        said: Object = {"uuid": transfer.id, "value": transfer.value, "coin": COINS[transfer.currency][1]}
        return {**said, "at": transfer.at, "forged": transfer.forged, "deliveries": told}

    # the Teller

    def request(self, delivery: Delivery) -> httpx.Request | str:
        """Signed anew at each try, because a signature is good for five minutes; its webhook id stays."""
        url, now = self._url(delivery), self.clock()
        if not url:
            return "No webhook URL is set"
        if (known := self.urls.get(url)) and known.until > now:
            return "This URL is disabled: it answered 404 five times in a row"
        payload, webhook_id = self._payload(delivery, now)
        headers = {
            "user-agent": "Dynopay-Webhook/1.0",
            "X-DynoPay-Event": delivery.name,
            "X-DynoPay-Timestamp": str(int(now)),
            "X-DynoPay-Webhook-Id": webhook_id,
            "X-DynoPay-Type": "webhook",
        }
        body = orjson.dumps(payload)
        return post(url, body, {**headers, **self._signatures(delivery, payload, body, int(now))})

    def verdict(self, delivery: Delivery, status: int, text: str) -> Verdict:
        url, now = self._url(delivery), self.clock()
        misses = (self.urls.get(url) or Url()).misses + 1 if status == 404 else 0
        if misses or self.urls.get(url):
            self.urls.put(url, Url(misses, now + DISABLED if misses >= MISSES else 0.0))
        if 200 <= status < 300:
            return Verdict.TAKEN
        return Verdict.NEVER if 400 <= status < 500 and status != 429 else Verdict.AGAIN

    def pause(self, tries: int) -> float | None:
        return PAUSES[tries - 1] if tries <= len(PAUSES) else None

    def _url(self, delivery: Delivery) -> str:
        transfer = self.transfers.get(delivery.uuid)
        own = self._bill(transfer).webhook_url if transfer else ""
        return (self.webhooks.of(self.name) or own) if delivery.copy == COMPANY else own or self.webhooks.of(self.name)

    def _payload(self, delivery: Delivery, now: float) -> tuple[dict[str, Json], str]:
        transfer = self.transfers.get(delivery.uuid)
        assert transfer is not None
        bill, webhook_id = self._bill(transfer), str(uuid.uuid5(uuid.NAMESPACE_URL, f"webhook {delivery.id}"))
        meta: Json = bill.meta_data if delivery.copy else orjson.Fragment(bill.meta_data)
        said = payload(bill, transfer, delivery.name, webhook_id, now)
        return {**said, "meta_data": meta, "timestamp": int(now)}, webhook_id

    def _signatures(self, delivery: Delivery, payload: Object, body: bytes, now: int) -> dict[str, str]:
        v1 = dynopay_v1(PUBLIC_SECRET if delivery.forged else self.secret, orjson.dumps({**payload, "timestamp": now}))
        right = dynopay_v2(PUBLIC_SECRET if delivery.forged else self.secret, now, body)
        retired = f"v1={dynopay_v2(self.secret + 'before', now, body)}," if delivery.copy else ""
        return {"X-DynoPay-Signature": v1, "X-DynoPay-Signature-V2": f"t={now},{retired}v1={right}"}
