"""The providers' side of payouts over HTTP: what they were asked for, how it ends, and how the next ones are taken."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import trio
from attrs import asdict, field, frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.control import LONGEST_WAIT, fields_of, safely, text_of
from lockbay.sandbox.fincra_payouts import PROVIDER, FincraPayouts
from lockbay.sandbox.payouts import HOWS, POTS, PROVIDERS, Order, Payout, Payouts
from lockbay.sandbox.ways import amount_of, plain
from lockbay.sandbox.wire import Json, Object, answer

SHOWN: Final = 60  # on the page: the newest
GLANCE: Final = 0.05  # seconds between two looks for what only time brings


@frozen
class PayoutDesk:
    """Routes below /api/payouts."""

    payouts: Payouts
    fincra: FincraPayouts = field(repr=False)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/payouts", safely(self._everything)),
            Route("/api/payouts/wait", safely(self._wait)),
            Route("/api/payouts/ways", safely(self._order), methods=["POST"]),
            Route("/api/payouts/ways", safely(self._forget), methods=["DELETE"]),
            Route("/api/payouts/ways", safely(self._orders)),
            Route("/api/payouts/end", safely(self._end), methods=["POST"]),
            Route("/api/payouts/tell", safely(self._tell), methods=["POST"]),
            Route("/api/payouts/pot", safely(self._fill), methods=["POST"]),
        ]

    async def _everything(self, _: Request) -> Response:
        """What the page shows."""
        hows: list[Json] = [{"how": how, "label": label} for how, label in HOWS.items()]
        newest: list[Json] = [self._shown(payout) for payout in self.payouts.all()[:SHOWN]]
        orders: list[Json] = [asdict(order) for order in self.payouts.orders()]
        naira = plain(self.payouts.left(PROVIDER, "NGN"))
        return answer({"hows": hows, "orders": orders, "payouts": newest, "naira": naira, "providers": PROVIDERS})

    def _shown(self, payout: Payout) -> Object:
        told = [delivery.as_json() for delivery in self.fincra.callbacks.of(payout.id)]
        return {**self.payouts.shown(payout), "deliveries": told, "tells": payout.provider == PROVIDER}

    async def _wait(self, request: Request) -> Response:
        """The newest payout that `name` is the id, reference or receiver of, in that `state`; 408 after `timeout`."""
        query = request.query_params
        with trio.move_on_after(min(float(query.get("timeout", "10")), LONGEST_WAIT)):
            while (found := self._in_state(query.get("name", ""), query.get("state", ""))) is None:
                after = self.payouts.feed.latest
                with trio.move_on_after(GLANCE):
                    await self.payouts.feed.changed(after)
            return answer(self._shown(found))
        return answer({"error": f"No payout {query.get('name')} came to be {query.get('state') or 'there'}."}, 408)

    def _in_state(self, name: str, state: str) -> Payout | None:
        try:
            payout = self.payouts.find(name)
        except Impossible:
            return None
        return payout if state in ("", payout.state(self.payouts.clock())) else None

    async def _order(self, request: Request) -> Response:
        """{"how", "times", "delay", "provider"}; without times: all that follow."""
        fields = await fields_of(request)
        try:
            order = Converter(forbid_extra_keys=True).structure(fields, Order)
        except BaseValidationError as error:
            raise Impossible(f"That is no way to pay: {error.exceptions[0]}") from None
        if order.how not in HOWS or order.provider not in ("", *PROVIDERS):
            raise Impossible(f"Say one of: {', '.join(HOWS)}; and nobody or one of: {', '.join(PROVIDERS)}.")
        if (order.times is not None and order.times < 1) or not 0 <= (order.delay or 0) <= LONGEST_WAIT:
            raise Impossible(f"“times” must be 1 or more, “delay” up to {LONGEST_WAIT:.0f} seconds.")
        self.payouts.order(order)
        return await self._orders(request)

    async def _forget(self, request: Request) -> Response:
        self.payouts.forget_orders()
        return await self._orders(request)

    async def _orders(self, _: Request) -> Response:
        orders: list[Json] = [asdict(order) for order in self.payouts.orders()]
        return answer({"event": self.payouts.feed.latest, "orders": orders})

    async def _end(self, request: Request) -> Response:
        """{"name", "failed", "reason"}: it ends now, and who is told of ends is told, unless nobody was to be."""
        fields = await fields_of(request)
        payout, failed = self.payouts.find(text_of(fields, "name")), fields.get("failed", False)
        if not isinstance(failed, bool):
            raise Impossible("“failed” must be true or false.")
        ended = self.payouts.end(payout, failed=failed, reason=text_of(fields, "reason", "Sent back by the bank"))
        waits = self.fincra.callbacks.hurry(ended.id)
        if ended.provider == PROVIDER and ended.how != "silent" and not waits:
            self.fincra.tell(ended, self.payouts.clock())
        return answer({"event": self.payouts.feed.latest, **self._shown(ended)})

    async def _tell(self, request: Request) -> Response:
        """{"name"}: its end is told once more, or for the first time."""
        payout = self.payouts.find(text_of(await fields_of(request), "name"))
        if payout.provider != PROVIDER:
            raise Impossible(f"{PROVIDERS[payout.provider]} tells nobody of payouts.")
        if payout.state(self.payouts.clock()) == "processing":
            raise Impossible("It has not ended.")
        self.fincra.tell(payout, self.payouts.clock())
        return answer({"event": self.payouts.feed.latest})

    async def _fill(self, request: Request) -> Response:
        """{"provider", "pot", "amount"}: that is left from now on. Pots: NGN, BlockBee's tickers, Kraken's assets."""
        fields = await fields_of(request)
        provider, pot = text_of(fields, "provider"), text_of(fields, "pot")
        if pot not in POTS.get(provider, {}):
            raise Impossible(f"There is no pot {pot} at {provider}.")
        text = text_of(fields, "amount")
        self.payouts.fill(provider, pot, Decimal(0) if text == "0" else amount_of(text))
        return answer({"event": self.payouts.feed.latest})
