"""The local BlockBee pays out: /{ticker}/payout/… and /payout/… (https://docs.blockbee.io/api/payoutstatus and its
neighbours; docs/apis.md §2.5).

A request says to where and how much; a payout is made of requests; processing it sends. What is undocumented there: how
a payout without funds is answered (here as an error, and it stays created), and what requests are called whose payout
ended in an error (here processing, as nobody knows what became of them).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from attrs import evolve, field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.addresses import address, is_address
from lockbay.sandbox.blockbee_asks import Refused, form_of, outputs_of, page_of, status_of, ticker_of
from lockbay.sandbox.blockbee_books import coin_name, exact
from lockbay.sandbox.control import Handler
from lockbay.sandbox.journal import Journal, Table
from lockbay.sandbox.payouts import POTS, Order, Payout, Payouts
from lockbay.sandbox.troubles import Troubles
from lockbay.sandbox.ways import plain
from lockbay.sandbox.wire import Json, Object, answer

PROVIDER: Final = "blockbee"
FEE: Final = Decimal("0.01")  # as in the samples of their SDK
PAGE: Final = 50
WORDS: Final = {
    "created": "Created", "processing": "Pending Payment", "done": "Done", "rejected": "Rejected", "error": "Error",
}  # fmt: skip
PAYOUT_STATES: Final = ("all", *WORDS)
REQUEST_STATES: Final = ("all", "pending", "rejected", "processing", "done")


@frozen
class Wanted:
    """A request: so much to that address. `payout` is what it has become a part of."""

    id: str
    ticker: str
    address: str
    amount: str
    made: float
    payout: str = ""


@frozen
class Bundle:
    """A payout of requests. It is sent when there is a Payout of its id, and never when it is rejected."""

    id: str
    ticker: str
    requests: tuple[str, ...]
    made: float
    rejected: bool = False


@frozen
class BlockBeePayouts:
    """Its API for keys of version 2. Survives restarts."""

    api_key: str = field(repr=False)
    payouts: Payouts
    wanted: Table[Wanted]
    bundles: Table[Bundle]

    @classmethod
    def open(cls, journal: Journal, api_key: str, payouts: Payouts) -> BlockBeePayouts:
        tables = journal.table("blockbee_request", Wanted), journal.table("blockbee_payout", Bundle)
        return cls(api_key, payouts, *tables)

    def routes(self, troubles: Troubles) -> list[BaseRoute]:
        def route(path: str, handler: Handler, method: str) -> Route:
            return Route(f"/blockbee/{path}/", troubles.around(PROVIDER, self._guarded(handler)), methods=[method])

        return [
            route("payout/create", self._create, "POST"),
            route("payout/process", self._process, "POST"),
            route("payout/status", self._status, "POST"),
            route("{ticker:path}/payout/request/bulk/process", self._bulk_process, "POST"),
            route("{ticker:path}/payout/request/bulk", self._bulk, "POST"),
            route("{ticker:path}/payout/request/list", self._list_requests, "GET"),
            route("{ticker:path}/payout/list", self._list, "GET"),
            route("{ticker:path}/payout/address", self._address, "GET"),
            route("{ticker:path}/payout/balance", self._balance, "GET"),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            try:
                given = request.headers.get("apikey") or request.query_params.get("apikey")
                if given != self.api_key:
                    raise Refused("API Key not valid", 401)
                return await handler(request)
            except Refused as refused:
                return answer({"status": "error", "error": str(refused)}, refused.status)

        return handle

    async def _bulk(self, request: Request) -> Response:
        made = self._requested(ticker_of(request), await outputs_of(request))
        return _success(request_ids=[wanted.id for wanted in made])

    async def _bulk_process(self, request: Request) -> Response:
        """Asks, makes the payout and sends it, at once: whoever gets no answer does not know its id."""
        ticker, outputs = ticker_of(request), await outputs_of(request)
        order = self.payouts.next_order(PROVIDER)

        def take() -> Response:
            bundle = self._bundled([wanted.id for wanted in self._requested(ticker, outputs)])
            return self._sent(bundle, order)

        return await order.play(request, take, _broken)

    async def _create(self, request: Request) -> Response:
        ids = (await form_of(request, "request_ids")).split(",")
        return _success(payout_info=self._info(self._bundled(ids)))

    async def _process(self, request: Request) -> Response:
        bundle = self._bundle(await form_of(request, "payout_id"))
        if response := self._unsendable(bundle):
            return response
        order = self.payouts.next_order(PROVIDER)
        return await order.play(request, lambda: self._sent(bundle, order), _broken)

    async def _status(self, request: Request) -> Response:
        return _success(payout_info=self._info(self._bundle(await form_of(request, "payout_id"))))

    async def _list(self, request: Request) -> Response:
        ticker, state = ticker_of(request), status_of(request, PAYOUT_STATES)
        found = [bundle for bundle in list(self.bundles)[::-1] if bundle.ticker == ticker]
        lines = [self._line(bundle) for bundle in found if state in ("all", self._state(bundle.id))]
        return _paged(request, "payouts", lines)

    async def _list_requests(self, request: Request) -> Response:
        ticker, state = ticker_of(request), status_of(request, REQUEST_STATES)
        found = [wanted for wanted in list(self.wanted)[::-1] if wanted.ticker == ticker]
        lines = [self._request_line(wanted) for wanted in found if state in ("all", self._request_state(wanted))]
        return _paged(request, "payout_requests", lines)

    async def _address(self, request: Request) -> Response:
        return _success(address=_wallet(ticker_of(request)))

    async def _balance(self, request: Request) -> Response:
        ticker = ticker_of(request)
        return _success(address=_wallet(ticker), balance=plain(self.payouts.left(PROVIDER, ticker)))

    # its books

    def _requested(self, ticker: str, outputs: Mapping[str, Decimal]) -> list[Wanted]:
        """Raises Refused, and keeps nothing then."""
        for to, amount in outputs.items():
            if not is_address(ticker, to):
                raise Refused(f"Address {to} not valid")
            if not 0 < amount <= 10**12 or amount != exact(amount, ticker):
                raise Refused("Amount not valid")
        now = self.payouts.clock()
        made = [Wanted(str(uuid.uuid4()), ticker, to, plain(amount), now) for to, amount in outputs.items()]
        return [self.wanted.put(wanted.id, wanted) for wanted in made]

    def _bundled(self, ids: list[str]) -> Bundle:
        """Raises Refused, and keeps nothing then."""
        found = [wanted for id_ in dict.fromkeys(ids) if (wanted := self.wanted.get(id_)) and not wanted.payout]
        if len(found) != len(ids) or len({wanted.ticker for wanted in found}) != 1:
            raise Refused("Requests not found, not of one coin, or part of a payout")
        bundle = Bundle(str(uuid.uuid4()), found[0].ticker, tuple(ids), self.payouts.clock())
        for wanted in found:
            self.wanted.put(wanted.id, evolve(wanted, payout=bundle.id))
        return self.bundles.put(bundle.id, bundle)

    def _unsendable(self, bundle: Bundle) -> Response | None:
        if self.payouts.get(PROVIDER, bundle.id):
            return _error("Payout was already processed")
        return _error("Payout was rejected") if bundle.rejected else None

    def _sent(self, bundle: Bundle, order: Order) -> Response:
        parts, total, fee = self._parts(bundle), self._total(bundle), self._fee(bundle)
        if response := self._unsendable(bundle):  # it may have been sent while this one was slow
            return response
        if order.how == "no_funds" or total + fee > self.payouts.left(PROVIDER, bundle.ticker):
            return _error("Insufficient balance")
        if order.how == "refuse":
            self.bundles.put(bundle.id, evolve(bundle, rejected=True))
            return _error("Payout was rejected")
        now, coin = self.payouts.clock(), POTS[PROVIDER][bundle.ticker]
        network = bundle.ticker.partition("/")[0].upper()
        payout = Payout(
            provider=PROVIDER,
            id=bundle.id,
            reference="",
            coin=coin,
            pot=bundle.ticker,
            amount=plain(total),
            fee=plain(fee),
            to=", ".join(part.address for part in parts),
            title=f"{coin} on {network}" if "/" in bundle.ticker else coin,
            made=now,
            how=order.how,
            ends=order.end(now),
            failed=order.how == "fail",
            reason="The network did not take it" if order.how == "fail" else "",
            txid=uuid.uuid4().hex * 2,
        )
        self.payouts.put(payout)
        return _success(payout_info=self._info(bundle), queued=True)

    def _bundle(self, id_: str) -> Bundle:
        if (bundle := self.bundles.get(id_)) is None:
            raise Refused("Payout not found", 404)
        return bundle

    def _parts(self, bundle: Bundle) -> list[Wanted]:
        return [wanted for id_ in bundle.requests if (wanted := self.wanted.get(id_))]

    def _total(self, bundle: Bundle) -> Decimal:
        return sum((Decimal(part.amount) for part in self._parts(bundle)), Decimal(0))

    def _fee(self, bundle: Bundle) -> Decimal:
        return exact(self._total(bundle) * FEE, bundle.ticker)

    def _state(self, id_: str) -> str:
        payout, bundle = self.payouts.get(PROVIDER, id_), self.bundles.get(id_)
        if payout is None:
            return "rejected" if bundle and bundle.rejected else "created"
        state = payout.state(self.payouts.clock())
        return "error" if state == "failed" else state

    def _request_state(self, wanted: Wanted) -> str:
        state = self._state(wanted.payout) if wanted.payout else "created"
        return {"created": "pending", "error": "processing"}.get(state, state)

    def _line(self, bundle: Bundle) -> Object:
        total, fee, state = self._total(bundle), self._fee(bundle), self._state(bundle.id)
        return {
            "id": bundle.id,
            "status": state,
            "display_status": WORDS[state],
            "total_requested": plain(total),
            "total_with_fee": plain(total + fee),
            "total_fiat": "",
            "fee": plain(fee),
            "coin": coin_name(bundle.ticker),
            "timestamp": _written(bundle.made),
        }

    def _info(self, bundle: Bundle) -> Object:
        payout, state = self.payouts.get(PROVIDER, bundle.id), self._state(bundle.id)
        error: Object = {"error": payout.reason} if payout and state == "error" else {}
        return {
            **self._line(bundle),
            **error,
            "from": _wallet(bundle.ticker) if payout else "",
            "requests": {part.address: part.amount for part in self._parts(bundle)},
            "blockchain_fee": "0",
            "txid": payout.txid if payout and state == "done" else "",
        }

    def _request_line(self, wanted: Wanted) -> Object:
        return {
            "id": wanted.id,
            "status": self._request_state(wanted),
            "to": wanted.address,
            "value_requested": wanted.amount,
            "coin": coin_name(wanted.ticker),
            "payout_id": wanted.payout or None,
            "timestamp": _written(wanted.made),
        }


def _paged(request: Request, name: str, lines: list[Object]) -> Response:
    first = (page_of(request) - 1) * PAGE
    shown: Json = lines[first : first + PAGE]
    return answer({"status": "success", name: shown, "num_pages": max(1, -(-len(lines) // PAGE))})


def _wallet(ticker: str) -> str:
    return address(ticker, "the payout wallet")


def _written(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d/%m/%Y %H:%M:%S")


def _success(**fields: Json) -> Response:
    return answer({"status": "success", **fields})


def _error(what: str) -> Response:
    return answer({"status": "error", "error": what}, 400)


def _broken() -> Response:
    return Response("<html><h1>500 Internal Server Error</h1></html>", 500, media_type="text/html")
