"""BlockBee: addresses for coins, and who paid to them (APIS.md §2; docs.blockbee.io).

Callbacks are asked for as GET: then the signature covers our own parameters, too.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

import httpx
import trio

from lockbay.errors import ProviderUnavailable
from lockbay.payments.client import open_client
from lockbay.payments.provider import WEBHOOKS, MadeAddress, Payment
from lockbay.payments.reading import is_word, number, objects, parse, text

NAME: Final = "blockbee"
LIMIT: Final = 7.0  # s for a whole call: the turn that waits for it may take 10

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
CONFIRMATIONS: Final = {"BTC": 2}  # all others: 1 (DESIGN §8)


class BlockBee:
    """The Provider. Holds no state but its connections; any number of tasks may call."""

    name = NAME

    def __init__(self, client: httpx.AsyncClient, public_url: str, limit: float = LIMIT) -> None:
        self._client = client
        self._limit = limit
        self._webhook = public_url.rstrip("/") + WEBHOOKS + NAME

    def offers(self, currency: str, network: str) -> bool:
        return (currency, network) in TICKERS

    async def make_address(self, user_id: int, currency: str, network: str, nonce: str) -> MadeAddress:
        """The same callback gives the same address (docs.blockbee.io/api/tickercreate). Raises ProviderUnavailable."""
        answer = await self._get(
            f"{TICKERS[currency, network]}/create/",
            callback=self._callback(user_id, currency, network, nonce),
            pending="1",
            confirmations=str(CONFIRMATIONS.get(currency, 1)),
        )
        address, minimum = text(answer, "address_in"), number(answer, "minimum_transaction_coin")
        if address is None or not is_word(address) or minimum is None or minimum < 0:
            raise ProviderUnavailable("BlockBee answered without address or minimum")
        return MadeAddress(address, minimum)

    async def payments(self, user_id: int, currency: str, network: str, nonce: str) -> list[Payment]:
        """Those that BlockBee has told or tried to tell; entries that cannot be read are left out."""
        callback = self._callback(user_id, currency, network, nonce)
        answer = await self._get(f"{TICKERS[currency, network]}/logs/", callback=callback)
        found = (_payment(entry) for entry in objects(answer, "callbacks"))
        return [payment for payment in found if payment is not None]

    def _callback(self, user_id: int, currency: str, network: str, nonce: str) -> str:
        query = urlencode({"user": user_id, "currency": currency, "network": network, "nonce": nonce})
        return f"{self._webhook}?{query}"

    async def _get(self, path: str, **query: str) -> Mapping[str, object]:
        # The causes stay out: their messages and frames hold the callback with its nonce.
        try:
            with trio.fail_after(self._limit):
                response = await self._client.get(path, params=query)
        except (httpx.HTTPError, trio.TooSlowError) as error:
            raise ProviderUnavailable(f"BlockBee does not answer: {type(error).__name__}") from None
        answer = parse(response.content)
        if response.status_code != httpx.codes.OK or answer is None or answer.get("status") != "success":
            raise ProviderUnavailable(f"BlockBee answered {response.status_code}: {_complaint(answer)}")
        return answer


def _complaint(answer: Mapping[str, object] | None) -> str:
    error = text(answer, "error") if answer else None
    return ascii(error[:200]) if error else "nothing to be read"


def _payment(entry: Mapping[str, object]) -> Payment | None:
    event_id, txid, value = text(entry, "uuid"), text(entry, "txid_in"), number(entry, "value_coin")
    if event_id is None or txid is None or value is None:
        return None
    return Payment(event_id, txid, value, confirmed=number(entry, "pending") == Decimal(0))


@asynccontextmanager
async def open_blockbee(url: str, api_key: str, public_url: str, limit: float = LIMIT) -> AsyncIterator[BlockBee]:
    """A BlockBee with connections of its own. The key travels in a header only: never in a URL, log or error.

    Raises SettingsError.
    """
    async with open_client(url, {"apikey": api_key}, "LOCKBAY_BLOCKBEE_URL", limit) as client:
        yield BlockBee(client, public_url, limit)
