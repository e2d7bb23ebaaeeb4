"""A local Fincra: https://api.fincra.com/checkout/payments, and its hosted page (docs/apis.md §3.2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

import orjson
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox import fincra_asks
from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.control import Handler, safely
from lockbay.sandbox.feed import Feed
from lockbay.sandbox.fincra_books import Checkout, state
from lockbay.sandbox.fincra_teller import FincraTeller
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import plain
from lockbay.sandbox.wire import NotJson, answer, number, parse_exactly

CODE: Final = "fcr-p-"


@frozen
class Keys:
    """What a merchant calls it with."""

    secret: str = field(repr=False)
    public: str = field(repr=False)
    business: str

    def stranger(self, request: Request, header: str = "", wanted: str = "") -> Response | None:
        """What somebody else is answered: without the secret key, or with another header than is wanted."""
        if "api-key" not in request.headers:
            return error("No API key found in request", "UNAUTHORIZED", 401)
        given = request.headers["api-key"], request.headers.get(header, "") if header else ""
        known = (self.secret, wanted)
        if all(secrets.compare_digest(one.encode(), two.encode()) for one, two in zip(given, known, strict=True)):
            return None
        return error("Invalid authentication credentials", "UNAUTHORIZED", 401)


@frozen
class Fincra:
    """Its API, and what its hosted page asks for. Survives restarts."""

    keys: Keys
    teller: FincraTeller
    feed: Feed = field(repr=False)
    clock: Callable[[], float]

    def routes(self, troubles: Troubles, page: Callable[[Request], Response]) -> list[BaseRoute]:
        def route(path: str, handler: Handler, method: str) -> Route:
            return Route(f"/fincra/checkout/payments{path}", troubles.around("fincra", handler), methods=[method])

        return [
            route("", self._create, "POST"),
            route("/merchant-reference/{reference}", self._verify, "GET"),
            Route("/fincra/pay/{code}", page),
            Route("/api/fincra/checkout/{code}", safely(self._checkout)),
        ]

    async def _create(self, request: Request) -> Response:
        if response := self.keys.stranger(request, "x-pub-key", self.keys.public):
            return response
        body = await read(request)
        if isinstance(body, Response):
            return body
        if problem := fincra_asks.problem(body):
            return error(problem, "VALIDATION_FAILED")
        if self.teller.checkout_of(str(body.get("reference", ""))):
            return error("Payment with this reference already exists", "DUPLICATE_REFERENCE")
        checkout = self._made(body, str(request.base_url))
        self.feed.tell("deposit", None, {"to": checkout.reference})
        data = {"link": checkout.link, "reference": checkout.reference, "payCode": checkout.pay_code}
        return answer({"status": True, "message": "Hosted link generated", "data": data})

    def _made(self, body: Mapping[str, object], base_url: str) -> Checkout:
        code, customer = CODE + secrets.token_hex(8), body["customer"]
        assert isinstance(customer, dict)
        checkout = Checkout(
            code,
            str(body.get("reference", code)),
            plain(Decimal(str(body["amount"]))),
            f"99{secrets.randbelow(10**8):08}",
            str(customer["name"]),
            str(customer["email"]),
            str(body.get("feeBearer", "business")),
            orjson.dumps(body["metadata"], default=number).decode() if "metadata" in body else "",
            str(body.get("redirectUrl", "")),
            f"{base_url}fincra/pay/{code}",
            self.clock(),
        )
        return self.teller.checkouts.put(code, checkout)

    async def _verify(self, request: Request) -> Response:
        if response := self.keys.stranger(request, "x-business-id", self.keys.business):
            return response
        checkout = self.teller.checkout_of(str(request.path_params["reference"]))
        if checkout is None:
            return error("Payment not found", "RESOURCE_NOT_FOUND", 404)
        data = state(checkout, self.teller.newest(checkout))
        return answer({"status": True, "message": "Payment fetched", "data": data})

    async def _checkout(self, request: Request) -> Response:
        """What the hosted page shows."""
        checkout = self.teller.checkouts.get(str(request.path_params["code"]))
        if checkout is None:
            raise Impossible("There is no such checkout.")
        return answer(self.teller.shown(checkout))


async def read(request: Request) -> Mapping[str, object] | Response:
    """The body, or what is answered to one that is none."""
    try:
        body = parse_exactly(await request.body())
    except NotJson:
        return error("Unexpected token in JSON", "BAD_REQUEST")
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return error("Content-Type must be application/json", "BAD_REQUEST")
    return body


def error(message: str, kind: str, status: int = 400) -> Response:
    return answer({"success": False, "error": message, "message": message, "errorType": kind}, status)
