"""A group of traders, and who brings the bot into it."""

from __future__ import annotations

from datetime import timedelta

from lockbay.areas.groups.records import Came, TellMembership
from lockbay.postgres.database import Database
from lockbay.postgres.queries import Refused
from tests.areas.people import ANA, fresh_key
from tests.clock import START

CHAT = -1_001_234_567_890
TITLE = "Traders <of> Lagos"
BOT = "lockbay_bot"


async def brought(
    database: Database, user_id: int = ANA, chat_id: int = CHAT, *, is_in: bool = True, after: float = 0
) -> Came | Refused:
    """What Telegram tells when somebody brings the bot into a group, or throws it out."""
    said = TellMembership(user_id, chat_id, TITLE, is_in, START + timedelta(seconds=after))
    return await database.perform(said, fresh_key())


async def slug_of(database: Database, user_id: int = ANA, chat_id: int = CHAT) -> str:
    """A group that somebody has just brought the bot into."""
    came = await brought(database, user_id, chat_id)
    assert isinstance(came, Came)
    return came.slug
