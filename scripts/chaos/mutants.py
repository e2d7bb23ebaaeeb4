"""LockBay with a defect, to see that it would be found: each makes the process that it is called in another service.

python -m scripts.chaos.mutants NAME    that service, as `python -m lockbay --poll`
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Mapping
from typing import Final

import trio

from lockbay.__main__ import main as lockbay
from lockbay.actors.inbox import UNCHANGED, Settled, Unchanged, _settlement
from lockbay.actors.intake import Intake
from lockbay.actors.journal import Journal
from lockbay.actors.session import Session
from lockbay.actors.turn import Turn
from lockbay.actors.update import DeadlinePassed, Update

LOOK: Final = 0.002  # s
LATE: Final = 0.05  # s from the acknowledgement to the storing: a way to Telegram takes less


def sound() -> None:
    """LockBay as it is."""


def repeating() -> None:
    """Each request has a key that nobody repeats: a turn that is handled again has its effect again."""
    perform = Turn.perform

    async def forgetful(turn: Turn, operation: object, key: str) -> object:
        return await perform(turn, operation, f"{key}.{secrets.token_hex(8)}")  # type: ignore[arg-type]

    Turn.perform = forgetful  # type: ignore[assignment, method-assign]


def hasty() -> None:
    """The offset is acknowledged before the batch is stored."""
    store, in_turn = Intake._store, trio.Lock()

    async def promised(
        intake: Intake, updates: list[Update], offset: int, skipped: list[Update], *events: trio.Event
    ) -> None:
        events[-1].set()  # as if it were stored
        async with in_turn:
            await trio.sleep(LATE)
            await store(intake, updates, offset, skipped, *events)

    Intake._store = promised  # type: ignore[assignment, method-assign]


def careless() -> None:
    """An update leaves the inbox before what it asks for is done."""
    take = Session.take

    async def settled_first(
        session: Session, message: Update | DeadlinePassed
    ) -> tuple[Turn, Journal | Unchanged | None]:
        inbox = session._services.inbox
        if isinstance(message, Update):
            while message.update_id in inbox._unstored:
                await inbox._news.park()
            nothing = Settled(session._user_id, message.update_id, UNCHANGED, lambda: None)
            await inbox._insist(_settlement(inbox._bot_id, inbox._holder, [nothing]))
        return await take(session, message)

    Session.take = settled_first  # type: ignore[assignment, method-assign]


def queueing() -> None:
    """One queue for all: the next updates are taken when all turns of those before are over."""
    take = Intake.__call__

    async def one_after_another(intake: Intake, updates: list[Update], next_offset: int) -> None:
        await take(intake, updates, next_offset)
        while any(not actor.is_idle for actor, _ in intake._router._actors.values()):  # noqa: ASYNC110 - nobody tells
            await trio.sleep(LOOK)

    Intake.__call__ = one_after_another  # type: ignore[assignment, method-assign]


MUTANTS: Final[Mapping[str, Callable[[], None]]] = {
    "sound": sound, "repeating": repeating, "hasty": hasty, "careless": careless,
    "queueing": queueing,
}  # fmt: skip


def main() -> None:
    MUTANTS[sys.argv[1]]()
    lockbay(["--poll"])


if __name__ == "__main__":
    main()
