"""DynoPay: addresses for coins, each for one payment, and what arrived at them (docs/apis.md §4)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final
from urllib.parse import quote

import orjson

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.money import USD, plain, rounded
from lockbay.payments.client import LIMIT, Api, open_api
from lockbay.payments.provider import ASKED, WEBHOOKS, Opened, Unclear
from lockbay.payments.reading import identity, inner, is_word, number, text, written

NAME: Final = "dynopay"

# As in its API, and in its events.
NAMES: Final[Mapping[tuple[str, str], str]] = {
    ("USDT", "TRC20"): "USDT-TRC20",
    ("USDT", "ERC20"): "USDT-ERC20",
    ("BTC", "BTC"): "BTC",
    ("ETH", "ETH"): "ETH",
    ("LTC", "LTC"): "LTC",
    ("DOGE", "DOGE"): "DOGE",
    ("TRX", "TRX"): "TRX",
}
COINS: Final = {name: coin for coin, name in NAMES.items()}
NOMINAL: Final = Decimal(10)  # USD: it wants to be told an amount, and takes whatever arrives (docs/apis.md §4.1)

ARRIVED: Final = frozenset({"confirmed", "settled", "successful", "completed", "done"})
SEEN: Final = frozenset({"pending", "processing"})
# How much came, which it says before its own verification, too (docs/apis.md §4.2), and perhaps goes on to say.
VARIED: Final = frozenset({"underpaid", "overpaid"})


class DynoPay:
    """The Provider. Holds no state but its connections; any number of tasks may call."""

    name = NAME

    def __init__(self, api: Api, public_url: str) -> None:
        self._api = api
        self._webhook = public_url.rstrip("/") + WEBHOOKS + NAME

    def offers(self, currency: str, network: str) -> bool:
        return (currency, network) in NAMES

    async def open(self, payin: Payin) -> Opened:
        """The same payin gives the same address, by its Idempotency-Key. Raises ProviderUnavailable."""
        name = NAMES[payin.currency, payin.network]
        body = {
            "amount": orjson.Fragment(plain(rounded(payin.usd, USD) if payin.usd else NOMINAL)),
            "currency": name,
            "meta_data": {"reference": payin.reference},
            "webhook_url": self._webhook,
        }
        answer = await self._api.post("cryptoPayment", orjson.dumps(body), {"Idempotency-Key": payin.reference})
        data = inner(answer, "data")
        address, external_id = text(data, "address"), identity(data, "transaction_id", "payment_id")
        if address is None or not is_word(address) or external_id is None:
            raise ProviderUnavailable("DynoPay answered without address or transaction")
        if (text(data, "currency") or "").upper() != name:
            raise ProviderUnavailable("DynoPay answered with an address for another coin")
        return Opened(address, None, Decimal(0), external_id, lasts=False)

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        """What has arrived, if the answer says so beyond doubt: its form is not documented (docs/apis.md §4.1),
        `amount` alone may be what was asked for, and is never taken. Raises Unclear for less or more that is not
        verified.
        """
        if not payin.external_id:
            return []
        answer = await self._api.get(f"getSingleTransaction/{quote(payin.external_id, safe='')}")
        data = inner(answer, "data") or answer
        told = identity(data, "payment_id", "transaction_id", "id")
        state = _state(data)
        found = _payment(payin, payin.external_id, data, state) if told in (None, payin.external_id) else None
        if found and state in VARIED:
            raise Unclear(found.value, found.currency, [found])
        return [found] if found else []


def _state(data: Mapping[str, object]) -> str:
    """Less or more is no state when it says beside it that it has arrived."""
    states = [(text(data, name) or "").lower().removeprefix("payment.") for name in ("payment_status", "status")]
    told = [state for state in states if state] or [""]
    return told[-1] if told[0] in VARIED and told[-1] in ARRIVED else told[0]


def _payment(payin: Payin, event_id: str, data: Mapping[str, object], state: str) -> ApplyPayment | None:
    value, coin = received(data), text(data, "paid_currency") or text(data, "currency")
    if not value or coin is None or not is_word(coin) or state not in ARRIVED | SEEN | VARIED:
        return None
    currency, network = coin_of(coin)
    return ApplyPayment(
        provider=NAME,
        event_id=event_id,
        confirmed=state in ARRIVED,
        reference=payin.reference,
        nonce=None,
        address=payin.address,
        currency=currency,
        network=network,
        value=value,
        txid=txid_of(data),
        body=written(data),
        headers=ASKED,
    )


def received(fields: Mapping[str, object]) -> Decimal | None:
    """All that has arrived, where fields name it as that."""
    names = ("amount_received", "received_amount", "paid_amount")
    return next((value for name in names if (value := number(fields, name)) is not None), None)


def txid_of(fields: Mapping[str, object]) -> str:
    """Empty when it is not told."""
    return identity(fields, "txId", "transaction_reference", "incoming_tx_hash") or ""


def coin_of(name: str) -> tuple[str, str]:
    """Currency and network of a coin as DynoPay names it. One that we do not hold is told, too, as both."""
    return COINS.get(name.upper(), (name.upper(), name.upper()))


@asynccontextmanager
async def open_dynopay(url: str, api_key: str, public_url: str, limit: float = LIMIT) -> AsyncIterator[DynoPay]:
    """A DynoPay with connections of its own. Raises SettingsError."""
    async with open_api(url, {"x-api-key": api_key}, NAME, limit) as api:
        yield DynoPay(api, public_url)
