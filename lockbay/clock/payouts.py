"""The runner of payouts: gives each cash-out to a provider once, and asks about those whose end nobody has told.

What is to be done are rows. `sending` is committed before a provider is called: what is found so later was perhaps
paid, and is asked about; it is sent again only when its provider surely does not know it. No call is made inside a
transaction, and from the moment of a call until its answer is committed nothing cancels it, within a bound.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar, Final, TypeVar

import structlog
import trio
from attrs import frozen
from prometheus_client import Counter, Histogram

from lockbay.areas.payout import Cashout, SendCashout, SettleCashout
from lockbay.clock.lines import DueCashouts, Lines, is_to_send
from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.lookout import Lookout
from lockbay.patience import insist
from lockbay.payments.manual import Manual
from lockbay.payments.payout import PayoutProvider, told
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Operation, Refused, Statement
from lockbay.wallclock import WallClock

PERIOD: Final = 1.0  # s between two looks, when nobody tells
AT_ONCE: Final = 4  # calls to one provider that pay, and as many that ask
BOUND: Final = 45.0  # s for a call that pays, with its answer's commit: well before `ask_at`, which is 2 min later
GRACE: Final = 5.0  # s for calls under way when the service stops
AGAIN: Final = 1.0  # s until an operation is repeated whose outcome is not known
# Whoever was held up for so long since `sending` was committed must not call any more: it may have been asked about.
FRESH: Final = timedelta(seconds=60)
SILENT: Final = timedelta(hours=1)  # in `sending`, and nobody can say anything: somebody has to know
LOST: Final = timedelta(days=1)  # `sent`, and nobody could say anything since: somebody has to be able to decide

PAYOUTS = Counter("lockbay_payouts", "What providers answered about payouts", ["provider", "kind", "outcome"])
SECONDS = Histogram(
    "lockbay_payout_call_seconds", "From a call about a payout to its answer", ["provider", "kind"],
    buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 60),
)  # fmt: skip
log = structlog.get_logger()

T = TypeVar("T")


@frozen
class NoteAsked(Statement[None]):
    """There is nothing new of a cash-out: it is looked at again later, unless a webhook has told of it `since`.
    `answered`: its provider says so.
    """

    file: ClassVar[str] = "cashout/asked"
    cashout_id: int
    since: datetime
    answered: bool = False


@frozen
class KeepPayoutId(Statement[int | None]):
    """What a provider calls a cash-out. None: another one is called so, or it is not being paid."""

    file: ClassVar[str] = "cashout/keep"
    cashout_id: int
    external_id: str


class Payouts:
    """Keeps nothing that is lost with it. `providers` are tried in their order; what none of them pays waits."""

    def __init__(
        self, database: Database, clock: WallClock, providers: Sequence[PayoutProvider], *, bound: float = BOUND
    ) -> None:
        self._database = database
        self._clock = clock
        self._providers = {provider.name: provider for provider in providers}
        self._bound = bound
        self._paying = {name: trio.CapacityLimiter(AT_ONCE) for name in self._providers}
        self._asking = {name: trio.CapacityLimiter(AT_ONCE) for name in self._providers}
        self._lines = Lines(providers)
        self._missed: set[str] = set()  # who paid what is under way, and is not in the settings any more
        self._calls: set[trio.CancelScope] = set()
        self._looking = trio.CancelScope()
        self._lookout = Lookout("payouts", PERIOD)

    def changed(self, changes: Sequence[Change]) -> None:
        """Something was committed: looks at once when it made a cash-out due."""
        if any(change.view == DueCashouts.__name__ for change in changes):
            self._lookout.wake()

    def stop(self) -> None:
        """Begins nothing new; calls under way get their grace. `run` ends when they have ended."""
        self._looking.cancel()

    async def run(self) -> None:
        """Until `stop` or cancellation, whatever goes wrong: the rows stay due. Ends within the grace."""
        async with trio.open_nursery() as workers:
            try:
                with self._looking:
                    await self._lookout.keep(partial(self._look, workers))
            finally:
                self._hurry()
                if self._looking.cancel_called:
                    self._drop_waiting(workers)

    async def tick(self) -> None:
        """Does all that is due by now, and waits for it. Raises what the database raises when it is away."""
        async with trio.open_nursery() as workers:
            await self._look(workers)

    def _hurry(self) -> None:
        for scope in self._calls:
            scope.deadline = min(scope.deadline, trio.current_time() + GRACE)

    @staticmethod
    def _drop_waiting(workers: trio.Nursery) -> None:
        """Who only waits for its turn has called nobody; a call is shielded."""
        workers.cancel_scope.cancel()

    async def _look(self, workers: trio.Nursery) -> None:
        asked = self._lines.due()
        if asked is None:
            return
        due = await self._database.run(asked)
        for cashout in (*due.to_send, *due.to_ask):
            if self._lines.enter(cashout):
                workers.start_soon(self._work, cashout)

    async def _work(self, cashout: Cashout) -> None:
        """None is in the way of the others: what fails is due again."""
        try:
            if is_to_send(cashout):
                await self._send(cashout)
            else:
                await self._ask(cashout)
        except (Unavailable, OutcomeUnknown) as error:
            log.warning("payouts_wait_for_database", cashout_id=cashout.id, error=str(error))
        except Exception:
            log.exception("payout_failed", cashout_id=cashout.id)
        finally:
            self._lines.leave(cashout)

    async def _send(self, cashout: Cashout) -> None:
        payer = self._lines.payer(cashout)
        if payer is None:
            return await self._leave(cashout)
        provider = self._providers[payer]
        async with self._paying[provider.name]:
            await trio.lowlevel.checkpoint_if_cancelled()  # nobody is called any more
            with self._shielded():
                await self._pay(provider, cashout)

    async def _pay(self, provider: PayoutProvider, cashout: Cashout) -> None:
        # Not the same key for whoever else tries: a repeated key would answer `sending` again, and both would pay.
        key = f"send.{cashout.id}.{cashout.tries}.{secrets.token_hex(8)}"
        sending = await self._repeated(SendCashout(cashout.id, provider.name), key)
        if isinstance(sending, Refused):
            log.info("payout_refused", cashout_id=cashout.id, reason=sending.reason)
            return
        if sending.sending_at is None or self._clock.now() - sending.sending_at > FRESH:
            log.warning("payout_too_late", cashout_id=cashout.id)
            return
        since = self._clock.now()
        with SECONDS.labels(provider.name, "pay").time():
            answer = await self._answer(provider, sending)
        await self._settle(provider.name, "pay", sending, answer, since)

    async def _answer(self, provider: PayoutProvider, cashout: Cashout) -> SettleCashout:
        """Whatever goes wrong, it may have paid."""
        try:
            return await provider.pay(cashout)
        except Exception:
            log.exception("payout_call_failed", provider=provider.name, cashout_id=cashout.id)
            return told(cashout, provider.name, "unknown", problem="call failed")

    async def _ask(self, cashout: Cashout) -> None:
        since = self._clock.now()
        answer = await self._asked(cashout)
        if answer is None and self._is_silent(cashout):
            answer = told(cashout, cashout.provider or "", "unknown", problem="no_answer")
        if answer is None or answer.outcome == cashout.state:
            await self._database.run(NoteAsked(cashout.id, since, answered=answer is not None))
        else:
            await self._settle(answer.provider, "ask", cashout, answer, since)

    async def _asked(self, cashout: Cashout) -> SettleCashout | None:
        provider = self._providers.get(cashout.provider or "")
        if provider is None:
            self._miss(cashout.provider or "")
            return None
        async with self._asking[provider.name]:
            with SECONDS.labels(provider.name, "ask").time(), trio.move_on_after(self._bound):
                try:
                    return await provider.ask(cashout)
                except Exception:
                    log.exception("payout_call_failed", provider=provider.name, cashout_id=cashout.id)
        return None

    def _miss(self, provider: str) -> None:
        """Said once for all its cash-outs: they are looked at again and again, and the staff decides in the end."""
        if provider not in self._missed:
            self._missed.add(provider)
            log.warning(
                "payouts_without_provider", provider=provider, setting="LOCKBAY_PAYOUTS",
                meaning="nobody asks what became of its payouts, until it stands there again and has its key",
            )  # fmt: skip

    async def _settle(self, provider: str, kind: str, cashout: Cashout, answer: SettleCashout, since: datetime) -> None:
        """The key is of what was told about the cash-out as it was: repeated it is one, told anew it is another."""
        PAYOUTS.labels(provider, kind, answer.outcome).inc()
        key = f"settle.{cashout.reference}.{cashout.version}.{digest(answer)}"
        settled = await self._repeated(answer, key)
        if isinstance(settled, Refused):
            log.error("payout_not_settled", cashout_id=cashout.id, reason=settled.reason)
            return
        report = log.warning if settled.state in ("unknown", "waiting") else log.info
        report("payout_told", provider=provider, cashout_id=cashout.id, told=answer.outcome, state=settled.state)
        if settled.state == cashout.state:
            await self._database.run(NoteAsked(cashout.id, since))

    async def _leave(self, cashout: Cashout) -> None:
        """Nobody pays it: it waits for an operator, who is told once."""
        since = self._clock.now()
        if cashout.state == "waiting":
            return await self._database.run(NoteAsked(cashout.id, since))
        await self._settle(Manual.name, "pay", cashout, await Manual().pay(cashout), since)

    def _is_silent(self, cashout: Cashout) -> bool:
        """Whether nobody could say anything of it for so long that people have to look. Asked it still is."""
        if cashout.state == "sent":
            since, bound = cashout.answered_at or cashout.sending_at, LOST
        else:
            since, bound = cashout.sending_at, SILENT
        return cashout.state in ("sending", "sent") and since is not None and self._clock.now() - since >= bound

    async def _repeated(self, operation: Operation[T], key: str) -> T | Refused:
        """Until its outcome is known: the same key again is the same operation. Bounded by whoever calls."""
        return await insist(partial(self._database.perform, operation, key), "payout", pause=AGAIN, key=key)

    @contextmanager
    def _shielded(self) -> Iterator[None]:
        """Nothing cancels what is done here within the bound; past it the row is asked about."""
        with trio.CancelScope(shield=True, deadline=trio.current_time() + self._bound) as scope:
            self._calls.add(scope)
            try:
                yield
            finally:
                self._calls.discard(scope)


def digest(answer: SettleCashout) -> str:
    """What was told, in a few letters."""
    parts = (answer.provider, answer.outcome, answer.external_id, answer.txid, answer.problem, answer.body.hex())
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
