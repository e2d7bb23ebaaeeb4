"""A local DynoPay: https://api.dynopay.com/api/user/{endpoint} (docs/apis.md §4.1)."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import orjson
import segno
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.addresses import address
from lockbay.sandbox.control import Handler
from lockbay.sandbox.dynopay_books import COINS, OTHERS, Bill, exact, state
from lockbay.sandbox.dynopay_teller import DynoPayTeller
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.rates import Rates
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import plain
from lockbay.sandbox.wire import Json, NotJson, answer, loopback_problem, number, parse_exactly

LARGEST_META: Final = 2048  # bytes
FEE_PAYERS: Final = ("company", "customer")


class Refused(Exception):
    """An error answer. Its status and message are what is told."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


@frozen
class DynoPay:
    """Its API: bills are asked for, and asked about. Survives restarts."""

    api_key: str = field(repr=False)
    teller: DynoPayTeller
    feed: Feed = field(repr=False)
    rates: Rates
    clock: Callable[[], float]

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        def route(path: str, handler: Handler, method: str) -> Route:
            around = troubles.around(self.teller.name, self._guarded(handler))
            return Route(f"/dynopay/{path}", around, methods=[method])

        return [
            route("cryptoPayment", self._create, "POST"),
            route("getSingleTransaction/{id}", self._by_id, "GET"),
            route("getCryptoTransaction/{address}", self._by_address, "GET"),
            route("getSupportedCurrency", self._currencies, "GET"),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            try:
                if not secrets.compare_digest(request.headers.get("x-api-key", "").encode(), self.api_key.encode()):
                    raise Refused("Invalid API key", 403)
                return await handler(request)
            except Refused as refused:
                return answer({"success": False, "message": str(refused)}, refused.status)
            except NotJson:
                return answer({"success": False, "message": "The body must be a JSON object"}, 400)

        return handle

    async def _create(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            raise Refused("Content-Type must be application/json")
        body = await request.body()
        key, hashed = request.headers.get("idempotency-key", ""), hashlib.sha256(body).hexdigest()
        bill = self.teller.bill_of(key) if key else None
        if bill is not None and bill.body != hashed:
            raise Refused("Idempotency-Key was used with another body", 409)
        if bill is None:
            bill = self.teller.bills.put(*self._made(parse_exactly(body), key, hashed))
            self.feed.tell("deposit", None, {"to": bill.address})
        return _success("Payment created", bill.answer(_qr_code(bill.address)))

    def _made(self, body: Mapping[str, object], key: str, hashed: str) -> tuple[str, Bill]:
        """Raises Refused."""
        base, currency = _amount(body), _currency(body)
        ticker, code = COINS[currency]
        payment_id, rate = str(uuid.uuid4()), self.rates.price(code)
        bill = Bill(
            payment_id,
            key,
            hashed,
            currency,
            address(ticker, secrets.token_hex(16)),
            plain(exact(base / rate, currency)),
            plain(base),
            plain(rate),
            _meta_data(body),
            _url(body, "webhook_url"),
            _url(body, "callback_url"),
            _fee_payer(body),
            self.clock(),
        )
        return payment_id, bill

    async def _by_id(self, request: Request) -> Response:
        return self._state(self.teller.bills.get(str(request.path_params["id"])))

    async def _by_address(self, request: Request) -> Response:
        to = request.path_params["address"]
        return self._state(next((bill for bill in self.teller.bills if bill.address == to), None))

    def _state(self, bill: Bill | None) -> Response:
        if bill is None:
            raise Refused("Transaction not found", 404)
        return _success("Transaction", state(bill, *self.teller.known(bill)))

    async def _currencies(self, _: Request) -> Response:
        return _success("Supported currencies", list(COINS))


def _amount(body: Mapping[str, object]) -> Decimal:
    amount = body.get("amount")
    if not isinstance(amount, Decimal) or not amount.is_finite() or not 0 <= amount <= 10**9:
        raise Refused('"amount" must be a number that is 0 or more')
    try:
        return amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise Refused('"amount" is not a number') from None


def _currency(body: Mapping[str, object]) -> str:
    currency = body.get("currency")
    if currency in OTHERS:
        raise Refused(f"No wallet is configured for {currency}")
    if not isinstance(currency, str) or currency not in COINS:
        raise Refused(f'"currency" must be one of {", ".join((*COINS, *OTHERS))}')
    return currency


def _meta_data(body: Mapping[str, object]) -> str:
    """As JSON."""
    meta = body.get("meta_data", {})
    if not isinstance(meta, dict):
        raise Refused('"meta_data" must be an object')
    try:
        written = orjson.dumps(meta, default=number)
    except TypeError:
        raise Refused('"meta_data" cannot be kept') from None
    if len(written) > LARGEST_META:
        raise Refused('"meta_data" must not have more than 2 KB')
    return written.decode()


def _url(body: Mapping[str, object], name: str) -> str:
    url = body.get(name, "")
    if not isinstance(url, str):
        raise Refused(f'"{name}" must be a URL')
    if url and (problem := loopback_problem(url)):
        raise Refused(f'"{name}": {problem}')
    return url


def _fee_payer(body: Mapping[str, object]) -> str:
    payer = body.get("fee_payer", "company")
    if not isinstance(payer, str) or payer not in FEE_PAYERS:
        raise Refused('"fee_payer" must be company or customer')
    return payer


def _qr_code(to: str) -> str:
    return str(segno.make(to).png_data_uri(scale=8))


def _success(message: str, data: Json) -> Response:
    return answer({"success": True, "message": message, "data": data})
