"""The commands that Telegram offers in private chats: in every language that LockBay speaks, and one more to the staff;
and in groups to those who run them.

Best effort: everything can be reached by buttons, and at the next start it is listed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

import structlog
import trio
from attrs import define, field, frozen

from lockbay.actors.person import Person
from lockbay.actors.words import languages, words
from lockbay.areas.commands import in_groups, listed
from lockbay.errors import OutcomeUnknown, TelegramError, Unavailable
from lockbay.lookout import Lookout
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Change, Statement
from lockbay.telegram.api import BotApi
from lockbay.telegram.types import CommandScope

NOWHERE: Final = "UTC"  # no command's description tells a time
PERIOD: Final = 600.0  # s between two looks at the staff when nobody tells
PAUSE: Final = 1.0  # s between two looks at the staff: newcomers are news as well
log = structlog.get_logger()


@frozen
class Colleague:
    """One of the staff."""

    user_id: int
    language: str


@frozen
class Colleagues(Statement[list[Colleague]]):
    """All of the staff who have ever written to us."""

    file: ClassVar[str] = "admin/roles"


@define
class CommandLists:
    """Keeps Telegram's lists right."""

    api: BotApi
    database: Database
    _told: dict[int, str] = field(factory=dict)  # the staff's own lists, and their languages
    _lookout: Lookout = field(factory=lambda: Lookout("commands", PERIOD), init=False)

    def changed(self, changes: Sequence[Change]) -> None:
        """Somebody may have got a role, lost it, or chosen another language."""
        if any(change.view == Person.__name__ for change in changes):
            self._lookout.wake()

    async def run(self) -> None:
        """Lists everything once, then what changes of the staff's lists, for ever, whatever goes wrong."""
        for language in languages():
            code = None if language == "en" else language  # without one: for everybody whose language has no list
            said = words(language, NOWHERE)
            await self._list(listed(said), code, None)
            await self._list(in_groups(said), code, None, "all_chat_administrators")
        await self._lookout.keep(self._look)

    async def _look(self) -> None:
        staff = {each.user_id: each.language for each in await self.database.run(Colleagues())}
        for user_id, language in staff.items():
            if self._told.get(user_id) != language:
                await self._list(listed(words(language, NOWHERE), is_admin=True), None, user_id)
        for user_id in self._told.keys() - staff.keys():
            await self._list([], None, user_id)
        self._told = staff
        await trio.sleep(PAUSE)

    async def _list(
        self,
        commands: Sequence[tuple[str, str]],
        language: str | None,
        chat_id: int | None,
        to: CommandScope = "all_private_chats",
    ) -> None:
        """An empty list is no list: the one for everybody counts."""
        try:
            await self.api.set_my_commands(commands, language=language, chat_id=chat_id, to=to)
        except (TelegramError, Unavailable, OutcomeUnknown) as error:
            log.warning("commands_not_listed", user_id=chat_id, error=str(error))
