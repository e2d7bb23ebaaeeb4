"""The local Fincra pays out: https://api.fincra.com/disbursements/payouts, and its webhooks (docs/apis.md §3.3, 3.4).

What is undocumented there: the fee, and the HTTP status of most errors.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import httpx
import orjson
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox import fincra_asks, signing
from lockbay.sandbox.callbacks import Callbacks, Delivery, Verdict, post
from lockbay.sandbox.control import Handler
from lockbay.sandbox.dynopay_books import moment
from lockbay.sandbox.fincra import Keys, error, read
from lockbay.sandbox.fincra_banks import BANKS, holder
from lockbay.sandbox.fincra_teller import PAUSES
from lockbay.sandbox.journal import Counters
from lockbay.sandbox.payouts import Order, Payout, Payouts
from lockbay.sandbox.till import Webhooks
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import Telling, plain
from lockbay.sandbox.wire import Object, answer, number, parse_object

PROVIDER: Final = "fincra"
FEE: Final = "50"  # naira
STATUSES: Final = {"processing": "processing", "done": "successful", "failed": "failed"}


@frozen
class FincraPayouts:
    """Its API, and the Teller of how payouts end. Survives restarts."""

    keys: Keys = field(repr=False)
    secret: str = field(repr=False)
    payouts: Payouts
    callbacks: Callbacks = field(repr=False)
    counters: Counters = field(repr=False)
    webhooks: Webhooks
    name: str = "fincra_payouts"

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        def route(path: str, handler: Handler, method: str) -> Route:
            return Route(f"/fincra/{path}", troubles.around(PROVIDER, handler), methods=[method])

        return [
            route("disbursements/payouts", self._create, "POST"),
            route("disbursements/payouts/customer-reference/{reference}", self._by_customer_reference, "GET"),
            route("disbursements/payouts/reference/{reference}", self._by_reference, "GET"),
            route("wallets", self._wallets, "GET"),
        ]

    async def _create(self, request: Request) -> Response:
        if response := self.keys.stranger(request):
            return response
        body = await read(request)
        if isinstance(body, Response):
            return body
        if problem := fincra_asks.payout_problem(body) or self._misfit(body):
            return error(problem, "VALIDATION_FAILED")
        if response := self._duplicate(body):
            return response
        order = self.payouts.next_order(PROVIDER)
        return await order.play(request, lambda: self._take(body, order), _broken)

    def _misfit(self, body: Mapping[str, object]) -> str:
        if body["business"] != self.keys.business:
            return '"business" is not yours'
        return "" if _beneficiary(body)["bankCode"] in BANKS else 'beneficiary: "bankCode" is unknown'

    def _duplicate(self, body: Mapping[str, object]) -> Response | None:
        if self.payouts.by_reference(PROVIDER, str(body["customerReference"])) is None:
            return None
        return error("A payout with this customerReference exists", "DUPLICATE_CUSTOMER_REFERENCE", 409)

    def _take(self, body: Mapping[str, object], order: Order) -> Response:
        if response := self._duplicate(body):  # it may have come while this one was slow
            return response
        amount = Decimal(str(body["amount"]))
        if order.how == "no_funds" or amount + Decimal(FEE) > self.payouts.left(PROVIDER, "NGN"):
            return error("You do not have enough money in your wallet", "NO_ENOUGH_MONEY_IN_WALLET", 422)
        if order.how == "refuse":
            return error("The bank does not take this payout", "UNPROCESSABLE_ENTITY", 422)
        payout = self.payouts.put(self._made(body, amount, order))
        if payout.ends is not None and order.how != "silent":
            self.tell(payout, payout.ends, times=2 if order.how == "again" else 1)
        data: Object = {
            "id": payout.number,
            "reference": payout.id,
            "customerReference": payout.reference,
            "status": STATUSES[payout.state(self.payouts.clock())],
        }
        return answer({"success": True, "message": "Payout initiated successfully", "data": data})

    def _made(self, body: Mapping[str, object], amount: Decimal, order: Order) -> Payout:
        to, now = _beneficiary(body), self.payouts.clock()
        account = str(to["accountNumber"])
        unknown = "Account number is invalid" if not holder(account) else ""
        reason = unknown or ("The beneficiary's bank is not available" if order.how == "fail" else "")
        return Payout(
            provider=PROVIDER,
            id=f"fcr-d-{secrets.token_hex(8)}",
            reference=str(body["customerReference"]),
            coin="NGN",
            pot="NGN",
            amount=plain(amount),
            fee=FEE,
            to=account,
            title=f"{to['accountHolderName']} · {BANKS[str(to['bankCode'])]}",
            made=now,
            how=order.how,
            ends=order.end(now),
            failed=bool(reason),
            reason=reason,
            txid="".join(str(secrets.randbelow(10)) for _ in range(30)),
            details=orjson.dumps(dict(to)).decode(),
            number=self.counters.next("fincra_payout", 3_000_001),
        )

    async def _by_customer_reference(self, request: Request) -> Response:
        return self._state(request, self.payouts.by_reference(PROVIDER, str(request.path_params["reference"])))

    async def _by_reference(self, request: Request) -> Response:
        return self._state(request, self.payouts.get(PROVIDER, str(request.path_params["reference"])))

    def _state(self, request: Request, payout: Payout | None) -> Response:
        if response := self.keys.stranger(request):
            return response
        if payout is None:
            return error("Payout not found", "RESOURCE_NOT_FOUND", 404)
        return answer({"success": True, "message": "Payout fetched successfully", "data": self._data(payout)})

    async def _wallets(self, request: Request) -> Response:
        if response := self.keys.stranger(request):
            return response
        if request.query_params.get("businessID") != self.keys.business:
            return error('"businessID" is not yours', "VALIDATION_FAILED")
        left = number(self.payouts.left(PROVIDER, "NGN"))
        wallet: Object = {"currency": "NGN", "ledgerBalance": left, "availableBalance": left, "lockedBalance": 0}
        return answer({"success": True, "message": "Wallets fetched successfully", "data": [wallet]})

    def _data(self, payout: Payout) -> Object:
        """`data` of questions and webhooks."""
        state = payout.state(self.payouts.clock())
        return {
            "id": payout.number,
            "amountCharged": number(payout.costs),
            "amountReceived": number(Decimal(payout.amount)),
            "fee": number(Decimal(payout.fee)),
            "sourceCurrency": "NGN",
            "destinationCurrency": "NGN",
            "paymentDestination": "bank_account",
            "status": STATUSES[state],
            "reference": payout.id,
            "customerReference": payout.reference,
            "reason": payout.reason if state == "failed" else None,
            "traceId": payout.txid if state == "done" else None,
            "recipient": parse_object(payout.details),
            "createdAt": moment(payout.made),
        }

    # the Teller

    def tell(self, payout: Payout, due: float, times: int = 1) -> None:
        """Its end is told at that time."""
        self.callbacks.plan(self.name, payout.id, [Telling("payout", due)] * times)

    def request(self, delivery: Delivery) -> httpx.Request | str:
        """What is true when it is told. The body is what JSON.stringify makes of it."""
        url, payout = self.webhooks.of(PROVIDER), self.payouts.get(PROVIDER, delivery.uuid)
        if not url:
            return "No webhook URL is set"
        if payout is None or payout.state(self.payouts.clock()) == "processing":
            return "There is nothing to tell"
        event = f"payout.{STATUSES[payout.state(self.payouts.clock())]}"
        body = orjson.dumps({"event": event, "data": self._data(payout)})
        return post(url, body, {"signature": signing.fincra(self.secret, body)})

    def verdict(self, delivery: Delivery, status: int, text: str) -> Verdict:
        return Verdict.TAKEN if 200 <= status < 300 else Verdict.AGAIN

    def pause(self, tries: int) -> float | None:
        return PAUSES[tries - 1] if tries <= len(PAUSES) else None


def _beneficiary(body: Mapping[str, object]) -> Mapping[str, str]:
    """All that it may hold are texts."""
    to = body["beneficiary"]
    assert isinstance(to, dict)
    return {str(name): str(value) for name, value in to.items()}


def _broken() -> Response:
    return error("Something went wrong, try again later", "INTERNAL_SERVER_ERROR", 500)
