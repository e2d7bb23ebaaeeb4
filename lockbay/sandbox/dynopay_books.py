"""The local DynoPay's books: what was asked for, what came, and how its webhooks tell it (docs/apis.md §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

import orjson
from attrs import frozen

from lockbay.sandbox.wire import Json, Object, number

# Its name of a coin: the ticker whose addresses it has, and its price in the table of rates.
COINS: Final[Mapping[str, tuple[str, str]]] = {
    "BTC": ("btc", "BTC"),
    "ETH": ("eth", "ETH"),
    "LTC": ("ltc", "LTC"),
    "DOGE": ("doge", "DOGE"),
    "TRX": ("trx", "TRX"),
    "USDT-TRC20": ("trc20/usdt", "USDT"),
    "USDT-ERC20": ("erc20/usdt", "USDT"),
}
# Known to DynoPay, but this merchant has no wallet for them.
OTHERS: Final = (
    "BCH", "USDC-ERC20", "SOL", "XRP", "RLUSD", "RLUSD-ERC20", "POLYGON", "USDT-POLYGON",
)  # fmt: skip
MISTAKEN: Final = {
    "BTC": "LTC", "LTC": "BTC", "DOGE": "LTC", "TRX": "USDT-TRC20", "USDT-TRC20": "TRX", "ETH": "USDT-ERC20",
    "USDT-ERC20": "ETH",
}  # fmt: skip
UNIT: Final = {"TRX": Decimal("1e-6"), "USDT-TRC20": Decimal("1e-6"), "USDT-ERC20": Decimal("1e-6")}
FEE: Final = Decimal("0.015")
STATES: Final = {
    "payment.pending": "pending",
    "payment.confirmed": "done",
    "payment.underpaid": "underpaid",
    "payment.overpaid": "overpaid",
    "payment.settled": "settled",
}


def exact(value: Decimal, currency: str) -> Decimal:
    """To eight decimals, or to the coin's own if those are fewer."""
    return value.quantize(UNIT.get(currency, Decimal("1e-8")), ROUND_HALF_UP)


def moment(seconds: float) -> str:
    """As toISOString of JavaScript has it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@frozen
class Bill:
    """What one call of cryptoPayment made. `id` is both its transaction_id and the payment_id of all its events.

    `amount` is what was asked for in coins, `base_amount` in the base currency, `rate` the price of one coin in it;
    `meta_data` is JSON. `body` is the hash of what was posted under the idempotency key.
    """

    id: str
    key: str
    body: str
    currency: str
    address: str
    amount: str
    base_amount: str
    rate: str
    meta_data: str
    webhook_url: str
    callback_url: str
    fee_payer: str
    created: float

    def answer(self, qr_code: str) -> Object:
        """What cryptoPayment answers in `data`."""
        return {
            "transaction_id": self.id,
            "qr_code": qr_code,
            "address": self.address,
            "amount": number(Decimal(self.amount)),
            "currency": self.currency,
            "base_amount": number(Decimal(self.base_amount)),
            "base_currency": "USD",
        }

    def finals(self, total: Decimal) -> Sequence[str]:
        """The events of a confirmed payment, when so much has come in all. Nothing asked for: anything will do."""
        wanted = Decimal(self.amount)
        if total < wanted:
            return ("payment.underpaid", "payment.settled")
        over = ("payment.overpaid",) if 0 < wanted < total else ()
        return ("payment.confirmed", *over, "payment.settled")


@frozen
class Transfer:
    """Coins that came to a bill's address. `total`: all of that coin so far, this included: what webhooks tell.

    A forged one never came: only somebody else tells of it.
    """

    id: str
    bill: str
    currency: str
    value: str
    total: str
    txid: str
    at: float
    forged: bool = False


def payload(bill: Bill, transfer: Transfer, event: str, webhook_id: str, now: float) -> dict[str, Json]:
    """A webhook's body, without meta_data and timestamp."""
    total, rate = Decimal(transfer.total), Decimal(bill.rate)
    fee = exact(total * FEE, transfer.currency)
    return {
        "event": event,
        "payment_type": "direct_api",
        "payment_id": bill.id,
        "transaction_reference": transfer.txid,
        "txId": transfer.txid,
        "status": STATES[event],
        "payment_status": event.removeprefix("payment."),
        "address": bill.address,
        "amount": number(total),
        "currency": transfer.currency,
        "base_amount": number(Decimal(bill.base_amount)),
        "base_currency": "USD",
        "exchange_rate": number(rate),
        "merchant_amount": number(total - fee),
        "total_fee": number(fee),
        "total_fee_usd": number(fee * rate),
        "fee_payer": bill.fee_payer,
        "customer_name": "Default Customer",
        "customer_email": "",
        "webhook_id": webhook_id,
        "sent_at": moment(now),
        "created_at": moment(transfer.at),
    }


def state(bill: Bill, transfers: Sequence[Transfer], status: str) -> Object:
    """What getSingleTransaction and getCryptoTransaction answer in `data`: `amount` is what has come, as in webhooks.

    There is room for one coin: a wrong one is named only when nothing of the right one has come.
    The real names are not documented; these are those of its webhooks and of older clients.
    """
    wanted = [transfer for transfer in transfers if transfer.currency == bill.currency]
    last = next(reversed(wanted or transfers), None)
    arrived = number(Decimal(last.total) if last else Decimal(0))
    currency = last.currency if last else bill.currency
    return {
        "id": bill.id,
        "transaction_id": bill.id,
        "payment_id": bill.id,
        "transaction_reference": last.txid if last else None,
        "txId": last.txid if last else None,
        "status": STATES.get(status, status),
        "payment_status": status.removeprefix("payment."),
        "address": bill.address,
        "amount": arrived,
        "currency": currency,
        "paid_amount": arrived,
        "paid_currency": currency,
        "requested_amount": number(Decimal(bill.amount)),
        "base_amount": number(Decimal(bill.base_amount)),
        "base_currency": "USD",
        "meta_data": orjson.loads(bill.meta_data),
        "created_at": moment(bill.created),
    }
