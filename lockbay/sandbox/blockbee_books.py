"""The local BlockBee's books: addresses, and payments to them.

Fields of callbacks: https://docs.blockbee.io/webhooks/custom-payment-flow-webhooks (docs/apis.md §2.3).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from attrs import frozen

from lockbay.sandbox.callbacks import Delivery
from lockbay.sandbox.ways import plain
from lockbay.sandbox.wire import Json, Object

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
# What somebody might send by mistake: mostly something that lives at the same address.
MISTAKEN: Final = {
    "btc": "ltc", "ltc": "btc", "doge": "ltc", "trx": "trc20/usdt", "trc20/usdt": "trx", "eth": "erc20/usdt",
    "erc20/usdt": "eth",
}  # fmt: skip


def coin_name(ticker: str) -> str:
    """As BlockBee's callbacks call it: trc20_usdt."""
    return ticker.replace("/", "_")


def exact(value: Decimal, ticker: str) -> Decimal:
    """To the coin's decimals."""
    return value.quantize(Decimal(1).scaleb(-COINS[ticker][0]), ROUND_HALF_UP)


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
        """As the page of payments shows it."""
        network, _, _ = self.ticker.rpartition("/")
        coin = COINS[self.ticker][2]
        return {
            "provider": "blockbee",
            "to": self.address,
            "title": f"{coin} on {network.upper()}" if network else coin,
            "coin": coin,
            "address": self.address,
            "callback": self.callback,
            "made": self.created,
            "minimum": COINS[self.ticker][1],
        }


@frozen
class Payment:
    """Coins sent to an address once; `uuid` names it in every callback. `coin` is its ticker when it is a wrong one.

    A forged one was never sent: only somebody else tells of it.
    """

    uuid: str
    address: str
    value: str
    txid_in: str
    txid_out: str
    at: float
    price: str
    coin: str = ""
    forged: bool = False

    def fields(self, deposit: Deposit, *, pending: bool) -> Mapping[str, str]:
        """What the callback says; all of it texts."""
        value, ticker = Decimal(self.value), self.coin or deposit.ticker
        fee = exact(value * FEE, ticker)
        said = {
            "uuid": self.uuid,
            "address_in": deposit.address,
            "address_out": deposit.address_out,
            "txid_in": self.txid_in,
            "coin": coin_name(ticker),
            "price": self.price,
            "pending": "1" if pending else "0",
            "value_coin": self.value,
            "confirmations": "0" if pending else str(deposit.confirmations),
        }
        if pending:
            return said
        forwarded = {"value_forwarded_coin": plain(value - fee), "fee_coin": plain(fee), "result": "sent"}
        return {**said, "txid_out": self.txid_out, **forwarded}

    def log_entries(self, deposit: Deposit, deliveries: list[Delivery], now: float) -> list[Json]:
        """Its lines of /logs/: what has happened by now is there, also when it is never told."""
        line: Object = {
            "uuid": self.uuid,
            "coin": coin_name(self.coin or deposit.ticker),
            "value_coin": self.value,
            "txid_in": self.txid_in,
        }
        untold: Object = {**line, "pending": 0, "result": "pending", "next_try": None, "logs": []}
        if not deliveries:
            return [untold]
        return [{**line, **_state(delivery)} for delivery in deliveries if delivery.known(now)]


def _state(delivery: Delivery) -> Object:
    return {
        "pending": int(delivery.pending),
        "result": "done" if delivery.done else "pending",
        "next_try": None if delivery.done else delivery.due,
        "logs": [{"response": delivery.last, "tries": delivery.tries}],
    }
