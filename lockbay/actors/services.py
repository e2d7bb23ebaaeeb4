"""What every actor shares: the parts of the house that a turn may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from attrs import Factory, frozen

from lockbay.actors.errand import Runner
from lockbay.actors.inbox import Inbox
from lockbay.actors.maintenance import Maintenance
from lockbay.actors.plan import Plan
from lockbay.actors.screen import Origin, Screen
from lockbay.actors.update import Update
from lockbay.postgres.database import Database
from lockbay.wallclock import WallClock


class Replies(Protocol):
    """The courier, as actors know it. Neither call waits."""

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
        """Sends in the chat's order, in place of message `edit` if it can. `done` is called once, delivered or not."""

    def answer(self, chat_id: int, callback_id: str, text: str | None = None, alert: bool = False) -> None:
        """Stops the spinner on a pressed button: with the chat's next screen, if that comes soon. Best effort."""


def tell(replies: Replies, chat_id: int, screen: Screen) -> None:
    """A message of its own: in no other's place, with no question's buttons, and no turn waits for its delivery."""
    replies.reply(chat_id, screen, origin=None, edit=None, photo_edit=False, done=nothing)


def nothing() -> None:
    """What is done once a message is delivered that no turn waits for."""


@frozen
class Services:
    """`turn_limit` is in seconds."""

    plan: Plan
    database: Database
    inbox: Inbox
    replies: Replies
    clock: WallClock
    parse_update: Callable[[bytes], Update | None]
    errands: Mapping[type, Runner] = Factory(dict)
    turn_limit: float = 10.0
    maintenance: Maintenance = Factory(Maintenance)
