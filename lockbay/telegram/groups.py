"""Errands about groups: Telegram is asked each time whether somebody runs a group, as that may change at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import structlog
import trio

from lockbay.actors.errand import Runner
from lockbay.areas.groups.records import ChangeGroup, ChooseTopic, FindGroup, Group, LookAtGroup, MoveGroup
from lockbay.errors import TelegramUnavailable
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from lockbay.telegram.api import BotApi
from lockbay.telegram.refusals import ChatMigrated, Refusal, TooManyRequests, Unauthorized, Unreachable

LIMIT: Final = 5.0  # s for the question; a turn may take 10
RUNS: Final = ("creator", "administrator")
NOBODY: Final = ("user not found", "participant_id_invalid", "user_not_participant", "member not found")
log = structlog.get_logger()


def group_errands(api: BotApi, database: Database) -> Mapping[type, Runner]:
    """The runners of LookAtGroup and ChangeGroup."""

    async def look(errand: LookAtGroup, key: str) -> Group | Refused:
        return await _theirs(api, database, errand.user_id, errand.slug, key)

    async def change(errand: ChangeGroup, key: str) -> Group | Refused:
        theirs = await _theirs(api, database, errand.user_id, errand.slug, key)
        if isinstance(theirs, Refused):
            return theirs
        wanted = ChooseTopic(errand.user_id, errand.slug, errand.topic, errand.is_wanted)
        return await database.perform(wanted, key)

    return {LookAtGroup: look, ChangeGroup: change}


async def _theirs(api: BotApi, database: Database, user_id: int, slug: str, key: str) -> Group | Refused:
    """The group, for whoever runs it."""
    found = await database.run(FindGroup(slug))
    if found is None:
        return Refused("unknown_group")
    try:
        problem = await _problem(api, found.chat_id, user_id)
    except ChatMigrated as moved:
        await database.perform(MoveGroup(found.chat_id, moved.new_id), f"{key}.moved")
        problem = await _problem_of_moved(api, moved, user_id)
    if problem is not None:
        log.info("group_not_shown", group=slug, user_id=user_id, reason=problem)
        return Refused(problem)
    return found.group


async def _problem_of_moved(api: BotApi, moved: ChatMigrated, user_id: int) -> str | None:
    try:
        return await _problem(api, moved.new_id, user_id)
    except ChatMigrated:
        return "cannot_tell"  # it cannot move twice


async def _problem(api: BotApi, chat_id: int, user_id: int) -> str | None:
    """Why the person may not choose for the group; None: they may. Raises ChatMigrated."""
    try:
        with trio.fail_after(LIMIT):
            status = await api.chat_member(chat_id, user_id)
    except ChatMigrated:
        raise
    except (TelegramUnavailable, TooManyRequests, Unauthorized, trio.TooSlowError):
        return "telegram_away"
    except Refusal as refused:
        return _refused(refused)
    return None if status in RUNS else "not_admin"


def _refused(refused: Refusal) -> str:
    if any(words in refused.description.casefold() for words in NOBODY):
        return "not_admin"
    return "not_there" if isinstance(refused, Unreachable) else "cannot_tell"
