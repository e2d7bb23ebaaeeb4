"""A local BlockBee: https://api.blockbee.io/{ticker}/{endpoint}/, and a hand that pays.

Endpoints and parameters: https://docs.blockbee.io/api/tickercreate (APIS.md section 2.2). The HTTP status of errors is
not documented; here it is 400, and 401 for the key.
"""

from __future__ import annotations

import base64
import io
import secrets
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final
from urllib.parse import urlsplit

import segno
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.addresses import address
from lockbay.sandbox.callbacks import Callbacks
from lockbay.sandbox.control import fields_of, safely, text_of
from lockbay.sandbox.deposits import COINS, Deposit, Payment, exact, log_entry, plain
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.journal import Journal, Table
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.wire import Json, Object, answer

LONGEST_REQUEST: Final = 8192
LATE: Final = 60.0  # seconds
CONFIRMED_AFTER: Final = 5.0  # seconds
HOWS: Final = ("exact", "short", "over", "twice", "pending", "late")


@frozen
class BlockBee:
    """Addresses and payments. Survives restarts."""

    api_key: str = field(repr=False)
    public_key: str = field(repr=False)
    callbacks: Callbacks
    feed: Feed
    rates: Rates
    clock: Callable[[], float]
    deposits: Table[Deposit]
    payments: Table[Payment]

    @classmethod
    def open(
        cls, journal: Journal, api_key: str, public_key: str, callbacks: Callbacks, feed: Feed, rates: Rates,
        clock: Callable[[], float],
    ) -> BlockBee:  # fmt: skip
        tables = journal.table("deposit", Deposit), journal.table("payment", Payment)
        return cls(api_key, public_key, callbacks, feed, rates, clock, *tables)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/blockbee/pubkey/", self._pubkey),
            Route("/blockbee/info/", self._info_of_all),
            Route("/blockbee/{ticker:path}/{endpoint}/", self._endpoint),
            Route("/api/blockbee", safely(self._list)),
            Route("/api/blockbee/pay", safely(self._pay), methods=["POST"]),
            Route("/api/blockbee/confirm", safely(self._confirm), methods=["POST"]),
        ]

    def pay(self, to: str, amount: Decimal, how: str = "exact", delay: float | None = None) -> list[Payment]:
        """Send coins to an address. Raises Impossible.

        exact: `amount`. short: nine tenths of it. over: eleven tenths. twice: two payments of it. pending: told as
        pending now and as confirmed after `delay` (or confirm()). late: nothing is told before `delay`.
        """
        deposit = self._deposit(to)
        part = {"short": Decimal("0.9"), "over": Decimal("1.1")}.get(how, Decimal(1))
        value = exact(amount * part, deposit.ticker)
        if how not in HOWS or value <= 0:
            raise Impossible(f"Pay more than nothing, and one of: {', '.join(HOWS)}.")
        return [self._sent(deposit, value, how, delay) for _ in range(2 if how == "twice" else 1)]

    def owner_of(self, number: str) -> tuple[Payment, Deposit] | None:
        payment = self.payments.get(number)
        return (payment, self._deposit(payment.address)) if payment else None

    def _sent(self, deposit: Deposit, value: Decimal, how: str, delay: float | None) -> Payment:
        number, now = str(uuid.uuid4()), self.clock()
        price = plain(self.rates.price(COINS[deposit.ticker][2]))
        txids = secrets.token_hex(32), secrets.token_hex(32)
        payment = self.payments.put(number, Payment(number, deposit.address, plain(value), *txids, now, price))
        seen = now + (LATE if delay is None else delay) if how == "late" else now
        confirmed = seen + (CONFIRMED_AFTER if delay is None else delay) if how == "pending" else seen
        if deposit.pending:
            self.callbacks.plan(number, pending=True, due=seen)
        self.callbacks.plan(number, pending=False, due=confirmed)
        self.feed.tell("payment", None, {"uuid": number, "address": deposit.address, "value": payment.value})
        return payment

    def _deposit(self, to: str) -> Deposit:
        for deposit in self.deposits:
            if deposit.address == to:
                return deposit
        raise Impossible(f"Nobody asked for the address {to}.")

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
        if problem := _callback_problem(callback):
            return _error(problem)
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
        lines = [log_entry(p, d) for p in self._payments_to(deposit) for d in self.callbacks.of(p.uuid)]
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
        return _success(pubkey=self.public_key)

    def _payments_to(self, deposit: Deposit) -> list[Payment]:
        return [payment for payment in self.payments if payment.address == deposit.address]

    # the hand that pays

    async def _list(self, _: Request) -> Response:
        return answer([self._shown(deposit) for deposit in list(self.deposits)[::-1]])

    def _shown(self, deposit: Deposit) -> Object:
        paid: list[Json] = []
        for payment in self._payments_to(deposit)[::-1]:
            told = [delivery.as_json() for delivery in self.callbacks.of(payment.uuid)]
            paid.append({"uuid": payment.uuid, "value": payment.value, "at": payment.at, "deliveries": told})
        return {**deposit.as_json(), "coin": COINS[deposit.ticker][2], "payments": paid}

    async def _pay(self, request: Request) -> Response:
        fields = await fields_of(request)
        delay = fields.get("delay")
        amount, how = _amount(text_of(fields, "amount")), text_of(fields, "how", "exact")
        seconds = float(delay) if isinstance(delay, int | float) else None
        payments = self.pay(text_of(fields, "address"), amount, how, seconds)
        return answer({"event": self.feed.latest, "uuids": [payment.uuid for payment in payments]})

    async def _confirm(self, request: Request) -> Response:
        count = self.callbacks.hurry(text_of(await fields_of(request), "uuid"))
        return answer({"event": self.feed.latest, "hurried": count})


def _callback_problem(callback: str) -> str:
    """Why BlockBee, or the sandbox, does not take a callback URL."""
    parts = urlsplit(callback)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "Callback URL not valid"
    if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return "The sandbox calls nobody but this machine"
    return ""


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or amount <= 0 or amount > 10**12:
        raise Impossible(f"“{text}” is not an amount.")
    return amount


def _success(**fields: Json) -> Response:
    return answer({"status": "success", **fields})


def _error(what: str, status: int = 400) -> Response:
    return answer({"status": "error", "error": what}, status)
