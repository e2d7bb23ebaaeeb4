"""Webhooks: a provider's event becomes one operation, and 200 means that it is committed.

Everything else is repeated by the provider.
"""

from __future__ import annotations

import hashlib
from typing import Final

import structlog
from prometheus_client import Counter, Histogram
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lockbay.areas.deposits.records import ApplyPayment
from lockbay.areas.payout import SettleCashout
from lockbay.errors import KeyReused, OutcomeUnknown, Unavailable
from lockbay.payments.provider import Call, Malformed, NotSigned, Receiver
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.guard import RETRY_AFTER

METHODS: Final = ("GET", "POST")  # HEAD would be routed with GET, and is neither signed nor answered

SECONDS = Histogram("lockbay_webhook_seconds", "From a webhook's request to its answer", ["provider"])
EVENTS = Counter("lockbay_webhook_events_total", "What became of webhooks' requests", ["provider", "outcome"])
log = structlog.get_logger()


class Webhook:
    """One provider's webhook."""

    def __init__(self, receiver: Receiver, database: Database) -> None:
        self._receiver = receiver
        self._database = database

    async def answer(self, request: Request) -> Response:
        """200 only after the commit, or when there is nothing to commit. 400: not to be read; 401: not signed; 409: the
        nonce is not ours; 503: we could not, or do not know whether we could.
        """
        if request.method not in METHODS:
            return _empty(405, {"Allow": ", ".join(METHODS)})
        with SECONDS.labels(self._receiver.name).time():
            return await self._answer(await _call(request))

    async def _answer(self, call: Call) -> Response:
        try:
            operation = self._receiver.receive(call)
        except NotSigned:
            return self._refuse(401, "not_signed")
        except Malformed as error:
            return self._refuse(400, "malformed", error=str(error))
        match operation:
            case None:
                return self._taken("nothing")
            case SettleCashout():
                return await self._settle(operation)
            case _:
                return await self._apply(operation)

    async def _apply(self, operation: ApplyPayment) -> Response:
        key = operation.request_key
        try:
            applied = await self._database.perform(operation, key)
        except (Unavailable, OutcomeUnknown) as error:
            return self._refuse(503, "unavailable", key=key, error=str(error))
        if isinstance(applied, Refused):
            return self._refuse(409 if applied.reason == "wrong_nonce" else 503, applied.reason, key=key)
        log.info(
            "webhook_taken",
            key=key,
            outcome=applied.outcome,
            reason=applied.reason,
            user_id=applied.user_id,
            trade_id=applied.trade_id,
        )
        return self._taken(applied.outcome)

    async def _settle(self, operation: SettleCashout) -> Response:
        """What is told of no cash-out of ours is taken, too: to tell it again would change nothing."""
        key = settlement_key(operation)
        try:
            settled = await self._database.perform(operation, key)
        except (Unavailable, OutcomeUnknown) as error:
            return self._refuse(503, "unavailable", key=key, error=str(error))
        except KeyReused:  # the same words under other headers: they were taken the first time
            return self._taken("repeated")
        if isinstance(settled, Refused):
            log.warning("payout_of_nobody", key=key, reference=operation.reference, reason=settled.reason)
            return self._taken(settled.reason)
        log.info("webhook_taken", key=key, outcome=operation.outcome, state=settled.state, cashout_id=settled.id)
        return self._taken(operation.outcome)

    def _taken(self, outcome: str) -> Response:
        EVENTS.labels(self._receiver.name, outcome).inc()
        return PlainTextResponse(self._receiver.acknowledgement)

    def _refuse(self, status: int, outcome: str, **details: str) -> Response:
        EVENTS.labels(self._receiver.name, outcome).inc()
        report = log.error if status == 409 else log.warning
        report("webhook_not_taken", provider=self._receiver.name, outcome=outcome, **details)
        return _empty(status, RETRY_AFTER if status == 503 else {})


def settlement_key(told: SettleCashout) -> str:
    """Who told what, whatever the headers are."""
    return f"{told.provider}.payout.{hashlib.sha256(told.body).hexdigest()[:40]}"


async def _call(request: Request) -> Call:
    path, query = request.scope["raw_path"], request.scope["query_string"]
    target = path + b"?" + query if query else path
    return Call(request.method, target, request.headers.raw, await request.body())


def _empty(status: int, headers: dict[str, str]) -> Response:
    return PlainTextResponse("", status, headers)
