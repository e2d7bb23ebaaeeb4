"""The local BlockBee's books: addresses, payments to them, and callbacks that the service has to confirm.

Fields of callbacks: https://docs.blockbee.io/webhooks/custom-payment-flow-webhooks (APIS.md section 2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from attrs import frozen

from lockbay.sandbox.wire import Json, Object, present

# Ticker: decimals, the least that BlockBee forwards, its price in the table of rates.
COINS: Final[Mapping[str, tuple[int, str, str]]] = {
    "btc": (8, "0.00008", "BTC"),
    "ltc": (8, "0.002", "LTC"),
    "doge": (8, "1", "DOGE"),
    "trx": (6, "10", "TRX"),
    "trc20/usdt": (6, "2", "USDT"),
    "eth": (18, "0.001", "ETH"),
    "erc20/usdt": (6, "10", "USDT"),
}
FEE: Final = Decimal("0.01")  # of the value, as BlockBee's 1 %


def coin_name(ticker: str) -> str:
    """As BlockBee's callbacks call it: trc20_usdt."""
    return ticker.replace("/", "_")


def exact(value: Decimal, ticker: str) -> Decimal:
    """To the coin's decimals."""
    return value.quantize(Decimal(1).scaleb(-COINS[ticker][0]), ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """Digits without exponent and without zeros behind."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@frozen
class Deposit:
    """An address made for a callback URL, and how its owner wants to be told."""

    ticker: str
    address: str
    address_out: str
    callback: str
    created: float
    pending: bool = False
    post: bool = False
    json: bool = False
    confirmations: int = 1
    priority: str = "default"

    @property
    def key(self) -> str:
        return f"{self.ticker} {self.callback}"

    def as_json(self) -> Object:
        return {
            "ticker": self.ticker,
            "address": self.address,
            "callback": self.callback,
            "created": self.created,
            "minimum": COINS[self.ticker][1],
        }


@frozen
class Payment:
    """Coins on their way to an address. Each is told of under its own uuid."""

    uuid: str
    address: str
    value: str
    txid_in: str
    txid_out: str
    at: float
    price: str

    def fields(self, deposit: Deposit, *, pending: bool) -> Mapping[str, str]:
        """What the callback says; all of it texts."""
        value = Decimal(self.value)
        fee = exact(value * FEE, deposit.ticker)
        said = {
            "uuid": self.uuid,
            "address_in": deposit.address,
            "address_out": deposit.address_out,
            "txid_in": self.txid_in,
            "coin": coin_name(deposit.ticker),
            "price": self.price,
            "pending": "1" if pending else "0",
            "value_coin": self.value,
            "confirmations": "0" if pending else str(deposit.confirmations),
        }
        if pending:
            return said
        forwarded = {"value_forwarded_coin": plain(value - fee), "fee_coin": plain(fee), "result": "sent"}
        return {**said, "txid_out": self.txid_out, **forwarded}


@frozen
class Delivery:
    """One callback until it is confirmed: when it is due, and what came of the tries."""

    id: int
    uuid: str
    pending: bool
    due: float
    tries: int = 0
    done: float | None = None
    last: str = ""

    def as_json(self) -> Object:
        state: Object = {"tries": self.tries, "due": self.due, **present(done=self.done, last=self.last)}
        return {"id": self.id, "uuid": self.uuid, "pending": self.pending, **state}


def log_entry(payment: Payment, delivery: Delivery) -> Json:
    """A line of /logs/."""
    return {
        "uuid": payment.uuid,
        "pending": int(delivery.pending),
        "value_coin": payment.value,
        "txid_in": payment.txid_in,
        "result": "done" if delivery.done else "pending",
        "next_try": None if delivery.done else delivery.due,
        "logs": [{"response": delivery.last, "tries": delivery.tries}],
    }
