"""A local BlockBee: https://api.blockbee.io/{ticker}/{endpoint}/, and a hand that pays.

Endpoints and parameters: https://docs.blockbee.io/api/tickercreate (docs/apis.md §2.2). The HTTP status of errors is
not documented; here it is 400, and 401 for the key.
"""

from __future__ import annotations

import base64
import io
import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode

import httpx
import orjson
import segno
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.addresses import address
from lockbay.sandbox.blockbee_books import COINS, MISTAKEN, Deposit, Payment, exact
from lockbay.sandbox.callbacks import Callbacks, Delivery, Verdict
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Journal, Table
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.signing import Signer
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import Wish, plain
from lockbay.sandbox.wire import Json, Object, answer, loopback_problem

LONGEST_REQUEST: Final = 8192


@frozen
class BlockBee:
    """Addresses and payments. Survives restarts."""

    api_key: str = field(repr=False)
    signer: Signer
    callbacks: Callbacks
    feed: Feed
    rates: Rates
    clock: Callable[[], float]
    first_retry: float
    deposits: Table[Deposit]
    payments: Table[Payment]
    name: str = "blockbee"

    @classmethod
    def open(
        cls, journal: Journal, api_key: str, signer: Signer, callbacks: Callbacks, feed: Feed, rates: Rates,
        clock: Callable[[], float], first_retry: float,
    ) -> BlockBee:  # fmt: skip
        tables = journal.table("deposit", Deposit), journal.table("payment", Payment)
        return cls(api_key, signer, callbacks, feed, rates, clock, first_retry, *tables)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        return [
            Route("/blockbee/pubkey/", self._pubkey),
            Route("/blockbee/info/", self._info_of_all),
            Route("/blockbee/{ticker:path}/{endpoint}/", troubles.around(self.name, self._endpoint)),
        ]

    # the Payee

    def knows(self, to: str) -> bool:
        return any(deposit.address == to for deposit in self.deposits)

    def pay(self, wish: Wish) -> list[str]:
        """Send coins to an address. Raises Impossible."""
        deposit = self._deposit(wish.to)
        ticker = MISTAKEN[deposit.ticker] if wish.way.how == "wrong_coin" else deposit.ticker
        sums = wish.way.sums(wish.amount, lambda value: exact(value, ticker))
        return [self._sent(deposit, ticker, value, wish) for value in sums]

    def places(self) -> list[Object]:
        return [self._shown(deposit) for deposit in list(self.deposits)[::-1]]

    def resent(self, uuid: str) -> Sequence[str] | None:
        return ("",) if self.payments.get(uuid) else None

    def copies(self, uuid: str) -> Sequence[str]:
        return ("",)

    def _sent(self, deposit: Deposit, ticker: str, value: Decimal, wish: Wish) -> str:
        number, now, price = str(uuid.uuid4()), self.clock(), plain(self.rates.price(COINS[ticker][2]))
        txids = secrets.token_hex(32), secrets.token_hex(32)
        wrong, forged = "" if ticker == deposit.ticker else ticker, wish.way.how == "bad_signature"
        payment = Payment(number, deposit.address, plain(value), *txids, now, price, coin=wrong, forged=forged)
        self.payments.put(number, payment)
        self.callbacks.plan(self.name, number, wish.way.tellings(now, [""] * deposit.pending, [""]))
        return number

    def _deposit(self, to: str) -> Deposit:
        return next(deposit for deposit in self.deposits if deposit.address == to)

    def _shown(self, deposit: Deposit) -> Object:
        paid: list[Json] = []
        for payment in self._payments_to(deposit)[::-1]:
            told = [delivery.as_json() for delivery in self.callbacks.of(payment.uuid)]
            coin = COINS[payment.coin or deposit.ticker][2]
            said: Object = {"uuid": payment.uuid, "value": payment.value, "coin": coin, "at": payment.at}
            paid.append({**said, "forged": payment.forged, "deliveries": told})
        return {**deposit.as_json(), "payments": paid}

    # the Teller

    def request(self, delivery: Delivery) -> httpx.Request | str:
        """Signed over the whole URL for GET, over the raw body for POST."""
        payment = self.payments.get(delivery.uuid)
        if payment is None:
            return "There is no such payment"
        deposit = self._deposit(payment.address)
        fields = payment.fields(deposit, pending=delivery.pending)
        if not deposit.post:
            mark = "&" if "?" in deposit.callback else "?"
            request = httpx.Request("GET", f"{deposit.callback}{mark}{urlencode(fields)}")
            signed = str(request.url).encode()
        else:
            signed = orjson.dumps(fields) if deposit.json else urlencode(fields).encode()
            kind = "application/json" if deposit.json else "application/x-www-form-urlencoded"
            request = httpx.Request("POST", deposit.callback, content=signed, headers={"content-type": kind})
        request.headers["x-ca-signature"] = self.signer.sign(signed + b"not this" if delivery.forged else signed)
        return request

    def verdict(self, delivery: Delivery, status: int, text: str) -> Verdict:
        return Verdict.TAKEN if (status, text) == (200, "*ok*") else Verdict.AGAIN

    def pause(self, tries: int) -> float | None:
        """Twice as long each time (BlockBee begins with 6 minutes)."""
        return self.first_retry * 2.0 ** (tries - 1)

    # BlockBee's own API

    async def _endpoint(self, request: Request) -> Response:
        ticker = str(request.path_params["ticker"]).lower()
        endpoints: Mapping[str, Callable[[str, Mapping[str, str]], Response]] = {
            "create": self._create,
            "info": self._info,
            "logs": self._logs,
            "qrcode": self._qrcode,
        }
        endpoint = endpoints.get(str(request.path_params["endpoint"]))
        query = dict(request.query_params)
        if not secrets.compare_digest(request.headers.get("apikey") or query.get("apikey", ""), self.api_key):
            return _error("API Key not valid", 401)
        if ticker not in COINS or endpoint is None:
            return _error("Ticker or endpoint not found", 404)
        if len(str(request.url)) > LONGEST_REQUEST:
            return _error("Request too long")
        return endpoint(ticker, query)

    def _create(self, ticker: str, query: Mapping[str, str]) -> Response:
        callback = query.get("callback", "")
        if problem := loopback_problem(callback):
            return _error(f"Callback {problem}" if problem == "URL not valid" else problem)
        deposit = self.deposits.get(f"{ticker} {callback}") or self._make(ticker, callback, query)
        return _success(
            address_in=deposit.address,
            address_out=deposit.address_out,
            callback_url=deposit.callback,
            priority=deposit.priority,
            minimum_transaction_coin=COINS[ticker][1],
        )

    def _make(self, ticker: str, callback: str, query: Mapping[str, str]) -> Deposit:
        flag = {name: query.get(name) == "1" for name in ("pending", "post", "json")}
        confirmations = query.get("confirmations", "1")
        deposit = Deposit(
            ticker,
            address(ticker, secrets.token_hex(16)),
            query.get("address") or address(ticker, "the merchant's wallet"),
            callback,
            self.clock(),
            **flag,
            confirmations=max(1, int(confirmations) if confirmations.isdecimal() else 1),
            priority=query.get("priority", "default"),
        )
        self.deposits.put(deposit.key, deposit)
        self.feed.tell("deposit", None, deposit.as_json())
        return deposit

    def _info(self, ticker: str, _: Mapping[str, str]) -> Response:
        return _success(**self._described(ticker))

    async def _info_of_all(self, _: Request) -> Response:
        return answer({ticker.replace("/", "_"): self._described(ticker) for ticker in COINS})

    def _described(self, ticker: str) -> dict[str, Json]:
        minimum = COINS[ticker][1]
        return {
            "coin": COINS[ticker][2],
            "ticker": ticker.replace("/", "_"),
            "minimum_transaction_coin": minimum,
            "minimum_fee_coin": "0",
            "fee_percent": "1.000",
        }

    def _logs(self, ticker: str, query: Mapping[str, str]) -> Response:
        deposit = self.deposits.get(f"{ticker} {query.get('callback', '')}")
        if deposit is None:
            return _error("Callback not found", 404)
        real = [payment for payment in self._payments_to(deposit) if not payment.forged]
        now, of = self.clock(), self.callbacks.of
        lines = [line for payment in real for line in payment.log_entries(deposit, of(payment.uuid), now)]
        return _success(
            callback_url=deposit.callback,
            address_in=deposit.address,
            address_out=deposit.address_out,
            notify_pending=deposit.pending,
            notify_confirmations=deposit.confirmations,
            priority=deposit.priority,
            callbacks=lines,
        )

    def _qrcode(self, _: str, query: Mapping[str, str]) -> Response:
        picture = io.BytesIO()
        segno.make(query.get("address", "")).save(picture, kind="png", scale=8)
        code = base64.b64encode(picture.getvalue()).decode()
        return _success(qr_code=code, payment_uri=query.get("address", ""))

    async def _pubkey(self, _: Request) -> Response:
        return _success(pubkey=self.signer.public_key)

    def _payments_to(self, deposit: Deposit) -> list[Payment]:
        return [payment for payment in self.payments if payment.address == deposit.address]


def _success(**fields: Json) -> Response:
    return answer({"status": "success", **fields})


def _error(what: str, status: int = 400) -> Response:
    return answer({"status": "error", "error": what}, status)
