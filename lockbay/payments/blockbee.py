"""BlockBee: addresses for coins, and who paid to them (docs/apis.md §2; docs.blockbee.io).

Callbacks are asked for as GET: then the signature covers our own parameters, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import LIMIT, Api, Declined, open_api
from lockbay.payments.provider import ASKED, WEBHOOKS, Opened
from lockbay.payments.reading import identity, is_word, number, objects, text, written

NAME: Final = "blockbee"

# As in their paths; in callbacks the slash is an underscore (docs.blockbee.io/get-started/tickers).
TICKERS: Final[Mapping[tuple[str, str], str]] = {
    ("USDT", "TRC20"): "trc20/usdt",
    ("USDT", "ERC20"): "erc20/usdt",
    ("BTC", "BTC"): "btc",
    ("ETH", "ETH"): "eth",
    ("LTC", "LTC"): "ltc",
    ("DOGE", "DOGE"): "doge",
    ("TRX", "TRX"): "trx",
}
COINS: Final = {ticker.replace("/", "_"): coin for coin, ticker in TICKERS.items()}
CONFIRMATIONS: Final = {"BTC": 2}  # all others: 1


class BlockBee:
    """The Provider. Holds no state but its connections; any number of tasks may call."""

    name = NAME

    def __init__(self, api: Api, public_url: str) -> None:
        self._api = api
        self._webhook = public_url.rstrip("/") + WEBHOOKS + NAME

    def offers(self, currency: str, network: str) -> bool:
        return (currency, network) in TICKERS

    async def open(self, payin: Payin) -> Opened:
        """The same callback gives the same address (docs.blockbee.io/api/tickercreate). Raises ProviderUnavailable."""
        answer = await self._get(
            payin,
            "create",
            callback=self._callback(reference=payin.reference, nonce=payin.nonce),
            pending="1",
            confirmations=str(CONFIRMATIONS.get(payin.currency, 1)),
        )
        address, minimum = text(answer, "address_in"), number(answer, "minimum_transaction_coin")
        if address is None or not is_word(address) or minimum is None or minimum < 0:
            raise ProviderUnavailable("BlockBee answered without address or minimum")
        return Opened(address, None, minimum)

    async def payments(self, payin: Payin) -> list[ApplyPayment]:
        """Those that BlockBee has told or tried to tell; entries that cannot be read are left out."""
        reference, answer = await self._logs(payin)
        found = (_payment(payin, reference, entry) for entry in objects(answer, "callbacks"))
        return [payment for payment in found if payment is not None]

    async def _logs(self, payin: Payin) -> tuple[str | None, Mapping[str, object]]:
        """Also for an address of before there were references: its callback, and so its events, name none."""
        callback = self._callback(reference=payin.reference, nonce=payin.nonce)
        try:
            return payin.reference, await self._get(payin, "logs", callback=callback)
        except Declined:
            if payin.trade_id is not None:
                raise
        place = {"currency": payin.currency, "network": payin.network}
        older = self._callback(user=str(payin.user_id), **place, nonce=payin.nonce)
        return None, await self._get(payin, "logs", callback=older)

    def _callback(self, **query: str) -> str:
        return f"{self._webhook}?{urlencode(query)}"

    async def _get(self, payin: Payin, endpoint: str, **query: str) -> Mapping[str, object]:
        answer = await self._api.get(f"{TICKERS[payin.currency, payin.network]}/{endpoint}/", query)
        if answer.get("status") != "success":
            raise ProviderUnavailable("BlockBee answered without success")
        return answer


def _payment(payin: Payin, reference: str | None, entry: Mapping[str, object]) -> ApplyPayment | None:
    event_id, txid, value = identity(entry, "uuid"), identity(entry, "txid_in"), number(entry, "value_coin")
    pending = number(entry, "pending")
    if event_id is None or txid is None or value is None or pending not in (0, 1):
        return None
    told = text(entry, "coin")
    currency, network = coin_of(told) if told and is_word(told) else (payin.currency, payin.network)
    return ApplyPayment(
        provider=NAME,
        event_id=event_id,
        confirmed=pending == Decimal(0),
        reference=reference,
        nonce=payin.nonce,
        address=payin.address,
        currency=currency,
        network=network,
        value=value,
        txid=txid,
        body=written(entry),
        headers=ASKED,
    )


def coin_of(name: str) -> tuple[str, str]:
    """Currency and network of a coin as callbacks name it. One that we do not hold is told, too, as both: the money is
    there, and somebody has to look after it.
    """
    coin = name.lower().replace("/", "_")
    return COINS.get(coin, (coin.upper(), coin.upper()))


@asynccontextmanager
async def open_blockbee(url: str, api_key: str, public_url: str, limit: float = LIMIT) -> AsyncIterator[BlockBee]:
    """A BlockBee with connections of its own. Raises SettingsError."""
    async with open_api(url, {"apikey": api_key}, NAME, limit) as api:
        yield BlockBee(api, public_url)
