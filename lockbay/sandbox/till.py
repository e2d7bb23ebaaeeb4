"""The payer's side of all providers over HTTP: what can be paid, the hand that pays, and what was told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

import trio
from attrs import field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from lockbay.sandbox.acts import Impossible
from lockbay.sandbox.callbacks import Callbacks, Teller
from lockbay.sandbox.control import LONGEST_WAIT, Handler, fields_of, safely, text_of
from lockbay.sandbox.feed import Event, Feed
from lockbay.sandbox.journal import Table
from lockbay.sandbox.ways import HOWS, Telling, Wish
from lockbay.sandbox.wire import Json, Object, answer, loopback_problem

SHOWN: Final = 60  # places on the page: the newest


class Payee(Teller, Protocol):
    """A provider: places to pay to, and payments by the name under which they are told."""

    def knows(self, to: str) -> bool:
        """Whether that is an address, a reference or a link of its own."""

    def pay(self, wish: Wish) -> list[str]:
        """Gives the payments' uuids. Raises Impossible."""

    def places(self) -> list[Object]:
        """Newest first; what was paid and told is in them."""

    def resent(self, uuid: str) -> Sequence[str] | None:
        """What somebody who asks to be told again is told: final events. None when the payment is not its own."""

    def copies(self, uuid: str) -> Sequence[str]:
        """Where to its events go."""


@frozen
class Webhooks:
    """The URLs that a merchant sets in the dashboards of DynoPay and Fincra. Survive restarts."""

    table: Table[str] = field(repr=False)
    merchant_url: str = ""

    def of(self, provider: str) -> str:
        """Empty: none is set."""
        default = f"{self.merchant_url.rstrip('/')}/webhooks/{provider}" if self.merchant_url else ""
        return self.table.get(provider) or default

    def set(self, provider: str, url: str) -> None:
        """Raises Impossible."""
        if problem := loopback_problem(url):
            raise Impossible(problem)
        self.table.put(provider, url)


@frozen
class Till:
    """Routes below /api/payments for all providers, and below /api/<provider> for each."""

    payees: Sequence[Payee]
    callbacks: Callbacks = field(repr=False)
    feed: Feed = field(repr=False)
    webhooks: Webhooks

    def routes(self) -> list[BaseRoute]:
        scopes = {"payments": self.payees, **{payee.name: [payee] for payee in self.payees}}
        return [route for name, payees in scopes.items() for route in self._routes(f"/api/{name}", payees)]

    def _routes(self, path: str, payees: Sequence[Payee]) -> list[BaseRoute]:
        async def list_(_: Request) -> Response:
            return answer([place for payee in payees for place in payee.places()])

        async def pay(request: Request) -> Response:
            wish = Wish.of(await fields_of(request))
            uuids = _payee_of(wish.to, payees).pay(wish)
            self.feed.tell("payment", None, {"to": wish.to, "uuids": uuids})
            return answer({"event": self.feed.latest, "uuids": uuids})

        acts: dict[str, Handler] = {"pay": pay, "confirm": self._confirm, "resend": self._resend}
        if len(payees) == 1:
            acts["webhook"] = self._webhook
        routes = [Route(f"{path}/{act}", safely(handler), methods=["POST"]) for act, handler in acts.items()]
        if path == "/api/payments":
            told = Route(f"{path}/told", safely(self._told), methods=["GET"])
            return [Route(path, safely(self._everything), methods=["GET"]), told, *routes]
        return [Route(path, safely(list_), methods=["GET"]), *routes]

    async def _everything(self, _: Request) -> Response:
        """What the page shows."""
        places: list[Object] = [place for payee in self.payees for place in payee.places()]
        places.sort(key=lambda place: float(str(place["made"])), reverse=True)
        ways: Json = [{"how": how, "label": label} for how, label in HOWS.items()]
        return answer({"ways": ways, "places": places[:SHOWN]})

    async def _confirm(self, request: Request) -> Response:
        """What waits to be told of that payment is told now."""
        count = self.callbacks.hurry(text_of(await fields_of(request), "uuid"))
        return answer({"event": self.feed.latest, "hurried": count})

    async def _resend(self, request: Request) -> Response:
        """What is final is told once more, or for the first time if it never was: as their dashboards do."""
        uuid = text_of(await fields_of(request), "uuid")
        for payee in self.payees:
            if (finals := payee.resent(uuid)) is not None:
                tellings = [Telling(event, 0.0) for event in finals]
                count = self.callbacks.plan(payee.name, uuid, tellings, payee.copies(uuid))
                return answer({"event": self.feed.latest, "planned": count})
        raise Impossible(f"There is no payment {uuid}.")

    async def _told(self, request: Request) -> Response:
        """All deliveries about `uuid`, as soon as none of them is open; 408 with what there is after `timeout`."""
        query = request.query_params

        def closed(_: Event | None = None) -> list[Json] | None:
            told = self.callbacks.of(query.get("uuid", ""))
            return None if any(delivery.open for delivery in told) else [delivery.as_json() for delivery in told]

        with trio.move_on_after(min(float(query.get("timeout", "10")), LONGEST_WAIT)):
            if (found := closed()) is None:
                found = await self.feed.first(self.feed.latest, closed)
            return answer(found)
        return answer([delivery.as_json() for delivery in self.callbacks.of(query.get("uuid", ""))], 408)

    async def _webhook(self, request: Request) -> Response:
        """{"url"}: as in the provider's dashboard."""
        provider, url = request.url.path.split("/")[2], text_of(await fields_of(request), "url")
        self.webhooks.set(provider, url)
        return answer({"event": self.feed.latest, "url": url})


def _payee_of(to: str, payees: Sequence[Payee]) -> Payee:
    for payee in payees:
        if payee.knows(to):
            return payee
    raise Impossible(f"Nobody asked for {to}.")
