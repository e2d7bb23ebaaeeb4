"""What is sent, in order: each chat's screens one after the other, all chats at once.

A chat that has something to send has one task, its lane; an idle chat has nothing at all. So a reply to an idle chat
wakes one task (2.5 µs, measured; to start one takes 3.8), and the actor never waits for the network: sending from the
actor's own task would save those but make every next update of that person wait for Telegram. Nothing is throttled
except by what Telegram itself says (holds.py) and, for bulk, by a steady pace.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
import trio
from prometheus_client import Counter, Gauge, Histogram

from lockbay.actors.screen import Origin, Screen
from lockbay.errors import LockBayError, TelegramUnavailable
from lockbay.telegram.api import BotApi
from lockbay.telegram.backoff import Backoff
from lockbay.telegram.holds import Holds, Pace
from lockbay.telegram.lane import Lane
from lockbay.telegram.parcel import Outcome, Parcel, Withdrawn
from lockbay.telegram.refusals import (
    AnswerLost,
    BadRequest,
    ChatHeld,
    ChatMigrated,
    Refusal,
    TooManyRequests,
    Unauthorized,
)
from lockbay.telegram.spinners import Spinners
from lockbay.telegram.types import Pressed
from lockbay.telegram.workers import Workers

ATTEMPTS: Final = 4  # then the outbox tries again later; a minute at most in the chat's way, and it in theirs
LATEST: Final = 20.0  # s after the first of them there is no other: one that hangs takes half a minute by itself
BULK_RATE: Final = 25.0  # a second; Telegram allows about 30 (docs/apis.md §1.5)
LAST_WORD: Final = 1.0  # s for what becomes of a delivery that is cancelled on its way
LONGEST_PAUSE: Final = 15.0  # s between two tries while Telegram is away

QUEUED = Gauge("lockbay_courier_queued", "Chats with screens that wait or are being sent")
HELD = Gauge("lockbay_courier_held_chats", "Those of them that Telegram has told to wait")
LATENCY = Histogram("lockbay_courier_seconds", "From the order to the delivery", buckets=(0.01, 0.05, 0.2, 1, 5, 30))
UNDELIVERED = Counter("lockbay_courier_undelivered_total", "Screens that could not be delivered", ["error"])
log = structlog.get_logger()


def _last_word() -> float:
    return LAST_WORD


class Courier:
    """`nursery` owns the lanes; it should outlive all who send. Nothing is dropped: what fails for now is repeated in
    place, what is refused for good is logged. A repeated send may show a screen twice when an answer was lost.
    `on_moved(chat_id, new_id)` is called when Telegram says that a group has another id; the screen goes there.
    """

    def __init__(
        self,
        api: BotApi,
        nursery: trio.Nursery,
        *,
        random: Callable[[], float] = random.random,
        bulk_rate: float = BULK_RATE,
        first_pause: float = 0.5,
    ) -> None:
        self._api = api
        self._workers = Workers(nursery)
        self._random = random
        self._first_pause = first_pause
        self._pace = Pace(bulk_rate)
        self._holds = Holds()
        self._lanes: dict[int, Lane] = {}
        self._spinners = Spinners(self._answer_now)
        nursery.start_soon(self._spinners.run)
        self._drained = trio.lowlevel.ParkingLot()
        QUEUED.set_function(lambda: len(self._lanes))  # nothing is counted for each
        HELD.set_function(lambda: len(self.refused()))
        self.on_moved: Callable[[int, int], None] = _nothing

    def reply(
        self,
        chat_id: int,
        screen: Screen,
        *,
        origin: Origin | None,
        edit: int | None,
        photo_edit: bool,
        done: Callable[[], None],
    ) -> None:
        """Queues a screen, in place of message `edit` (`photo_edit`: which has a photo) where that is possible.

        `done` is called once, when it is delivered or cannot ever be; not at all when the courier is stopped before.
        """

        def settled(_: Outcome) -> None:
            done()

        self._queue(chat_id, self._with_answer(chat_id, Parcel(screen, settled, origin, edit, photo_edit)))

    def answer(self, chat_id: int, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        """Ends a button's spinner: with the chat's next screen when that comes soon, else beside everything; with a
        text at once. Best effort: one try, no exception.
        """
        if text is None:
            self._spinners.begin(chat_id, callback_id)
        else:
            self._workers.start_soon(partial(self._answer, callback_id, text, alert))

    def _with_answer(self, chat_id: int, parcel: Parcel) -> Parcel:
        """Whoever presses does not wait for what a chat has to wait for."""
        pressed = self._spinners.end(chat_id)
        if pressed is None:
            return parcel
        if parcel.is_edit and chat_id not in self._lanes and not self._holds.holds(chat_id):
            parcel.pressed = Pressed(pressed, self._answer_now)
        else:
            self._answer_now(pressed)
        return parcel

    def _answer_now(self, pressed: str) -> None:
        self._workers.start_soon(partial(self._answer, pressed, None, False))

    async def deliver(self, chat_id: int, screen: Screen, *, edits: int | None = None) -> int:
        """Shows a screen in the chat's order, in place of message `edits` where that is possible, else as a new one;
        returns the message's id.

        Raises Unreachable or another Refusal (do not repeat; BadRequest also for a screen that cannot be made into a
        message), TelegramUnavailable after a few tries, AnswerLost (an OutcomeUnknown, too) when the last of them may
        have arrived; ChatHeld at once where Telegram wants this chat left alone, as whoever waits for that would keep
        others waiting. Cancelled before it is on its way it is not sent; later, it returns what becomes of it within
        LAST_WORD, else that stays unseen.
        """
        return await self._delivered(chat_id, screen, edits, ATTEMPTS, _last_word, bulk=False)

    async def deliver_bulk(self, chat_id: int, screen: Screen, *, last_word: Callable[[], float] = _last_word) -> int:
        """The same for one of many: at a steady pace, and behind whatever else there is for its chat. AnswerLost is
        raised after the first try that may have arrived, as whoever brings it knows whether it may come twice; also
        when it is cancelled on its way, and what becomes of it is not known within so many seconds.
        """
        backoff = self._backoff()
        while True:
            await self._pace.turn()
            try:
                return await self._delivered(chat_id, screen, None, 1, last_word, bulk=True)
            except (AnswerLost, ChatHeld):
                raise
            except TelegramUnavailable:
                if backoff.failures >= ATTEMPTS - 1:
                    raise
            await trio.sleep(backoff.pause())  # here, not in the lane: a reply must not wait for it

    def refused(self) -> set[int]:
        """Chats that Telegram has told to wait since there is something for them."""
        return {chat_id for chat_id, lane in list(self._lanes.items()) if lane.was_refused}  # metrics: in a thread

    async def drain(self, grace: float) -> int:
        """Waits until everything is sent, at most `grace` seconds; returns how many chats still wait."""
        with trio.move_on_after(grace):
            while self._lanes:
                await self._drained.park()
        return len(self._lanes)

    async def _delivered(
        self,
        chat_id: int,
        screen: Screen,
        edits: int | None,
        attempts: int,
        last_word: Callable[[], float],
        *,
        bulk: bool,
    ) -> int:
        if (seconds := self._holds.left(chat_id)) > 0:
            raise ChatHeld(seconds)
        outcomes: list[Outcome] = []
        arrived = trio.Event()

        def settled(outcome: Outcome) -> None:
            outcomes.append(outcome)
            arrived.set()

        parcel = Parcel(screen, settled, edit=edits, attempts=attempts)
        self._queue(chat_id, parcel, bulk=bulk)
        try:
            await arrived.wait()
        except trio.Cancelled:
            parcel.withdrawn = True
            with trio.move_on_after(last_word() if parcel.goes else 0, shield=True):
                await arrived.wait()
            if not outcomes and not (bulk and parcel.goes):
                raise
        outcome = outcomes.pop() if outcomes else AnswerLost("it was on its way when nobody waited any more")
        try:
            if isinstance(outcome, LockBayError):
                raise outcome
            return outcome
        finally:
            del outcome  # else the error's traceback holds this frame, and this frame the error: the collector's work

    def _queue(self, chat_id: int, parcel: Parcel, *, bulk: bool = False) -> None:
        parcel.queued_at = trio.current_time()
        lane = self._lanes.get(chat_id)
        if lane is None:
            lane = self._lanes[chat_id] = Lane()
            self._workers.start_soon(partial(self._run, chat_id, lane))
        (lane.bulk if bulk else lane.parcels).append(parcel)

    async def _run(self, chat_id: int, lane: Lane) -> None:
        """A lane's whole life. No await lies between the last look into the queue and its end."""
        try:
            while (parcel := lane.next()) is not None:
                await self._carry(chat_id, lane, parcel)
        finally:
            lane.abandon()
            del self._lanes[chat_id]
            if not self._lanes:
                self._drained.unpark_all()

    async def _carry(self, chat_id: int, lane: Lane, parcel: Parcel) -> None:
        try:
            outcome = await self._outcome(chat_id, lane, parcel)
        except trio.Cancelled:
            parcel.stopped(AnswerLost("the courier was stopped in the middle of a send"))
            raise
        if outcome is None:
            return
        LATENCY.observe(trio.current_time() - parcel.queued_at)
        if isinstance(outcome, LockBayError):
            UNDELIVERED.labels(type(outcome).__name__).inc()
            log.warning("screen_undelivered", chat_id=chat_id, error=type(outcome).__name__, reason=str(outcome))
        parcel.settled(outcome)
        del outcome  # as in _delivered: from Python 3.12 on the traceback leads to this frame, too

    async def _outcome(self, chat_id: int, lane: Lane, parcel: Parcel) -> Outcome | None:
        """Shows the parcel, as often as it takes; None: it was withdrawn. A mistake in one screen must not stop the
        others.
        """
        backoff: Backoff | None = None
        has_moved, began = False, trio.current_time()
        api = self._api if parcel.is_reply else self._api.asking(parcel.leave)
        while True:
            try:
                await self._holds.turn(chat_id)
                if parcel.withdrawn:
                    return None
                shown = await parcel.show(api, chat_id)
                self._holds.passed()
                return shown
            except Withdrawn:
                return None
            except TooManyRequests as refused:
                self._holds.refused(chat_id, refused.retry_after)
                held = ChatHeld(refused.retry_after)
                lane.was_refused = True
                lane.turn_away(held)
                if not parcel.is_reply:
                    return held
            except ChatMigrated as moved:
                if has_moved:  # a group moves once: two that moved to each other would be followed for ever
                    return moved
                self.on_moved(chat_id, moved.new_id)
                chat_id, has_moved = moved.new_id, True
            except (TelegramUnavailable, Unauthorized) as away:  # a token can be mended, a lost reply cannot
                backoff = backoff or self._backoff()
                is_late = trio.current_time() - began >= LATEST
                if is_late or backoff.failures + 1 >= (parcel.attempts or ATTEMPTS):
                    if not parcel.is_reply:
                        return away
                    lane.turn_away(TelegramUnavailable("what comes first in this chat cannot be shown now"))
                await self._pause(chat_id, backoff, away)
            except Refusal as refused_for_good:
                return refused_for_good
            except Exception as mistake:
                log.exception("screen_failed", chat_id=chat_id)
                return BadRequest(f"the screen cannot be sent: {type(mistake).__name__}")

    async def _pause(self, chat_id: int, backoff: Backoff, away: LockBayError) -> None:
        seconds = backoff.pause()
        log.warning("telegram_away", chat_id=chat_id, reason=str(away), pause_seconds=round(seconds, 3))
        await trio.sleep(seconds)

    def _backoff(self) -> Backoff:
        return Backoff(self._random, self._first_pause, LONGEST_PAUSE)

    async def _answer(self, callback_id: str, text: str | None, alert: bool) -> None:
        try:
            await self._api.answer_callback_query(callback_id, text, alert)
        except LockBayError as error:
            log.info("press_unanswered", error=type(error).__name__)


def _nothing(_: int, __: int) -> None:
    pass
