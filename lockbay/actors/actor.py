"""An actor: one live user. It handles that user's updates one at a time, in order, inside a time limit.

What it knows is a cache of rows: it can end at any moment, and another goes on from the rows.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias, TypeVar

import structlog
import trio
from attrs import define, frozen
from prometheus_client import Counter, Histogram

from lockbay.actors import interjections
from lockbay.actors.delay import Delay
from lockbay.actors.inbox import MOST, UNCHANGED, Settled, Unchanged
from lockbay.actors.journal import Journal
from lockbay.actors.mailbox import Mailbox
from lockbay.actors.screen import stays
from lockbay.actors.services import Services, nothing, tell
from lockbay.actors.session import Session
from lockbay.actors.turn import Turn
from lockbay.actors.update import DeadlinePassed, GroupEvent, Press, Update
from lockbay.errors import LockBayError, OutcomeUnknown, StatementTooSlow, Superseded, Unavailable
from lockbay.patience import insist
from lockbay.postgres.text import storable

T = TypeVar("T")
TRIES: Final = 3  # of one update, before it goes to the dead letters
TOO_SLOW: Final = 3  # times that PostgreSQL ends a statement of a turn, until that counts as a failure of the update
RETRY: Final = 0.2  # s between tries while the database is away
STUCK: Final = 5.0  # s until a message is tried again that could not even be given up
MAILBOX: Final = 64  # messages; whoever sends more is served from the inbox
UNDELIVERED: Final = 256  # turns whose replies are on their way, some MB; whoever sends on waits, as for a full mailbox

TURNS = Histogram(
    "lockbay_turn_seconds",
    "From an actor taking an update to its replies being handed over",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 10),
)
FAILURES = Counter("lockbay_turn_failures", "Turns that ended in an error", ["error"])
log = structlog.get_logger()


@frozen
class Wake:
    """Updates that did not fit into the mailbox are in the inbox now."""


WAKE: Final = Wake()
Message: TypeAlias = Update | DeadlinePassed | Wake


class TurnTooSlow(LockBayError):
    """PostgreSQL ended a statement of the same turn again and again."""


@define(eq=False)
class Unsettled:
    """A turn whose replies are on their way."""

    update_id: int | None
    journal: Journal | Unchanged | None
    chat_id: int
    delivered: bool = False


class Actor:
    """`run` is the actor's task; everything else is called by the router, in the same thread."""

    def __init__(self, user_id: int, services: Services) -> None:
        self.user_id = user_id
        self.last_active = trio.current_time()
        self._services = services
        self._session = Session(user_id, services)
        self._mailbox = Mailbox[Message](MAILBOX)
        self._skipped: list[int] = []  # updates that are in the inbox only, in their order
        self._stored = 0  # how many of these can be taken from there by now
        self._again = 0  # how often it was told that an update which had failed is in the inbox again
        self._is_busy = False
        self._unsettled: list[Unsettled] = []  # seldom more than one; an empty deque takes 700 bytes
        self._unconfirmed = 0
        self._arrival: trio.Event | None = None  # only while it waits for one

    def post(self, message: Message) -> bool:
        """Puts a message into the mailbox; False when it is full."""
        return self._mailbox.post(message)

    @property
    def is_behind(self) -> bool:
        """It takes its updates from the inbox: whatever is posted now would overtake them, or be handled twice."""
        return bool(self._skipped)

    def skip(self, update_id: int) -> None:
        """An update did not fit; it and all that follow come from the inbox, until none is left there."""
        self._skipped.append(update_id)

    def skipped_are_stored(self, count: int) -> None:
        """So many more of those that were skipped can be taken from the inbox now."""
        self._stored += count
        self.post(WAKE)

    def again(self) -> None:
        """An update that had failed is in the inbox again."""
        self._again += 1
        self.post(WAKE)

    def changed(self, view: str) -> None:
        """A committed operation touched this user."""
        self._session.changed(view)

    def rest(self) -> None:
        """Drops the context of a person who has been away for longer than it lives."""
        self._session.context.clear("aged")

    @property
    def depth(self) -> int:
        """Messages that wait."""
        return len(self._mailbox)

    @property
    def waits_for(self) -> int | None:
        """The chat of the oldest answer that is on its way."""
        return self._unsettled[0].chat_id if self._unsettled else None

    @property
    def is_idle(self) -> bool:
        """Nothing to do, and nothing that only this actor knows: it may end."""
        waits = self.depth or self.is_behind or self._again
        return not (self._is_busy or waits or self._unsettled or self._unconfirmed)

    async def run(self) -> None:
        """Handles messages until cancelled. A failure of one never leaves here; after any other it may be run again,
        and goes on with what waits.
        """
        try:
            while True:
                await self._next()
        finally:
            self._session.drop("stopped")

    async def _next(self) -> None:
        if self._stored and not self.depth:
            return await self._catch_up()
        if self._again and not self.depth:
            return await self._try_again()
        message = await self._mailbox.take()
        self.last_active = trio.current_time()
        if not isinstance(message, Wake):
            await self._handle(message)

    async def _catch_up(self) -> None:
        """Takes from the inbox what did not fit into the mailbox, each by its number: whatever else lies there is under
        way, or will be taken later.
        """
        due = self._skipped[: min(self._stored, MOST)]
        for raw in await _patiently(lambda: self._services.inbox.take(self.user_id, due)):
            update = self._services.parse_update(raw)
            if update is not None:
                await self._handle(update)
        del self._skipped[: len(due)]
        self._stored -= len(due)

    async def _try_again(self) -> None:
        """Takes from the inbox what was in the dead letters."""
        told = self._again
        for raw in await _patiently(lambda: self._services.inbox.again(self.user_id)):
            update = self._services.parse_update(raw)
            if update is not None:
                await self._handle(update)
        self._again -= told

    async def _handle(self, message: Update | DeadlinePassed) -> None:
        self._is_busy = True
        await self._wait_for_deliveries()
        began = time.perf_counter()
        for attempt in itertools.count(1):
            try:
                self._hand_over(message, await self._taken(message))
                break
            except Exception as error:
                FAILURES.labels(type(error).__name__).inc()
                log.exception("turn_failed", user_id=self.user_id, update_id=_update_id(message), attempt=attempt)
                if attempt >= TRIES and await self._gives_up(message, error):
                    break
        self._is_busy = False
        TURNS.observe(time.perf_counter() - began)

    async def _taken(self, message: Update | DeadlinePassed) -> tuple[Turn, Journal | Unchanged | None]:
        """Waits however long the database is away. But an update that asks too much of it each time fails in the end:
        its sender would be locked out for ever, as all that they send waits behind it.
        """
        ends, delay = itertools.count(1), Delay(message, self._services.replies)

        async def take() -> tuple[Turn, Journal | Unchanged | None]:
            try:
                return await self._session.take(message)
            except (Unavailable, OutcomeUnknown) as error:
                if isinstance(error, StatementTooSlow) and next(ends) == TOO_SLOW:
                    raise TurnTooSlow(str(error)) from None
                delay.lasts()
                raise

        return await _patiently(take)

    async def _wait_for_deliveries(self) -> None:
        """Whoever sends faster than Telegram lets us answer would fill the memory with what waits to be sent."""
        while len(self._unsettled) >= UNDELIVERED:
            self._arrival = trio.Event()
            await self._arrival.wait()
        self._arrival = None

    def _hand_over(self, message: Update | DeadlinePassed, done: tuple[Turn, Journal | Unchanged | None]) -> None:
        """Gives the replies to the courier. When the last is delivered, the turn is settled."""
        turn, journal = done
        chat_id = message.chat_id if isinstance(message, Update) else self.user_id
        unsettled = Unsettled(_update_id(message), journal, chat_id)
        self._unsettled.append(unsettled)
        press = message.event if isinstance(message, Update) and isinstance(message.event, Press) else None
        last = len(turn.shown) - 1
        for number, (screen, origin) in enumerate(turn.shown):
            self._services.replies.reply(
                chat_id,
                screen,
                origin=origin,
                edit=press.message_id if press is not None and number == 0 and not stays(press.data) else None,
                photo_edit=press is not None and press.on_photo,
                done=(lambda: self._delivered(unsettled)) if number == last else nothing,
            )
        if last < 0:
            self._delivered(unsettled)

    def _delivered(self, turn: Unsettled) -> None:
        """Turns are settled in their order, whichever is delivered first."""
        turn.delivered = True
        while self._unsettled and self._unsettled[0].delivered:
            head = self._unsettled.pop(0)
            self._unconfirmed += 1
            self._services.inbox.settle(Settled(self.user_id, head.update_id, head.journal, self._confirmed))
        if self._arrival is not None:
            self._arrival.set()

    def _confirmed(self) -> None:
        self._unconfirmed -= 1

    async def _gives_up(self, message: Update | DeadlinePassed, error: Exception) -> bool:
        """Whether that succeeded. If not, the message is tried again after a while, and what is behind it waits: an
        actor that ended here would take its mailbox along.
        """
        try:
            await self._give_up(message, error)
            return True
        except Superseded:  # this service has to end
            raise
        except Exception:
            log.exception("turn_not_given_up", user_id=self.user_id, update_id=_update_id(message))
            await trio.sleep(STUCK)
            return False

    async def _give_up(self, message: Update | DeadlinePassed, error: Exception) -> None:
        """The third failure: the update goes to the dead letters, the person is told, and their conversation is over.
        What failed in a group has nothing to do with that conversation, and nobody is told there.
        """
        if isinstance(message, Update):
            await self._services.inbox.bury(message, storable(f"{type(error).__name__}: {error}"))
        is_private = not (isinstance(message, Update) and isinstance(message.event, GroupEvent))
        if is_private:
            self._session.end("failed")
        journal = None if is_private else UNCHANGED
        over = Unsettled(None, journal, self.user_id)  # the update has left the inbox, and may come again
        self._unsettled.append(over)
        if isinstance(message, Update) and is_private:
            tell(self._services.replies, message.chat_id, interjections.failed(message.sender))
        self._delivered(over)


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Tries again until the database is back. What was sent before is answered the same under the same key."""
    return await insist(attempt, "actor", pause=RETRY)


def _update_id(message: Update | DeadlinePassed) -> int | None:
    return message.update_id if isinstance(message, Update) else None
