"""Reconciliation: each provider is asked about the payins that it made, again and again, past their time.

What a webhook failed to tell is applied by the webhook's own operation under its own key: told and asked, in whatever
order and both at once, are one. What a provider was never asked is due still: a clock that stops loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Final, NoReturn

import structlog
import trio
from attrs import define, evolve, frozen
from prometheus_client import Counter, Gauge

from lockbay.areas.deposits.records import ApplyPayment, Payin
from lockbay.clock.reconciliation_records import (
    DuePayins,
    IsOverdue,
    KnownKeys,
    NoteAnswered,
    NoteAsked,
    Postpone,
)
from lockbay.errors import OutcomeUnknown, ProviderUnavailable, Unavailable
from lockbay.lookout import Lookout
from lockbay.money import EXACT
from lockbay.payments.client import Declined
from lockbay.payments.provider import Provider, Unclear
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.wallclock import WallClock

PERIOD: Final = 30.0  # s between two looks
MOST: Final = 100  # payins in one look
AT_ONCE: Final = 4  # questions to one provider
WRITERS: Final = 2  # of all providers' answers together: the database's connections are for people
LIMIT: Final = 15.0  # s for one question, which may be two calls
DECLINES: Final = 3  # in a row: it is not the payins that are wrong
POSTPONED: Final = timedelta(minutes=15)  # at least, of a payin whose question failed
LONGEST_PAUSE: Final = timedelta(minutes=15)  # for a provider that is away
# A provider may need this long until its answers know of what its webhook has told.
SETTLING: Final = timedelta(minutes=10)
UNVERIFIED: Final = timedelta(days=1)  # since it was seen: chains are slow, but this provider has forgotten it

ASKED = Counter("lockbay_reconciliation_asked", "Payins that a provider was asked about", ["provider", "outcome"])
FOUND = Counter("lockbay_reconciliation_found", "Payments that no webhook had told", ["provider", "outcome"])
AWAY_SINCE = Gauge(
    "lockbay_provider_away_since_timestamp_seconds", "Since when a provider has not answered; 0: it has", ["provider"]
)
DIFFERENCES = Counter("lockbay_reconciliation_differences", "Payins of which a provider says other", ["provider"])
log = structlog.get_logger()


async def reconcile(database: Database, clock: WallClock, providers: Sequence[Provider]) -> None:
    """Runs a Reconciler for each provider, for ever. Cancel it at any time."""
    writers = trio.CapacityLimiter(WRITERS)
    async with trio.open_nursery() as nursery:
        for provider in providers:
            nursery.start_soon(Reconciler(database, clock, provider, writers).run)


@define
class _Look:
    """One look at what is due. `halted`: the database is away."""

    answers: int = 0
    declines: int = 0
    is_away: bool = False
    halted: bool = False

    @property
    def is_over(self) -> bool:
        return self.is_away or self.halted


@frozen
class _Told:
    """What a provider answered: what was paid, the sums to compare, and what of it may never be verified."""

    payments: Sequence[ApplyPayment]
    sums: Mapping[str, Decimal]
    unverified: Sequence[ApplyPayment] = ()


class Reconciler:
    """Asks one provider, so that none that is away holds up another. It keeps nothing that is lost with it."""

    def __init__(
        self, database: Database, clock: WallClock, provider: Provider, writers: trio.CapacityLimiter | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._provider = provider
        self._writers = writers or trio.CapacityLimiter(WRITERS)
        self._failures = 0
        self._back_at = clock.now()

    async def run(self) -> NoReturn:
        """Ticks for ever, whatever goes wrong: the payins stay due."""
        await Lookout(f"reconciler of {self._provider.name}", PERIOD).keep(self.tick)

    async def tick(self) -> None:
        """Asks about everything that is due by now, unless the provider is away: then it is left alone for a while,
        the longer the more often. Raises what the database raises when it is away.
        """
        now = self._clock.now()
        if now < self._back_at <= now + LONGEST_PAUSE:  # further ahead: the clock was put back since
            return
        while True:
            due = await self._database.run(DuePayins(self._provider.name, MOST))
            look = await self._look(iter([each.payin for each in due]))
            if look.answers or look.is_away:
                since = await self._database.run(NoteAnswered(self._provider.name, look.is_away))
                AWAY_SINCE.labels(self._provider.name).set(since.timestamp() if since else 0)
            self._back_off(look)
            if look.is_over or len(due) < MOST:
                return

    async def _look(self, payins: Iterator[Payin]) -> _Look:
        look = _Look()
        async with trio.open_nursery() as nursery:
            for _ in range(AT_ONCE):
                nursery.start_soon(self._work, payins, look)
        return look

    async def _work(self, payins: Iterator[Payin], look: _Look) -> None:
        """Takes one payin after the other. None is in the way of the others: what fails comes again later."""
        for payin in payins:
            if look.is_over:
                return
            try:
                await self._ask(payin, look)
            except (Unavailable, OutcomeUnknown) as error:
                look.halted = True
                log.warning("reconciler_waits_for_database", provider=self._provider.name, error=str(error))
            except Exception:
                self._count("failed")
                log.exception("payin_not_reconciled", provider=self._provider.name, payin_id=payin.id)
                await self._postpone(payin, look, as_answered=False)

    async def _ask(self, payin: Payin, look: _Look) -> None:
        asked_at = self._clock.now()
        try:
            with trio.fail_after(LIMIT):
                told = await self._told(payin)
        except (ProviderUnavailable, trio.TooSlowError) as error:
            self._failed(payin, look, error)
            return await self._postpone(payin, look, as_answered=isinstance(error, Declined))
        look.answers += 1
        look.declines = 0
        async with self._writers:
            await self._apply(payin, told.payments)
            doubted = await self._doubted(payin, told.unverified)
            await self._apply(payin, doubted)
            await self._note(payin, {**told.sums, **confirmed(doubted)}, asked_at)
        self._count("answered")

    async def _told(self, payin: Payin) -> _Told:
        """What cannot be applied is a difference until the webhook comes."""
        try:
            payments = await self._provider.payments(payin)
        except Unclear as unclear:
            log.warning("payment_unclear", provider=self._provider.name, payin_id=payin.id)
            return _Told(
                unclear.payments, {} if unclear.payments else {unclear.currency: unclear.amount}, unclear.payments
            )
        return _Told(payments, confirmed(payments))

    async def _doubted(self, payin: Payin, payments: Sequence[ApplyPayment]) -> list[ApplyPayment]:
        """Those that should have been verified by now, to be decided about by people."""
        seen_by = self._clock.now() - UNVERIFIED
        doubted = []
        for each in payments:
            overdue = IsOverdue(payin.id, each.provider, each.event_id, each.currency, each.value, seen_by)
            if await self._database.run(overdue):
                doubted.append(evolve(each, confirmed=True, doubted=True))
        return doubted

    def _failed(self, payin: Payin, look: _Look, error: Exception) -> None:
        """A provider that says no means one payin, as long as it does not say so to everything."""
        is_no = isinstance(error, Declined)
        look.declines += is_no
        look.is_away = look.is_away or not is_no or look.declines >= DECLINES
        self._count("declined" if is_no else "away")
        log.warning("payin_not_asked", provider=self._provider.name, payin_id=payin.id, error=str(error) or "too slow")

    async def _postpone(self, payin: Payin, look: _Look, *, as_answered: bool) -> None:
        """What it says no about, it may do so for ever: many of these would keep the others waiting for hours."""
        try:
            await self._database.run(Postpone(payin.id, self._clock.now() + POSTPONED, as_answered=as_answered))
        except (Unavailable, OutcomeUnknown):
            look.halted = True

    async def _apply(self, payin: Payin, payments: Sequence[ApplyPayment]) -> None:
        """Those that nobody has told yet, by the very operation that their webhook would have been."""
        if not payments:
            return
        known = await self._database.run(KnownKeys([payment.request_key for payment in payments]))
        for payment in payments:
            if payment.request_key not in known:
                await self._apply_one(payin, payment)

    async def _apply_one(self, payin: Payin, payment: ApplyPayment) -> None:
        applied = await self._database.perform(payment, payment.request_key)
        told = log.bind(provider=payment.provider, payin_id=payin.id, event_id=payment.event_id)
        if isinstance(applied, Refused):
            told.warning("found_payment_refused", reason=applied.reason)
        elif applied.outcome != "ignored":
            FOUND.labels(payment.provider, applied.outcome).inc()
            told.info("payment_found", outcome=applied.outcome, amount=str(applied.amount), currency=payment.currency)

    async def _note(self, payin: Payin, sums: Mapping[str, Decimal], asked_at: datetime) -> None:
        fresh = await self._database.run(NoteAsked(payin.id, list(sums), list(sums.values()), asked_at - SETTLING))
        if fresh:
            DIFFERENCES.labels(self._provider.name).inc(fresh)
            log.warning("provider_says_other", provider=self._provider.name, payin_id=payin.id)

    def _back_off(self, look: _Look) -> None:
        self._failures = self._failures + 1 if look.is_away else 0
        self._back_at = self._clock.now() + (pause(self._failures) if look.is_away else timedelta())

    def _count(self, outcome: str) -> None:
        ASKED.labels(self._provider.name, outcome).inc()


def pause(failures: int) -> timedelta:
    """For how long a provider is left alone that was away so often in a row: it may be away for ever."""
    return min(timedelta(seconds=PERIOD * 2.0 ** min(failures, 10)), LONGEST_PAUSE)


def confirmed(payments: Sequence[ApplyPayment]) -> dict[str, Decimal]:
    """What arrived for certain, by currency: of each payment the most that is said of it."""
    most: dict[tuple[str, str], Decimal] = {}
    sums: dict[str, Decimal] = {}
    for payment in payments:
        if payment.confirmed and payment.value > 0:
            key = payment.event_id, payment.currency
            most[key] = max(payment.value, most.get(key, payment.value))
    with localcontext(EXACT):
        for (_, currency), value in most.items():
            sums[currency] = sums.get(currency, Decimal(0)) + value
    return sums
