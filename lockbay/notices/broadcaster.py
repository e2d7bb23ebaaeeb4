"""The broadcaster: sends what owners announce, one announcement at a time, beside everything else that is sent.

People hear it in the order of their numbers; one whose chat takes nothing now is left to the outbox, unless nobody's
does. How far it is, is written after a batch was sent: killed in between, the next run sends that batch again, so that
some may get it twice (AT_ONCE people at most), and nobody is left out. Who may have it, as Telegram did not say what
became of it, is told once more; then, or when it is paused or stopped meanwhile, they count as not known: rather never
than again and again. While Telegram is away it waits. Whoever wants no announcements gets none; at night it makes no
sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Literal, TypeAlias, TypeVar

import structlog
import trio
from attrs import define, evolve, field
from prometheus_client import Counter

from lockbay.actors.person import Person, Reach
from lockbay.actors.screen import Screen
from lockbay.actors.words import words
from lockbay.areas.admin.broadcast_records import BroadcastCase, Broadcasts
from lockbay.areas.admin.broadcast_screens import announcement
from lockbay.errors import OutcomeUnknown, Unavailable
from lockbay.lookout import Lookout
from lockbay.notices.broadcast_records import (
    AdvanceBroadcast,
    Advanced,
    Hearer,
    HearersAfter,
    NextBroadcast,
    Running,
)
from lockbay.notices.courier import BulkCourier
from lockbay.notices.quiet import quiet_end
from lockbay.patience import insist
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Statement
from lockbay.telegram.refusals import AnswerLost, ChatHeld, Refusal, Unauthorized, Unreachable
from lockbay.wallclock import WallClock

VIEW: Final = "BroadcastOrders"  # what an owner's order makes old: nobody reads it, the broadcaster hears of it
PERIOD: Final = 30.0  # s between two looks, when nobody tells
MOST: Final = 250  # people looked at in one statement
AT_ONCE: Final = 25  # a second's worth (courier.BULK_RATE)
AWAY: Final = 5.0  # s between two tries while Telegram is away
PATIENCE: Final = 300.0  # s with one chat; then the outbox goes on with it, and everybody else hears it
RETRY: Final = 0.5  # s, while the database is
STOPPING: Final = 1.0  # s to write how far it is when the service stops, and before that for who is being told
PAUSING: Final = 5.0  # s for these answers when only the announcement does: who was told is not to be told again

PEOPLE: Final = Counter("lockbay_broadcast_people", "People whom an announcement was for", ["outcome"])
log = structlog.get_logger()

T = TypeVar("T")
Outcome: TypeAlias = Literal["sent", "blocked", "failed", "muted", "unknown", "later"]


@define
class Batch:
    """People who are told together, and what became of each; None: not told yet. When all of them are, everybody up to
    `reached` is; `is_last`: there is nobody behind them. `held`: whose chat takes nothing, and for how many seconds;
    `due`: when the outbox tells whom it is left to. `lost`: who may have it, and is told once more. `patience`: s for
    the answers of those who are being told when it is stopped.
    """

    running: Running
    people: Sequence[Hearer]
    reached: int
    is_last: bool
    outcomes: list[Outcome | None] = field(init=False)
    held: dict[int, float] = field(factory=dict, init=False)
    due: dict[int, datetime] = field(factory=dict, init=False)
    lost: set[int] = field(factory=set, init=False)
    patience: float = field(default=STOPPING, init=False)

    @outcomes.default
    def _not_told(self) -> list[Outcome | None]:
        return [None] * len(self.people)

    @property
    def is_told(self) -> bool:
        return None not in self.outcomes

    @property
    def untold(self) -> list[int]:
        return [number for number, outcome in enumerate(self.outcomes) if outcome is None]

    def end(self, number: int, outcome: Outcome) -> None:
        self.outcomes[number] = outcome
        PEOPLE.labels(outcome).inc()

    def lose(self, number: int) -> None:
        """Somebody may have it. The second time that is all that will ever be known."""
        if number in self.lost:
            self.end(number, "unknown")
        self.lost.add(number)

    def leave(self, number: int, due: datetime) -> None:
        """To the outbox."""
        self.due[number] = due
        self.end(number, "later")

    def leave_behind(self, now: datetime) -> None:
        """Whoever has not been told, in front of somebody who has: else these would be told again."""
        for number in self.lost.intersection(self.untold):
            self.end(number, "unknown")
        told = [number for number, outcome in enumerate(self.outcomes) if outcome is not None]
        for number in range(told[-1] if told else 0):
            if self.outcomes[number] is None:
                self.leave(number, now + timedelta(seconds=self.held.get(number, 0.0)))

    def step(self) -> AdvanceBroadcast | None:
        """Up to the first who has not been told. None: nobody has been."""
        told = self.outcomes if self.is_told else self.outcomes[: self.outcomes.index(None)]
        if not told and not self.is_told:
            return None
        reached = self.reached if self.is_told else self.people[len(told) - 1].user_id
        counts = {name: told.count(name) for name in ("sent", "blocked", "failed", "muted", "unknown")}
        later = [number for number, outcome in enumerate(told) if outcome == "later"]
        return AdvanceBroadcast(
            self.running.id,
            self.running.at_user,
            reached,
            **counts,
            later=[self.people[number].user_id for number in later],
            due=[self.due[number] for number in later],
            is_over=self.is_last and self.is_told,
        )


class Broadcaster:
    """`run` is its task. Keeps nothing that is lost with it."""

    def __init__(self, database: Database, clock: WallClock, courier: BulkCourier) -> None:
        self._database = database
        self._clock = clock
        self._courier = courier
        self._lookout = Lookout("broadcaster", PERIOD)
        self._is_silent = False  # Telegram: whoever was asked about last got no answer

    def changed(self, changes: Sequence[Change]) -> None:
        """Something was committed: looks at once when an owner has begun, paused, resumed or cancelled one."""
        if any(change.view == VIEW for change in changes):
            self._lookout.wake()

    async def run(self) -> None:
        """For ever. Cancelled, it writes down how far it came, and the next run goes on from there."""
        await self._lookout.keep(self.tick)

    async def tick(self) -> None:
        """Sends all that is to be sent by now. Raises what the database raises when it is away."""
        while (running := await self._database.run(NextBroadcast())) is not None:
            await self._page(running)

    async def _page(self, running: Running) -> None:
        """Some people, batch by batch, as long as nobody stops it."""
        page = await self._database.run(HearersAfter(running.id, running.at_user, MOST))
        for start in range(0, len(page.people), AT_ONCE) or (0,):  # that there is nobody is written down as well
            people, is_last = page.people[start : start + AT_ONCE], start + AT_ONCE >= len(page.people)
            reached = page.reached if is_last else people[-1].user_id
            state = await self._batch(Batch(running, people, reached, is_last and not page.more))
            if state != "running":
                return
            running = evolve(running, at_user=reached)

    async def _batch(self, batch: Batch) -> str | None:
        """The state of the broadcast after it; None when it has to be read again."""
        is_sent = False
        try:
            await self._send(batch)
            is_sent = True
        finally:
            if not is_sent:
                with trio.CancelScope(shield=True), trio.move_on_after(STOPPING):
                    await self._write(batch)
        return await self._write(batch)

    async def _send(self, batch: Batch) -> None:
        """Returns early when it is not to be sent now any more."""
        with trio.CancelScope() as sending:
            async with trio.open_nursery() as beside:
                beside.start_soon(self._watch, batch, sending)
                while not batch.is_told:
                    next_ones = batch.untold[:1] if self._is_silent else batch.untold
                    turns = iter(next_ones)  # trio begins tasks in any order, and people are told in theirs
                    async with trio.open_nursery() as senders:
                        for _ in next_ones:
                            senders.start_soon(self._tell, batch, turns)
                    await self._rest(batch)
                beside.cancel_scope.cancel()

    async def _watch(self, batch: Batch, sending: trio.CancelScope) -> None:
        while True:
            await self._lookout.woken()
            try:
                running = await self._database.run(NextBroadcast())
            except (Unavailable, OutcomeUnknown):
                continue  # whoever is told meanwhile is counted
            if running is None or running.id != batch.running.id:
                batch.patience = PAUSING
                sending.cancel()
                return

    async def _tell(self, batch: Batch, turns: Iterator[int]) -> None:
        number = next(turns)
        hearer = batch.people[number]
        try:
            outcome: Outcome = "muted" if hearer.muted else await self._told(batch, hearer)
        except ChatHeld as held:
            batch.held[number] = held.seconds
            return
        except AnswerLost:
            self._is_silent = True
            return batch.lose(number)
        except Exception:  # the others of the batch would be told again, and again
            log.exception("broadcast_failed", id=batch.running.id, user_id=hearer.user_id)
            outcome = "failed"
        else:
            self._is_silent = self._is_silent and hearer.muted
        batch.end(number, outcome)

    async def _rest(self, batch: Batch) -> None:
        """While Telegram gives no answer, one at a time finds out: else hundreds more would count as not known."""
        await self._leave(batch)
        if self._is_silent and not batch.is_told:
            await trio.sleep(AWAY)

    async def _leave(self, batch: Batch) -> None:
        """One chat that takes nothing is no reason for all others to wait: anybody can bring that upon their own. Where
        none takes anything it is the whole bot's matter, and the outbox would be no better off.
        """
        held, batch.held = batch.held, {}
        if len(held) > 1 and "sent" not in batch.outcomes:
            return await trio.sleep(min(AWAY, *held.values()))
        for number, seconds in held.items():
            batch.leave(number, self._clock.now() + timedelta(seconds=seconds))

    def _screen(self, running: Running, hearer: Hearer) -> Screen:
        say = words(hearer.language, hearer.time_zone)
        night = quiet_end(self._clock.now(), say.zone, hearer.quiet_from, hearer.quiet_until)
        return evolve(announcement(say, running.kind, running.text, running.file_id), silent=night is not None)

    async def _told(self, batch: Batch, hearer: Hearer) -> Outcome:
        """What became of one of them. Raises AnswerLost, and ChatHeld, also for one that does not take it otherwise."""
        running, screen = batch.running, self._screen(batch.running, hearer)
        until = trio.current_time() + PATIENCE
        while trio.current_time() < until:
            try:
                await self._courier.deliver_bulk(hearer.user_id, screen, last_word=lambda: batch.patience)
                return "sent"
            except Unreachable:
                return await self._blocked(hearer)
            except (AnswerLost, ChatHeld):
                raise
            except (Unavailable, OutcomeUnknown, Unauthorized) as away:  # also of a token that can be mended
                log.warning("broadcast_waits_for_telegram", id=running.id, error=type(away).__name__)
            except Refusal as refused:
                log.warning("broadcast_refused", id=running.id, user_id=hearer.user_id, error=refused.description)
                return "failed"
            await trio.sleep(AWAY)
        raise ChatHeld(0)

    async def _blocked(self, hearer: Hearer) -> Outcome:
        await self._insist(Reach(hearer.user_id, blocked=True))
        self._database.on_changed([Change(hearer.user_id, Person.__name__)])  # who writes is looked at again
        return "blocked"

    async def _write(self, batch: Batch) -> str | None:
        batch.leave_behind(self._clock.now())
        step = batch.step()
        advanced: Advanced | None = None if step is None else await self._insist(step)
        if advanced is None:
            return None
        self._database.on_changed(
            [Change(owner, view.__name__) for owner in advanced.owners for view in (Broadcasts, BroadcastCase)]
        )
        if advanced.told:
            self._database.on_told()
        if advanced.state == "done":
            log.info("broadcast_done", id=batch.running.id)
        return advanced.state if batch.is_told else None

    async def _insist(self, statement: Statement[T]) -> T:
        """Runs an idempotent statement until it is done."""
        return await insist(partial(self._database.run, statement), "broadcast", pause=RETRY, statement=statement.file)
