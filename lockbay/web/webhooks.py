"""Webhooks: a provider's event becomes one operation, and 200 means that it is committed.

Everything else is repeated by the provider.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, TypeAlias

import structlog
import trio
from attrs import define
from prometheus_client import Counter, Histogram
from starlette.types import Receive, Scope, Send

from lockbay.areas.deposits.records import ApplyPayment, KeepUnreadable
from lockbay.areas.payout import HearPayout
from lockbay.errors import KeyReused, OutcomeUnknown, Unavailable
from lockbay.payments.provider import Call, Malformed, NotSigned, Receiver
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.web.guard import RETRY_AFTER

Headers: TypeAlias = Sequence[tuple[bytes, bytes]]
Answer: TypeAlias = tuple[int, bytes, Headers]  # status, body, headers

METHODS: Final = ("GET", "POST")
NOTHING: Final[Headers] = ()
LATER: Final[Headers] = [(name.lower().encode(), value.encode()) for name, value in RETRY_AFTER.items()]
TEXT: Final = (b"content-type", b"text/plain; charset=utf-8")

SECONDS = Histogram("lockbay_webhook_seconds", "From a webhook's request to its answer", ["provider"])
EVENTS = Counter("lockbay_webhook_events_total", "What became of webhooks' requests", ["provider", "outcome"])
log = structlog.get_logger()


@define
class Turns:
    """How much of us one provider's events may take: `most` at a time. Payments go to the database together, over four
    of its connections at most; of all else no more than `statements` allows. So a flood leaves some for everybody else.
    """

    most: int
    statements: trio.CapacityLimiter
    waiting: int = 0

    @property
    def are_taken(self) -> bool:
        return self.waiting >= self.most

    @contextmanager
    def taken(self) -> Iterator[None]:
        self.waiting += 1
        try:
            yield
        finally:
            self.waiting -= 1


class Webhook:
    """One provider's webhook, an ASGI app: Starlette's requests and responses cost as much as all that is done here."""

    def __init__(self, receiver: Receiver, database: Database, turns: Turns) -> None:
        self._receiver = receiver
        self._database = database
        self._turns = turns
        self._seconds = SECONDS.labels(receiver.name)
        self._ok = (200, receiver.acknowledgement.encode(), NOTHING)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """200 only after the commit, or when there is nothing to commit. 400: not to be read; 401: not signed; 409: the
        nonce is not ours; 503: we could not, or do not know whether we could.
        """
        status, body, more = await self._answer(scope, receive)
        headers = [(b"content-length", b"%d" % len(body)), TEXT, *more]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] not in METHODS:
            return _empty(405, [(b"allow", ", ".join(METHODS).encode())])
        call = await _call(scope, receive)
        with self._seconds.time():
            return await self._take(call)

    async def _take(self, call: Call) -> Answer:
        try:
            operation = self._receiver.receive(call)
        except NotSigned:
            return self._refuse(401, "not_signed")
        except Malformed as error:
            return await self._keep(call, str(error))
        if operation is None:
            return self._taken("nothing")
        if self._turns.are_taken:
            return self._refuse(503, "too_many")
        with self._turns.taken():
            if isinstance(operation, ApplyPayment):
                return await self._apply(operation)
            async with self._turns.statements:
                return await self._hear(operation)

    async def _apply(self, operation: ApplyPayment) -> Answer:
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

    async def _hear(self, operation: HearPayout) -> Answer:
        """Ends nothing: the payouts' runner asks. What is told of no cash-out of ours is taken, too: to tell it again
        would change nothing.
        """
        key = hearing_key(operation)
        try:
            heard = await self._database.perform(operation, key)
        except (Unavailable, OutcomeUnknown) as error:
            return self._refuse(503, "unavailable", key=key, error=str(error))
        except KeyReused:  # the same words under other headers: they were taken the first time
            return self._taken("repeated")
        if isinstance(heard, Refused):
            log.warning("payout_of_nobody", key=key, reference=operation.reference, reason=heard.reason)
            return self._taken(heard.reason)
        log.info("webhook_taken", key=key, outcome=operation.outcome, state=heard.state, cashout_id=heard.id)
        return self._taken(operation.outcome)

    async def _keep(self, call: Call, problem: str) -> Answer:
        """Signed, and not to be read: kept for people, and not acknowledged."""
        told = call.target if call.method == "GET" else call.body
        unreadable = KeepUnreadable.of(self._receiver.name, problem, told, call.described())
        try:
            await self._database.perform(unreadable, unreadable.request_key)
        except (Unavailable, OutcomeUnknown) as error:
            return self._refuse(503, "unavailable", key=unreadable.request_key, error=str(error))
        return self._refuse(400, "malformed", key=unreadable.request_key, error=problem)

    def _taken(self, outcome: str) -> Answer:
        EVENTS.labels(self._receiver.name, outcome).inc()
        return self._ok

    def _refuse(self, status: int, outcome: str, **details: str) -> Answer:
        EVENTS.labels(self._receiver.name, outcome).inc()
        report = log.error if status == 409 else log.warning
        report("webhook_not_taken", provider=self._receiver.name, outcome=outcome, **details)
        return _empty(status, LATER if status == 503 else NOTHING)


def hearing_key(said: HearPayout) -> str:
    """Who said what, whatever the headers are."""
    return f"{said.provider}.payout.{hashlib.sha256(said.body).hexdigest()[:40]}"


async def _call(scope: Scope, receive: Receive) -> Call:
    """The guard has taken the whole body in; it comes in one piece."""
    path, query = scope["raw_path"], scope["query_string"]
    target = path + b"?" + query if query else path
    return Call(scope["method"], target, scope["headers"], (await receive())["body"])


def _empty(status: int, headers: Headers) -> Answer:
    return status, b"", headers
